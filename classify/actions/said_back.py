"""A side says back the time that the other just named: «числа десятого» — «десятого позвоню»."""

from __future__ import annotations

from classify.actions.bare_clock import bare_clocks
from classify.actions.table import Said, Standing, Table
from classify.actions.timing import Placed, placed
from classify.dialogue import Talk, Turn

UNSURE = frozenset(["может", "можно", "удобно", "если", "или", "лучше"])


def says_back(talk: Talk, turn: Turn, said: Said) -> bool:
    """Whether the one time of a turn, not asked, is a day or an hour of the turn before it."""
    if not said.slot or said.options or turn.asks(max(0, said.at)):
        return False
    before = next((t for t in talk.before(turn, 1) if t.speaker is not turn.speaker), None)
    if before is None or talk.has("stance.defer", before):
        return False
    if not UNSURE.isdisjoint(token.form for token in turn.tokens):
        return False
    named = (*placed(talk, before), *bare_clocks(talk, before))
    return any(_same(p, said) for p in named if not p.mention.past and not p.mention.refused)


def put_off(talk: Talk, turn: Turn, table: Table) -> bool:
    """Whether what lies there was put off and nobody asks when, so that a bare time is not its."""
    if table.standing is not Standing.DEFERRED:
        return False
    asked = next(iter(talk.before(turn, 1)), None)
    return asked is None or not talk.has("stance.asks_time", asked)


def _same(p: Placed, said: Said) -> bool:
    slot, mention = said.slot, p.mention
    day = mention.date is not None and mention.date == slot.day
    hour = mention.time or mention.earliest
    return hour == slot.clock if hour and slot.clock and (day or not mention.date) else day
