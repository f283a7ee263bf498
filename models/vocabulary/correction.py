"""Words about correcting by hand what a machine heard; both stay beside each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from models.vocabulary.action import Action, Outcome
from models.vocabulary.verdict import DealMatch

BY_HAND = "hand"  # the method of a match that somebody chose
MISSED = -1  # in place of an action's position: nobody but people heard it


class CorrectionKind(StrEnum):
    """What of a call was corrected."""

    WORD = "word"
    SPEAKER = "speaker"
    ACTION = "action"
    DEAL = "deal"


@dataclass(frozen=True, slots=True)
class Correction:
    """What somebody corrected in a call.

    `place` is segment and word, the segment, the action's position, `MISSED` and a number for one
    that was missed, or nothing for the deal. `machine` is what stood there, `corrected` what is
    right; nothing in it gives back what the machine has.
    """

    call: int
    kind: CorrectionKind
    place: tuple[int, ...]
    machine: Mapping[str, Any]
    corrected: Mapping[str, Any]
    at: datetime
    who: str
    account: int | None = None


@dataclass(frozen=True, slots=True)
class ChosenDeal:
    """Whose deal a call is on somebody's word; ``None``: of no deal."""

    deal_id: str | None
    who: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CorrectedAction(Action):
    """An action that counts on somebody's word: corrected, added, or heard in corrected words."""

    by: str = ""


def corrected_by(action: Action) -> str | None:
    """On whose word an action counts; ``None`` where the machine heard it."""
    return action.by if isinstance(action, CorrectedAction) else None


@dataclass(frozen=True, slots=True)
class CorrectedHearing:
    """What the machine hears in words as people corrected them; `who` did so last."""

    outcome: Outcome
    actions: tuple[Action, ...]
    who: str


Subject = tuple[CorrectionKind, tuple[Any, ...]]
Standing = Mapping[Subject, Correction]


def is_missed(one: Correction) -> bool:
    """Whether it tells of an action that nobody but people heard."""
    return one.kind is CorrectionKind.ACTION and one.place[:1] == (MISSED,)


def heard_at(machine: Mapping[str, Any]) -> tuple[Any, ...]:
    """What an action is known by, wherever it stands among the others of its call."""
    return tuple(machine.get(name) for name in ("type", "status", "quote", "start"))


def in_force(corrections: Iterable[Correction]) -> dict[Subject, Correction]:
    """The last correction of each subject, from the oldest to the newest; what was undone is out.

    A word and a speaker have their places; an action that was heard is known by what was heard.
    """
    last = {_subject(one): one for one in corrections}
    return {subject: one for subject, one in last.items() if one.corrected}


def _subject(one: Correction) -> Subject:
    if one.kind is CorrectionKind.ACTION and not is_missed(one):
        return one.kind, heard_at(one.machine)
    return one.kind, one.place


def matched_by_hand(chosen: ChosenDeal) -> DealMatch:
    """The match that somebody's choice comes to."""
    what = f"Сделку {chosen.deal_id}" if chosen.deal_id else "То, что сделки нет,"
    reason = f"{what} указали вручную: {chosen.who}, {chosen.at:%d.%m.%Y}."
    return DealMatch(chosen.deal_id, 1.0, BY_HAND, (reason,))
