"""Where deals are lost, step by step: what is left hangs on what was lost before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from figures.charts.chart import Chart, bar, cut_to, framed, line, table, words
from figures.charts.said import percent, said

_LABEL, _END, _STEP, _BAR = 190.0, 150.0, 34.0, 20.0


@dataclass(frozen=True, slots=True)
class Loss:
    """A step from one stage on: of `before` deals `lost` did not go on; the rest did.

    `unknown` are those of the lost of which nobody can tell. `worst`: the weakest step.
    """

    label: str
    before: int
    lost: int
    unknown: int = 0
    worst: bool = False

    @property
    def share(self) -> float | None:
        """What part was lost; ``None`` of nothing."""
        return self.lost / self.before if self.before else None


def waterfall_chart(
    losses: Sequence[Loss],
    *,
    title: str,
    language: str = "ru",
    width: float = 640,
    key: str = "",
) -> Chart:
    """A bar for each step: what went on is pale, what was lost full, what nobody knows hatched."""
    most = max([1, *(one.before for one in losses)])
    scale = (width - _LABEL - _END) / most
    shapes = _legend(language)
    for place, one in enumerate(losses):
        y = 30 + place * _STEP
        shapes += _row(one, y, scale, language)
        if place + 1 < len(losses):
            x = _LABEL + (one.before - one.lost) * scale
            shapes.append(line(x, y + _BAR, x, y + _STEP, 'stroke-dasharray="2 2"'))
    told = "; ".join(_sentence(one, language) for one in losses) or said("none", language)
    if not losses:
        shapes.append(words(0, 50, said("none", language)))
    height = 30 + max(1, len(losses)) * _STEP
    svg = framed(shapes, title=title, told=told, width=width, height=height, hatched=True, key=key)
    return Chart(svg, _table(losses, title, language))


def _row(one: Loss, y: float, scale: float, language: str) -> list[str]:
    kept, sure = one.before - one.lost, one.lost - one.unknown
    x = _LABEL + kept * scale
    mark = "▼ " if one.worst else ""
    lost = f"−{one.lost}" if one.lost else "0"
    numbers = f"{mark}{lost} / {one.before} ({percent(one.share, language)})"
    return [
        words(0, y + 15, cut_to(one.label, _LABEL - 8), bold=one.worst),
        bar(_LABEL, y, kept * scale, _BAR, kind="pale"),
        bar(x, y, sure * scale, _BAR, kind="full"),
        bar(x + sure * scale, y, one.unknown * scale, _BAR, kind="hatch"),
        words(_LABEL + one.before * scale + 6, y + 15, numbers, bold=one.worst),
    ]


def _legend(language: str) -> list[str]:
    shapes, x = [], _LABEL
    for kind, word in (("pale", "kept"), ("full", "lost"), ("hatch", "unknown")):
        label = said(word, language)
        shapes += [bar(x, 3, 14, 12, kind=kind), words(x + 20, 14, label)]
        x += 40 + len(label) * 8
    return shapes


def _sentence(one: Loss, language: str) -> str:
    lost = said("lost", language).lower()
    worst = f", {said('worst', language)}" if one.worst else ""
    of = "из" if language == "ru" else "of"
    share = percent(one.share, language)
    return f"{one.label}: {lost} {one.lost} {of} {one.before} ({share}){worst}"


def _table(losses: Sequence[Loss], title: str, language: str) -> str:
    names = ("stage", "before", "kept", "lost", "unknown", "lost_share")
    rows = [
        [
            one.label + (f" ({said('worst', language)})" if one.worst else ""),
            str(one.before),
            str(one.before - one.lost),
            str(one.lost - one.unknown),
            str(one.unknown),
            percent(one.share, language),
        ]
        for one in losses
    ]
    return table(title, [said(one, language) for one in names], rows)
