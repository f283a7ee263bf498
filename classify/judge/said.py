"""What the engine's own readers find in a call: days, hours, sums and words that were said."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, time, timedelta

from classify.dialogue import Talk

_WORD = re.compile(r"\w+")
_STEM = 4


@dataclass(frozen=True, slots=True)
class Said:
    """Values that were said in a call; `stems` are the beginnings of its words."""

    days: frozenset[date]
    hours: frozenset[time]
    amounts: frozenset[float]
    currencies: frozenset[str]
    stems: frozenset[str]

    def has_words(self, text: str) -> bool:
        """Whether every word of `text` was said, endings aside."""
        stems = _stems(text)
        return bool(stems) and stems <= self.stems


def what_was_said(talk: Talk) -> Said:
    """Collects the values; the call's own day counts as said («сегодня», «в пять»)."""
    times = [one for turn in talk.turns for one in talk.times(turn)]
    sums = [one for turn in talk.turns for one in talk.amounts(turn)]
    weeks = {one.week for one in times if one.week}
    weekdays = {one.weekday for one in times if one.weekday is not None}
    days = {one.date for one in times if one.date}
    days |= {week + timedelta(days=weekday) for week in weeks for weekday in weekdays}
    amounts = {one.value for one in sums}
    amounts |= {one.value * 1000 for one in sums if not one.has_unit}
    return Said(
        days=frozenset(days | {talk.context.started_at.date()}),
        hours=frozenset(one.time for one in times if one.time),
        amounts=frozenset(amounts),
        currencies=frozenset({one.currency for one in sums} | {"RUB"}),
        stems=frozenset().union(*(_stems(turn.text) for turn in talk.turns)),
    )


def _stems(text: str) -> frozenset[str]:
    return frozenset(word[:_STEM] for word in _WORD.findall(text.casefold().replace("ё", "е")))
