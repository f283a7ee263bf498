"""How long deals stand on each stage: the middle one, with a whisker to nine out of ten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from figures.charts.chart import Chart, bar, cut_to, framed, line, table, words
from figures.charts.said import lasting, said

_LABEL, _END, _STEP, _BAR = 190.0, 170.0, 30.0, 16.0


@dataclass(frozen=True, slots=True)
class TimeRow:
    """Hours on a stage; ``None`` where no deal was there. `of`: how many deals."""

    label: str
    median: float | None
    p90: float | None
    of: int


def time_chart(
    rows: Sequence[TimeRow],
    *,
    title: str,
    language: str = "ru",
    width: float = 640,
    key: str = "",
) -> Chart:
    """A bar to the median of each stage and a whisker to its 90th percentile, with the sample."""
    most = max([1.0, *(one.p90 or 0 for one in rows), *(one.median or 0 for one in rows)])
    scale = (width - _LABEL - _END) / most
    shapes = _legend(language)
    for place, one in enumerate(rows):
        shapes += _row(one, 30 + place * _STEP, scale, language)
    told = "; ".join(_sentence(one, language) for one in rows) or said("none", language)
    if not rows:
        shapes.append(words(0, 50, said("none", language)))
    height = 30 + max(1, len(rows)) * _STEP
    svg = framed(shapes, title=title, told=told, width=width, height=height, key=key)
    return Chart(svg, _table(rows, title, language))


def _row(one: TimeRow, y: float, scale: float, language: str) -> list[str]:
    shapes = [words(0, y + 13, cut_to(one.label, _LABEL - 8))]
    if one.median is None:
        return [*shapes, words(_LABEL + 4, y + 13, said("none", language))]
    middle, ends = one.median * scale, (one.p90 or one.median) * scale
    half = y + _BAR / 2
    known = [hours for hours in (one.median, one.p90) if hours is not None]
    span = " – ".join(lasting(hours, language) for hours in known)
    return [
        *shapes,
        bar(_LABEL, y, max(middle, 1), _BAR, kind="full"),
        line(_LABEL + middle, half, _LABEL + ends, half, 'stroke-width="1.5"'),
        line(_LABEL + ends, half - 5, _LABEL + ends, half + 5, 'stroke-width="1.5"'),
        words(_LABEL + max(middle, ends) + 8, y + 13, f"{span} (n={one.of})"),
    ]


def _legend(language: str) -> list[str]:
    median, p90 = said("median", language), said("p90", language)
    x = _LABEL + 40 + len(median) * 8
    return [
        bar(_LABEL, 3, 14, 12, kind="full"),
        words(_LABEL + 20, 14, median),
        line(x, 9, x + 16, 9, 'stroke-width="1.5"'),
        line(x + 16, 4, x + 16, 14, 'stroke-width="1.5"'),
        words(x + 24, 14, p90),
    ]


def _sentence(one: TimeRow, language: str) -> str:
    if one.median is None:
        return f"{one.label}: {said('none', language)}"
    median = f"{said('median', language).lower()} {lasting(one.median, language)}"
    p90 = f"{said('p90', language)} {lasting(one.p90, language)}"
    return f"{one.label}: {median}, {p90}, n={one.of}"


def _table(rows: Sequence[TimeRow], title: str, language: str) -> str:
    head = [said(one, language) for one in ("stage", "median", "p90", "of")]
    body = [
        [one.label, lasting(one.median, language), lasting(one.p90, language), str(one.of)]
        for one in rows
    ]
    return table(title, head, body)
