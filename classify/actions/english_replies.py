"""What an English answer does to an offer where a bare «goes on» or a first time tells little."""

from __future__ import annotations

from collections.abc import Sequence

from classify.actions.moves import Move
from classify.actions.table import Table
from classify.dialogue import Talk, Turn
from models.vocabulary.transcript import Speaker

_OFFERING = frozenset(["could", "can", "shall", "may", "might", "would", "how", "what", "suit"])


def first_offer(talk: Talk, turn: Turn, table: Table, moves: Sequence[Move]) -> bool:
    """«He could be with you on the 14th»: the first time named, by an agent who only offers it."""
    if talk.context.language != "en" or turn.speaker is not Speaker.AGENT:
        return False
    if table.slot or table.options:
        return False
    forms = {token.form for token in turn.tokens}
    return not _OFFERING.isdisjoint(forms) and not any(m.kind == "accept" for m in moves)


def goes_on(talk: Talk, turn: Turn, table: Table, *, asks: bool) -> bool:
    """Whether the side that was offered another time lets it stand by going on.

    In English only an agent's going on tells, and only where it asks nothing.
    """
    if not table.countered or talk.context.language != "en":
        return table.countered
    return turn.speaker is Speaker.AGENT and bool(table.slot) and not asks


def answers_else(talk: Talk, turn: Turn, table: Table, last: Move) -> bool:
    """Whether a mere no answers a question put since the time was settled: «will she be there?»."""
    if talk.context.language != "en" or last.kind != "decline":
        return False
    return turn.index - table.turn.index > 1 and bool(talk.before(turn, 1))


_HEDGED = frozenset(
    [
        *("if", "might", "may", "maybe", "perhaps", "possibly", "see", "check", "ask", "depends"),
        *("not", "no", "never", "unless", "until", "till", "could", "couldn't", "would", "think"),
        *("unsure", "promise", "later", "busy", "away", "when", "hold", "wait", "decide", "sorry"),
        *("look", "leave", "loose", "loosely", "nah", "nope", "once", "know", "dunno", "whether"),
        *("tell", "talk", "speak", "hang", "before", "after", "without", "enough", "why", "doubt"),
    ]
)


def unrefused(talk: Talk, table: Table) -> bool:
    """Whether an English offer of a day and an hour was answered, and by nothing that holds back.

    People say yes in more ways than a list can hold; what puts off or asks has fewer words.
    """
    if talk.context.language != "en" or not (table.slot.day and table.slot.clock):
        return False
    answer = next(iter(talk.near(table.turn, 1)), None)
    if answer is None or answer.speaker is table.holder or not answer.tokens:
        return False
    said = {token.form for token in answer.tokens}
    return (
        not answer.questions
        and _HEDGED.isdisjoint(said)
        and not any(f.endswith("n't") for f in said)
    )
