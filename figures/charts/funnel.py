"""The funnel twice side by side: what the CRM says beside what is proved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from figures.charts.chart import Chart, bar, cut_to, framed, table, words
from figures.charts.said import said

_LABEL, _END, _STEP, _BAR = 190.0, 96.0, 50.0, 17.0


@dataclass(frozen=True, slots=True)
class FunnelStep:
    """How many deals reached a stage.

    `recorded` by the CRM; of them `verified` for sure, `unknown` where nobody can tell.
    """

    label: str
    recorded: int
    verified: int
    unknown: int = 0


def funnel_chart(
    steps: Sequence[FunnelStep],
    *,
    title: str,
    language: str = "ru",
    width: float = 640,
    key: str = "",
) -> Chart:
    """Two bars for each stage: recorded, and under it proved with the unknown hatched after it."""
    most = max([1, *(max(one.recorded, one.verified + one.unknown) for one in steps)])
    scale = (width - _LABEL - _END) / most
    shapes = _legend(language)
    for place, one in enumerate(steps):
        y = 30 + place * _STEP
        shapes += _pair(one, y, scale)
    told = "; ".join(_sentence(one, language) for one in steps) or said("none", language)
    height = 30 + max(1, len(steps)) * _STEP
    if not steps:
        shapes.append(words(0, 50, said("none", language)))
    svg = framed(shapes, title=title, told=told, width=width, height=height, hatched=True, key=key)
    return Chart(svg, _table(steps, title, language))


def _pair(one: FunnelStep, y: float, scale: float) -> list[str]:
    recorded, verified, unknown = (n * scale for n in (one.recorded, one.verified, one.unknown))
    ends = _LABEL + verified + unknown
    counts = str(one.verified) + (f" + {one.unknown}?" if one.unknown else "")
    return [
        words(0, y + 22, cut_to(one.label, _LABEL - 8)),
        bar(_LABEL, y, recorded, _BAR, kind="pale"),
        words(_LABEL + recorded + 6, y + 13, str(one.recorded)),
        bar(_LABEL, y + _BAR + 2, verified, _BAR, kind="full"),
        bar(_LABEL + verified, y + _BAR + 2, unknown, _BAR, kind="hatch"),
        words(ends + 6, y + _BAR + 15, counts, bold=True),
    ]


def _legend(language: str) -> list[str]:
    shapes, x = [], _LABEL
    for kind, word in (("pale", "recorded"), ("full", "verified"), ("hatch", "unknown")):
        label = said(word, language)
        shapes += [bar(x, 3, 14, 12, kind=kind), words(x + 20, 14, label)]
        x += 40 + len(label) * 8
    return shapes


def _sentence(one: FunnelStep, language: str) -> str:
    parts = (
        f"{said('recorded', language).lower() if language == 'en' else 'по CRM'} {one.recorded}",
        f"{said('verified', language).lower()} {one.verified}",
        f"{said('unknown', language).lower()} {one.unknown}",
    )
    return f"{one.label}: {', '.join(parts)}"


def _table(steps: Sequence[FunnelStep], title: str, language: str) -> str:
    head = [said(one, language) for one in ("stage", "recorded", "verified", "unknown")]
    rows = [[one.label, str(one.recorded), str(one.verified), str(one.unknown)] for one in steps]
    return table(title, head, rows)
