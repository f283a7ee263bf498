"""What made the engine hear an action, in the reader's language."""

from __future__ import annotations

from api.pages.wording import Words

_WITH_A_FIGURE = ("vote", "judge.heard")  # a chance, or an outcome, goes with them


def cue_in_words(cue: str, words: Words) -> str:
    """A cue without the pattern that it names, which is for whoever writes rules.

    One that has no name of its own is called as its family is.
    """
    head, _, wording = cue.partition(":")
    code = head.strip() or wording.strip()
    first = code.partition(" ")[0]
    code = first if first in _WITH_A_FIGURE else code
    told = words.of_code("cues.name", code)
    return words.of_code("cues.family", code.partition(".")[0]) if told == code else told
