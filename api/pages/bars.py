"""Bars as SVG: places and lengths, worked out here so that a page needs no script for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 720, 220
_LEFT, _BOTTOM, _TOP = 34, 26, 12


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: where it stands, how high, and how much of it (`part`) is filled darker."""

    label: str
    total: int
    of_it: int
    x: float
    width: float
    y: float
    height: float
    part_y: float
    part_height: float


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars over a scale; `lines` are (height on the page, number)."""

    bars: tuple[Bar, ...]
    lines: tuple[tuple[float, int], ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = _LEFT
    floor: int = HEIGHT - _BOTTOM


def bar_chart(values: Sequence[tuple[str, int, int]]) -> Chart:
    """A chart of (label, whole, part of it), in that order.

    The scale ends at the next round number above the highest.
    """
    top = _round_up(max((whole for _, whole, _ in values), default=0))
    room = HEIGHT - _BOTTOM - _TOP
    step = (WIDTH - _LEFT) / max(len(values), 1)

    def high(number: int) -> float:
        return round(room * number / top, 1)

    floor = HEIGHT - _BOTTOM
    bars = tuple(
        Bar(
            label,
            whole,
            part,
            round(_LEFT + place * step + step * 0.15, 1),
            round(step * 0.7, 1),
            floor - high(whole),
            high(whole),
            floor - high(part),
            high(part),
        )
        for place, (label, whole, part) in enumerate(values)
    )
    lines = tuple((floor - high(number), number) for number in sorted({0, top // 2, top}))
    return Chart(bars, lines)


def _round_up(number: int) -> int:
    """The next of 4, 10, 20, 50, 100, 200...; a chart of nothing still has a scale."""
    size = 1
    while True:
        for step in (4, 10) if size == 1 else (2, 5, 10):
            if number <= step * size:
                return step * size
        size *= 10
