"""What a chart is made of: shapes as text, a frame that tells what it shows, and its table.

A chart is one piece of SVG without scripts, styles or addresses, so that it stands on any page,
in one file and on paper. Lines and letters take the colour of the text around them
(`currentColor`); fills may be set by the page (`--chart-fill`, `--chart-plan`). What matters is
told by pattern and number as well, never by colour alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

FILL = "var(--chart-fill, #2f6690)"
PLAN = "var(--chart-plan, #b4450b)"
LETTER = 13  # height of the letters, in the chart's own units
_WIDE = 0.56  # of a letter, beside its height, on average
_FONT = "system-ui, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif"


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart as SVG and the same numbers as an HTML table; both are escaped already."""

    svg: str
    table: str


def framed(  # noqa: PLR0913 - what every chart has
    shapes: Sequence[str],
    *,
    title: str,
    told: str,
    width: float,
    height: float,
    hatched: bool = False,
    key: str = "",
) -> str:
    """Shapes as one picture with a title and a description for who does not see it.

    `hatched` brings the pattern that `hatch` fills with; `key` tells two equal pictures of one
    page apart.
    """
    body = "".join(shapes)
    name = name_of(key, title, told, body)
    pattern = (
        f'<defs><pattern id="{name}-h" width="6" height="6" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><path d="M0 0V6" stroke="currentColor" '
        'stroke-width="2.4"/></pattern></defs>'
        if hatched
        else ""
    )
    body = body.replace("url(#HATCH)", f"url(#{name}-h)")
    return (
        f'<svg class="chart" xmlns="http://www.w3.org/2000/svg" role="img" '
        f'aria-labelledby="{name}-t {name}-d" viewBox="0 0 {number(width)} {number(height)}" '
        f'width="{number(width)}" height="{number(height)}" font-family="{_FONT}" '
        f'font-size="{LETTER}" fill="currentColor">'
        f'<title id="{name}-t">{escape(title)}</title><desc id="{name}-d">{escape(told)}</desc>'
        f"{pattern}{body}</svg>"
    )


def name_of(*parts: str) -> str:
    """A name for the parts of a picture: the same for the same picture."""
    return "c" + hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:10]


def bar(x: float, y: float, width: float, height: float, *, kind: str) -> str:
    """A bar: ``full``, ``pale`` with a line around it, or ``hatch``; nothing where it is empty."""
    if width <= 0 or height <= 0:
        return ""
    looks = {
        "full": f'fill="{FILL}"',
        "pale": 'fill="currentColor" fill-opacity="0.12" stroke="currentColor"',
        "hatch": 'fill="url(#HATCH)" stroke="currentColor"',
    }[kind]
    return (
        f'<rect x="{number(x)}" y="{number(y)}" width="{number(width)}" '
        f'height="{number(height)}" {looks}/>'
    )


def words(x: float, y: float, said: str, *, at: str = "start", bold: bool = False) -> str:
    """Words on the picture; `at`: which end of them stands at `x`."""
    weight = ' font-weight="700"' if bold else ""
    anchor = "" if at == "start" else f' text-anchor="{at}"'
    return f'<text x="{number(x)}" y="{number(y)}"{anchor}{weight}>{escape(said)}</text>'


def line(x: float, y: float, to_x: float, to_y: float, looks: str = "") -> str:
    """A straight line."""
    stroke = "" if "stroke=" in looks else 'stroke="currentColor" '
    return f'<path d="M{number(x)} {number(y)}L{number(to_x)} {number(to_y)}" {stroke}{looks}/>'


def cut_to(said: str, width: float) -> str:
    """Words cut with an ellipsis to fit about a width."""
    most = max(2, int(width / (LETTER * _WIDE)))
    return said if len(said) <= most else said[: most - 1].rstrip() + "…"


def table(title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table; the first cell of each row is its head."""
    heads = "".join(f'<th scope="col">{escape(one)}</th>' for one in head)
    body = "".join(
        f'<tr><th scope="row">{escape(row[0])}</th>'
        + "".join(f"<td>{escape(one)}</td>" for one in row[1:])
        + "</tr>"
        for row in rows
    )
    return (
        f'<table class="chart-table"><caption>{escape(title)}</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"
    )


def number(value: float) -> str:
    """A length for the picture: at most one digit behind the point, the same everywhere."""
    return f"{value:.1f}".rstrip("0").rstrip(".") if value else "0"
