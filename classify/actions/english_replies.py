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
