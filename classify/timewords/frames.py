"""Frames: what one expression of time says, before the call's date settles it."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import time
from typing import Literal

Part = Literal["morning", "noon", "afternoon", "evening", "night"]
Bound = Literal["by", "from", "after"]
Shift = Literal["this", "next", "nearest", "last", "that"]
Need = Literal["adjacent", "behind", "near", "alone"]


@dataclass(frozen=True, slots=True)
class Frame:
    """One expression over the tokens `first` to `last` (exclusive).

    A field that was not said is ``None``. `days`, `months` and `seconds` count from the
    call; `weeks` counts calendar weeks, `later` weeks after the coming such day; `needs`
    names the company without which a bare number is no time. `counted_on`: a day of the month
    that is not of this month where the weekday beside it says so.
    """

    first: int
    last: int
    weekday: int | None = None
    shift: Shift | None = None
    weeks: int | None = None
    later: int | None = None
    day: int | None = None
    month: int | None = None
    year: int | None = None
    days: int | None = None
    months: int | None = None
    seconds: float | None = None
    hour: int | None = None
    minute: int = 0
    literal: bool = False
    part: Part | None = None
    bound: Bound | None = None
    offset: bool = False
    now: bool = False
    ago: bool = False
    vague: bool = False
    open_clock: bool = False
    span: bool = False
    approximate: bool = False
    counted_on: bool = False
    needs: Need | None = None

    @property
    def has_day(self) -> bool:
        """Whether a day is named, be it as a number, a weekday or a distance."""
        named = (self.weekday, self.day, self.days, self.months)
        return any(value is not None for value in named)

    @property
    def has_clock(self) -> bool:
        """Whether an hour is named."""
        return self.hour is not None


def clock_of(frame: Frame) -> time | None:
    """The clock time of a frame: its part of day decides, else 1 to 7 is the afternoon."""
    if frame.hour is None or frame.hour > 23 or frame.bound == "after":
        return None
    return time(_hour_of_day(frame.hour, frame.part, frame.literal), frame.minute)


def _hour_of_day(hour: int, part: Part | None, literal: bool) -> int:
    if hour > 12 or hour == 0 or literal:
        return hour
    if part == "morning":
        return hour % 12 if hour == 12 else hour
    if part == "night":
        return hour % 12 if hour < 6 or hour == 12 else hour + 12
    if part == "evening":
        return 0 if hour == 12 else hour + 12
    if part == "afternoon" or part is None or part == "noon":
        return hour + 12 if hour < 8 else hour
    return hour


def united(left: Frame, right: Frame) -> Frame | None:
    """Both frames as one, ``None`` where they say different things about the same."""
    merged: dict[str, object] = {}
    for field in fields(Frame):
        name = field.name
        ours, theirs = getattr(left, name), getattr(right, name)
        if name in {"first", "last", "minute", "needs"}:
            continue
        if isinstance(ours, bool):
            merged[name] = ours or theirs
        elif ours is not None and theirs is not None and ours != theirs and name != "bound":
            return None
        else:
            merged[name] = ours if ours is not None else theirs
    if left.has_clock and right.has_clock and left.minute != right.minute:
        return None
    merged["minute"] = left.minute if left.has_clock else right.minute
    merged["first"], merged["last"] = min(left.first, right.first), max(left.last, right.last)
    return replace(left, **merged, needs=None)  # type: ignore[arg-type]  # names come from Frame
