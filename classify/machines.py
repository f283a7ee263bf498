"""Whether an utterance is a machine's: a mailbox, a menu, a queue, the network's announcement."""

from __future__ import annotations

from collections.abc import Sequence

from classify.phrases import Phrasebook
from classify.text import Token

SURE = ("outcome.voicemail", "outcome.menu", "outcome.unreachable")
WEAK = "outcome.machine_weak"
LEAST_WEAK = 2  # people, too, say one of these: «вы позвонили в ателье», «перезвоните позже»


def announces(book: Phrasebook, tokens: Sequence[Token]) -> bool:
    """Whether the words are a machine's beyond doubt."""
    met = met_by(tokens)
    return any(name in book.cues and book.cues[name].find(tokens, met) for name in SURE)


def recorded(book: Phrasebook, tokens: Sequence[Token], *, after_machine: bool) -> bool:
    """Whether the words sound read from a tape: one sign after a machine, two on their own."""
    if WEAK not in book.cues:
        return False
    found = {wording for _, _, wording in book.cues[WEAK].find(tokens, met_by(tokens))}
    return len(found) >= (1 if after_machine else LEAST_WEAK)


def answers(book: Phrasebook, tokens: Sequence[Token]) -> bool:
    """Whether a person takes the call: «алло», «слушаю», «чем могу помочь»."""
    return "outcome.answers" in book.cues and bool(
        book.cues["outcome.answers"].find(tokens, met_by(tokens))
    )


def met_by(tokens: Sequence[Token]) -> frozenset[int]:
    """The criteria that some of the words meets."""
    return frozenset().union(*(token.meets for token in tokens))
