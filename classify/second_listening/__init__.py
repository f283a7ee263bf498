"""Which words a verdict hangs on, what to hear again, and what a second hearing makes of them.

`decisive` picks the quotes, `stretch` the utterances around one, `opinion` compares. All
pure: who listens, and when, is not decided here.
"""

from classify.second_listening.decisive import DecisiveQuote, decisive_quotes
from classify.second_listening.opinion import Opinion, SecondOpinion, second_opinion
from classify.second_listening.stretch import Target, stretch_around

__all__ = [
    "DecisiveQuote",
    "Opinion",
    "SecondOpinion",
    "Target",
    "decisive_quotes",
    "second_opinion",
    "stretch_around",
]
