"""How something goes from week to week, beside the plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from figures.charts.chart import PLAN, Chart, bar, framed, line, number, table, words
from figures.charts.said import decimal, percent, said

_LEFT, _RIGHT, _TOP, _BOTTOM = 46.0, 84.0, 42.0, 26.0
_DASHES = ("", "7 4", "2 3", "9 3 2 3", "1 5")
_FEWEST_LETTERS = 64.0  # units that a week's label needs


@dataclass(frozen=True, slots=True)
class Series:
    """Values week by week; ``None`` where nothing is known."""

    name: str
    values: Sequence[float | None]


def trend_chart(  # noqa: PLR0913 - how it looks
    weeks: Sequence[str],
    series: Sequence[Series],
    *,
    title: str,
    plan: float | None = None,
    shares: bool = False,
    unfinished: bool = False,
    language: str = "ru",
    width: float = 640,
    key: str = "",
) -> Chart:
    """Bars for one series, lines for several (each with its own dashes and marks).

    Args:
        weeks: what each place is called (``2026-W46``, «9–15 ноя»).
        series: each with as many values as there are weeks.
        plan: what was planned for each week, as a dashed line.
        shares: the values are shares from 0 to 1 and are shown as percentages.
        unfinished: the last week is not over; its bar is hatched.
        title: what the picture is called.
        language: ``ru`` or ``en``.
        width: of the picture, in its own units.
        key: tells two equal pictures of one page apart.
    """
    height = 240.0
    known = [value for one in series for value in one.values if value is not None]
    most = max([*known, plan or 0, 1e-9]) * (1 if shares else 1.08)
    plot = _Plot(width, height, len(weeks), most, language, shares)
    shapes = plot.axes(weeks)
    single = len(series) == 1
    if single:
        shapes += plot.bars(series[0], unfinished=unfinished)
    else:
        for place, one in enumerate(series):
            shapes += plot.curve(one, place)
    if plan is not None:
        y = plot.y(plan)
        looks = f'stroke="{PLAN}" stroke-width="2" stroke-dasharray="6 3"'
        shapes.append(line(_LEFT, y, width - _RIGHT, y, looks))
        shapes.append(
            words(width - _RIGHT + 4, y + 4, f"{said('plan', language)} {plot.said(plan)}")
        )
    shapes += _legend(series, unfinished=unfinished and single, language=language)
    told = "; ".join(_sentence(one, weeks, plot) for one in series)
    if plan is not None:
        told += f"; {said('plan', language).lower()} {plot.said(plan)}"
    svg = framed(
        shapes, title=title, told=told, width=width, height=height, hatched=single, key=key
    )
    return Chart(svg, _table(weeks, series, plan, title, plot))


@dataclass(frozen=True, slots=True)
class _Plot:
    width: float
    height: float
    places: int
    most: float
    language: str
    shares: bool

    def x(self, place: int) -> float:
        """The middle of a week."""
        return _LEFT + (self.width - _LEFT - _RIGHT) * (place + 0.5) / max(1, self.places)

    def y(self, value: float) -> float:
        """How deep a value stands."""
        room = self.height - _TOP - _BOTTOM
        return self.height - _BOTTOM - room * max(0.0, value) / self.most

    def said(self, value: float | None) -> str:
        """A value in words."""
        if value is None:
            return "—"
        return percent(value, self.language) if self.shares else decimal(value, self.language)

    def axes(self, weeks: Sequence[str]) -> list[str]:
        """The floor, two lines above it, and the weeks' names, as many as fit."""
        floor, right = self.height - _BOTTOM, self.width - _RIGHT
        shapes = [line(_LEFT, floor, right, floor)]
        for part in (0.5, 1.0):
            y = self.y(self.most * part)
            shapes.append(line(_LEFT, y, right, y, 'stroke-opacity="0.25"'))
            shapes.append(words(_LEFT - 5, y + 4, self.said(self.most * part), at="end"))
        room = (right - _LEFT) / max(1, len(weeks))
        every = max(1, -(-int(_FEWEST_LETTERS) // max(1, int(room))))
        last = len(weeks) - 1
        for place, name in enumerate(weeks):
            if (last - place) % every == 0:
                shapes.append(words(self.x(place), floor + 17, name, at="middle"))
        return shapes

    def bars(self, one: Series, *, unfinished: bool) -> list[str]:
        """A bar for each week with its number."""
        wide = (self.width - _LEFT - _RIGHT) / max(1, self.places) * 0.62
        shapes = []
        for place, value in enumerate(one.values):
            if value is None:
                shapes.append(words(self.x(place), self.height - _BOTTOM - 5, "—", at="middle"))
                continue
            kind = "hatch" if unfinished and place == len(one.values) - 1 else "full"
            y = self.y(value)
            floor = self.height - _BOTTOM
            shapes.append(bar(self.x(place) - wide / 2, y, wide, floor - y, kind=kind))
            shapes.append(words(self.x(place), y - 5, self.said(value), at="middle", bold=True))
        return shapes

    def curve(self, one: Series, nth: int) -> list[str]:
        """A line with marks; it is broken where nothing is known."""
        path, pen = "", "M"
        marks = []
        for place, value in enumerate(one.values):
            if value is None:
                pen = "M"
                continue
            x, y = self.x(place), self.y(value)
            path += f"{pen}{number(x)} {number(y)}"
            pen = "L"
            marks.append(_mark(x, y, nth))
        dashes = f' stroke-dasharray="{_DASHES[nth % 5]}"' if _DASHES[nth % 5] else ""
        drawn = f'<path d="{path}" fill="none" stroke="currentColor" stroke-width="2"{dashes}/>'
        return [drawn if path else "", *marks]


def _mark(x: float, y: float, nth: int) -> str:
    at = f"{number(x)} {number(y)}"
    shape = ("m-4 -4h8v8h-8z", "m0 -5l5 9h-10z", "m0 -5l5 5l-5 5l-5 -5z", "m-5 -3h10v6h-10z")
    return f'<path d="M{at}{shape[nth % 4]}" fill="{_MARK_FILLS[nth % 2]}" stroke="currentColor"/>'


_MARK_FILLS = ("currentColor", "var(--chart-paper, #fff)")


def _legend(series: Sequence[Series], *, unfinished: bool, language: str) -> list[str]:
    if len(series) == 1:
        shapes = [words(_LEFT, 14, series[0].name)]
        if unfinished:
            x = _LEFT + len(series[0].name) * 8 + 30
            shapes.append(bar(x, 3, 14, 12, kind="hatch"))
            shapes.append(words(x + 20, 14, said("unfinished", language)))
        return shapes
    shapes, x = [], _LEFT
    for nth, one in enumerate(series):
        dashes = f'stroke-width="2" stroke-dasharray="{_DASHES[nth % 5] or "none"}"'
        shapes += [line(x, 10, x + 30, 10, dashes), _mark(x + 15, 10, nth)]
        shapes.append(words(x + 36, 14, one.name))
        x += 60 + len(one.name) * 8
    return shapes


def _sentence(one: Series, weeks: Sequence[str], plot: _Plot) -> str:
    values = ", ".join(
        f"{week} {plot.said(value)}" for week, value in zip(weeks, one.values, strict=True)
    )
    return f"{one.name}: {values}"


def _table(
    weeks: Sequence[str], series: Sequence[Series], plan: float | None, title: str, plot: _Plot
) -> str:
    head = [said("week", plot.language), *(one.name for one in series)]
    if plan is not None:
        head.append(said("plan", plot.language))
    rows = [
        [
            week,
            *(plot.said(one.values[place]) for one in series),
            *([plot.said(plan)] if plan is not None else []),
        ]
        for place, week in enumerate(weeks)
    ]
    return table(title, head, rows)
