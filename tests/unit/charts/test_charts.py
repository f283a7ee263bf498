"""Charts tell all they show as a table too, and nothing in them can run or be fetched."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from figures.charts import (
    Chart,
    FunnelStep,
    HeatCell,
    Loss,
    Series,
    TimeRow,
    funnel_chart,
    heat_chart,
    time_chart,
    trend_chart,
    waterfall_chart,
)

EVIL = "<script>alert(1)</script>\"'&"
CHARTS = {
    "funnel": lambda name, language: funnel_chart(
        [FunnelStep(name, 37, 23, 5)], title=name, language=language
    ),
    "waterfall": lambda name, language: waterfall_chart(
        [Loss(name, 71, 43, 6, worst=True)], title=name, language=language
    ),
    "time": lambda name, language: time_chart(
        [TimeRow(name, 5.0, 30.0, 17)], title=name, language=language
    ),
    "trend": lambda name, language: trend_chart(
        [name, "W47"],
        [Series(name, [13.0, None]), Series("b", [19.0, 29.0])],
        title=name,
        language=language,
        plan=31.0,
    ),
    "heat": lambda name, language: heat_chart(
        [name],
        [name, "b"],
        [[HeatCell(7, 28), HeatCell(3, 4)]],
        title=name,
        corner=name,
        language=language,
    ),
}
VALUES = {
    "funnel": ("37", "23", "5"),
    "waterfall": ("71", "28", "37", "6", "61%"),
    "time": ("5\u00a0h", "1\u00a0d 6\u00a0h", "17"),
    "trend": ("13", "19", "29", "31"),
    "heat": ("25% (7/28)", "3/4"),
}


@pytest.fixture(params=CHARTS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def drawn(kind: str, name: str = "Meeting", language: str = "en") -> Chart:
    return CHARTS[kind](name, language)


def test_every_value_stands_in_the_table(kind: str) -> None:
    cells = re.findall(r"<t[dh][^>]*>([^<]*)</t[dh]>", drawn(kind).table)
    for value in VALUES[kind]:
        assert any(value in cell for cell in cells), (value, cells)


@pytest.mark.parametrize("language", ["ru", "en"])
def test_names_are_never_markup(kind: str, language: str) -> None:
    chart = drawn(kind, EVIL, language)
    for part in (chart.svg, chart.table):
        assert "<script" not in part
        ElementTree.fromstring(part.replace("&nbsp;", " "))  # noqa: S314 - our own, must be well formed


def test_nothing_needs_a_style_a_script_or_the_network(kind: str) -> None:
    svg = drawn(kind).svg
    assert not re.search(r"\sstyle=|<style|\son\w+=|href=|<image|<foreignObject", svg)
    assert re.findall(r"url\((?!#)", svg) == []


def test_who_does_not_see_it_is_told(kind: str) -> None:
    root = ElementTree.fromstring(drawn(kind).svg)  # noqa: S314 - our own
    title, told = root[0], root[1]
    assert (title.text, root.get("role")) == ("Meeting", "img")
    assert root.get("aria-labelledby") == f"{title.get('id')} {told.get('id')}"
    assert told.text


def test_nothing_is_drawn_as_nothing() -> None:
    assert "no data" in funnel_chart([], title="a", language="en").svg
    assert "no data" in waterfall_chart([], title="a", language="en").svg
    assert "no data" in time_chart([], title="a", language="en").svg
    trend_chart([], [], title="a")
    heat_chart([], [], [], title="a", corner="b")


def test_two_equal_charts_of_a_page_have_names_of_their_own() -> None:
    steps = [FunnelStep("a", 2, 1, 1)]
    first, second = (funnel_chart(steps, title="a", key=key).svg for key in ("1", "2"))
    names = [set(re.findall(r'id="([^"]+)"', one)) for one in (first, second)]
    assert not names[0] & names[1]
