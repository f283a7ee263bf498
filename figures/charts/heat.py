"""Who has trouble with what: managers beside requirements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from figures.charts.chart import Chart, cut_to, framed, number, table, words
from figures.charts.said import percent, said

_LABEL, _HEAD, _ROW, _LEAN = 150.0, 96.0, 34.0, 84.0
_MOST_DARK = 0.42  # so that the letters on it can still be read


@dataclass(frozen=True, slots=True)
class HeatCell:
    """`count` out of `of`; the darker, the greater. Under a minimum it is not coloured."""

    count: int
    of: int


def heat_chart(  # noqa: PLR0913 - how it looks
    rows: Sequence[str],
    columns: Sequence[str],
    cells: Sequence[Sequence[HeatCell | None]],
    *,
    title: str,
    corner: str,
    minimum: int = 10,
    language: str = "ru",
    width: float = 640,
    key: str = "",
) -> Chart:
    """A field for each row and column with its share and sample; the darker, the greater.

    Args:
        rows: their names, the managers' for example.
        columns: their names, the requirements' for example.
        cells: by row, then by column; ``None`` where nothing is known.
        corner: what the share is of, in words («не выполнено, %»).
        minimum: the least sample that is coloured; fewer are only counted, in a dashed field.
        title: what the picture is called.
        language: ``ru`` or ``en``.
        width: of the picture, in its own units.
        key: tells two equal pictures of one page apart.
    """
    wide = max(54.0, (width - _LABEL - _LEAN) / max(1, len(columns)))
    total = max(width, _LABEL + wide * len(columns) + _LEAN)  # the last name leans out
    shapes = [words(0, _HEAD - 8, cut_to(corner, _LABEL - 8))]
    for place, name in enumerate(columns):
        shapes.append(_slanted(_LABEL + place * wide + wide / 2, name))
    for down, name in enumerate(rows):
        y = _HEAD + down * _ROW
        shapes.append(words(0, y + 21, cut_to(name, _LABEL - 8)))
        for place, cell in enumerate(cells[down]):
            x = _LABEL + place * wide
            shapes.append(_cell(cell, x, y, wide, minimum=minimum, language=language))
    told = _told(rows, columns, cells, minimum, language)
    height = _HEAD + max(1, len(rows)) * _ROW + 4
    svg = framed(shapes, title=title, told=told, width=total, height=height, key=key)
    head = [corner, *columns]
    body = [
        [name, *(_said(cell, minimum, language) for cell in cells[down])]
        for down, name in enumerate(rows)
    ]
    return Chart(svg, table(title, head, body))


def _slanted(x: float, name: str) -> str:
    y = _HEAD - 8
    turn = f"rotate(-38 {number(x)} {number(y)})"
    return f'<g transform="{turn}">{words(x, y, cut_to(name, 118))}</g>'


def _cell(  # noqa: PLR0913 - where it stands
    cell: HeatCell | None, x: float, y: float, wide: float, *, minimum: int, language: str
) -> str:
    place = f'x="{number(x + 1)}" y="{number(y + 1)}" width="{number(wide - 2)}" height="32"'
    edge = 'stroke="currentColor" stroke-opacity="0.35"'
    middle = x + wide / 2
    if cell is None or not cell.of:
        return f'<rect {place} fill="none" {edge}/>' + words(middle, y + 21, "·", at="middle")
    share = cell.count / cell.of
    if cell.of < minimum:
        said_ = words(middle, y + 21, f"{cell.count}/{cell.of}", at="middle")
        dashed = f'fill="none" {edge} stroke-dasharray="3 3"'
        return f"<rect {place} {dashed}/>{said_}"
    dark = f'fill="currentColor" fill-opacity="{share * _MOST_DARK:.2f}"'
    return f"<rect {place} {dark} {edge}/>" + words(
        middle, y + 21, percent(share, language), at="middle", bold=share >= 0.5
    )


def _said(cell: HeatCell | None, minimum: int, language: str) -> str:
    if cell is None or not cell.of:
        return "—"
    counts = f"{cell.count}/{cell.of}"
    if cell.of < minimum:
        return f"{counts}, {said('few', language)}"
    return f"{percent(cell.count / cell.of, language)} ({counts})"


def _told(
    rows: Sequence[str],
    columns: Sequence[str],
    cells: Sequence[Sequence[HeatCell | None]],
    minimum: int,
    language: str,
) -> str:
    """Each row in words; what has no sample is left out."""
    parts = []
    for name, row in zip(rows, cells, strict=True):
        known = [
            f"{column} {_said(cell, minimum, language)}"
            for column, cell in zip(columns, row, strict=True)
            if cell is not None and cell.of
        ]
        parts.append(f"{name}: {', '.join(known) or said('none', language)}")
    return "; ".join(parts) or said("none", language)
