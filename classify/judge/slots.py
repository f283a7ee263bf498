"""Holds the judge's slots against the closed list and against what was said."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, tzinfo

from classify.judge.catalogue import CATALOGUE, KINDS
from classify.judge.form import SLOTS
from classify.judge.refusals import Refusal, RefusedError
from classify.judge.said import Said
from models.vocabulary.action import ActionType, SlotValue

_LONGEST_WORDS = 80  # characters
_LARGEST_AMOUNT = 1e15


def read_slots(
    kind: ActionType, slots: Mapping[str, object], said: Said, zone: tzinfo | None
) -> tuple[dict[str, SlotValue], list[Refusal]]:
    """Gives the slots that hold and why the others do not; null means that nothing was said.

    Days and hours are those that the engine's reader finds somewhere in the call, sums
    likewise: the judge chooses among what was said and brings in nothing.
    """
    held: dict[str, SlotValue] = {}
    refused: list[Refusal] = []
    for name, value in slots.items():
        if value is None or value == "":
            continue
        try:
            held[name] = _read(kind, name, value, said, zone)
        except RefusedError as error:
            refused.append(error.reason)
    if "datetime" in held:
        held.pop("date", None)
    return held, refused


def _read(kind: ActionType, name: str, value: object, said: Said, zone: tzinfo | None) -> SlotValue:
    if name not in CATALOGUE[kind].slots:
        raise RefusedError(Refusal.UNKNOWN_SLOT)
    expected = {"number": (int, float), "boolean": (bool,), "string": (str,)}[SLOTS[name]]
    if not isinstance(value, expected) or (isinstance(value, bool) and bool not in expected):
        raise RefusedError(Refusal.ILLEGAL_SLOT)
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return _amount(value, said)
    if name in ("date", "datetime", "due"):
        return _moment(name, str(value), said, zone)
    return _words(name, str(value).strip(), said)


def _amount(value: float, said: Said) -> float:
    if not 0 < value < _LARGEST_AMOUNT:
        raise RefusedError(Refusal.ILLEGAL_SLOT)
    if float(value) not in said.amounts:
        raise RefusedError(Refusal.SLOT_NOT_SAID)
    return float(value)


def _words(name: str, text: str, said: Said) -> str:
    if len(text) > _LONGEST_WORDS or (name in KINDS and text not in KINDS[name]):
        raise RefusedError(Refusal.ILLEGAL_SLOT)
    spoken = text in said.currencies if name == "currency" else said.has_words(text)
    if name not in KINDS and not spoken:
        raise RefusedError(Refusal.SLOT_NOT_SAID)
    return text


def _moment(name: str, text: str, said: Said, zone: tzinfo | None) -> str:
    bare = len(text) == len("2026-11-11")
    if (name == "date" and not bare) or (name == "datetime" and bare):
        raise RefusedError(Refusal.ILLEGAL_SLOT)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise RefusedError(Refusal.ILLEGAL_SLOT) from error
    here = moment.replace(second=0, microsecond=0, tzinfo=zone)
    if moment.tzinfo is not None and moment.utcoffset() != here.utcoffset():
        raise RefusedError(Refusal.ILLEGAL_SLOT)
    hour = here.time()
    if moment.date() not in said.days or not (bare or hour in said.hours):
        raise RefusedError(Refusal.SLOT_NOT_SAID)
    return moment.date().isoformat() if bare else here.isoformat()
