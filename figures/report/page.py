"""A report as one HTML file that needs no network and prints well, also in black and white."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any

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
from figures.charts.said import decimal, lasting, percent
from figures.report.document import Cell, Document, Kind, Section, Table
from figures.report.names import day_said, moment_said
from figures.report.words import word


def page_of(document: Document) -> str:
    """The whole page; every value is escaped, nothing is fetched."""
    language = document["language"]
    parts = [
        _head(document),
        _tiles(document),
        _findings(document),
        *(_section(one, language) for one in document["sections"]),
        "</main></body></html>\n",
    ]
    return "".join(parts)


def period_said(document: Document) -> str:
    """«с 09.11.2026 по 15.11.2026»: both days are in it."""
    language = document["language"]
    since = datetime.fromisoformat(document["since"])
    # The end is the next Monday's midnight; the last minute before it is of the last day.
    until = datetime.fromisoformat(document["until"])
    last = until.fromordinal(until.toordinal() - 1)
    return word("period", language, since=day_said(since, language), until=day_said(last, language))


def as_of_said(document: Document) -> str:
    """«по данным на 16.11.2026 09:00»."""
    at = datetime.fromisoformat(document["as_of"])
    return word("as_of", document["language"], at=moment_said(at, document["language"]))


def coverage_said(document: Document) -> str:
    """How many of the week's answered calls were heard."""
    language, of = document["language"], document["answered"]
    if not of:
        return word("no_calls", language)
    share = percent(document["heard"] / of, language)
    return word("coverage", language, heard=document["heard"], answered=of, share=share)


def _head(document: Document) -> str:
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    title = escape(document["title"])
    fine = f"{period_said(document)}, {as_of_said(document)}. {coverage_said(document)}"
    return (
        f'<!doctype html>\n<html lang="{escape(document["language"])}"><head>'
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width, '
        f'initial-scale=1"><meta http-equiv="Content-Security-Policy" content="{policy}">'
        f'<meta name="referrer" content="no-referrer"><title>{title}</title>'
        f"<style>{_css()}</style></head><body><header><h1>{title}</h1>"
        f'<p class="fine">{escape(fine)}</p></header><main>'
    )


def _tiles(document: Document) -> str:
    tiles = "".join(
        f"<li><b>{escape(one['value'])}</b> {escape(one['label'])}"
        f"<small>{escape(one['fine'])}</small></li>"
        for one in document["tiles"]
    )
    return f'<ul class="tiles">{tiles}</ul>'


def _findings(document: Document) -> str:
    language = document["language"]
    found = document["findings"] or [word("no_findings", language)]
    said = "".join(f"<li>{escape(one)}</li>" for one in found)
    return f"<section><h2>{escape(word('findings', language))}</h2><ul>{said}</ul></section>"


def _section(one: Section, language: str) -> str:
    parts = [f"<section><h2>{escape(one['title'])}</h2>"]
    parts += [f"<p>{escape(note)}</p>" for note in one["notes"]]
    parts += [
        _figure(chart, language, f"{one['id']}:{place}")
        for place, chart in enumerate(one["charts"])
    ]
    parts += [_table(table, language) for table in one["tables"]]
    return "".join([*parts, "</section>"])


def _figure(chart: Mapping[str, Any], language: str, key: str) -> str:
    drawn = drawn_chart(chart, language, key)
    beside = "" if chart["tabled"] else f'<div class="wide">{drawn.table}</div>'
    caption = f"<figcaption>{escape(chart['title'])}</figcaption>"
    return f'<figure>{caption}<div class="wide">{drawn.svg}</div>{beside}</figure>'


def drawn_chart(chart: Mapping[str, Any], language: str, key: str = "") -> Chart:
    """A chart of a document, drawn."""
    looks: dict[str, Any] = {"title": chart["title"], "language": language, "key": key}
    match chart["kind"]:
        case "funnel":
            return funnel_chart([FunnelStep(**one) for one in chart["rows"]], **looks)
        case "waterfall":
            return waterfall_chart([Loss(**one) for one in chart["rows"]], **looks)
        case "time":
            return time_chart([TimeRow(**one) for one in chart["rows"]], **looks)
        case "trend":
            series = [Series(one["name"], one["values"]) for one in chart["series"]]
            own = {"plan": chart["plan"], "unfinished": chart["unfinished"]}
            return trend_chart(chart["weeks"], series, **own, **looks)
        case "heat":
            cells = [[HeatCell(**c) if c else None for c in row] for row in chart["cells"]]
            own = {"corner": chart["corner"], "minimum": chart["minimum"]}
            return heat_chart(chart["rows"], chart["columns"], cells, **own, **looks)
        case other:
            raise ValueError(other)


def _table(table: Table, language: str) -> str:
    kinds = [one["kind"] for one in table["columns"]]
    heads = "".join(
        f'<th scope="col"{_side(one["kind"])}>{escape(one["name"])}</th>'
        for one in table["columns"]
    )
    rows = "".join(f"<tr>{_cells(row, kinds, language)}</tr>" for row in table["rows"])
    many = ' class="many"' if len(kinds) > 8 else ""
    return (
        f'<div class="wide"><table{many}><caption>{escape(table["title"])}</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _cells(row: list[Cell], kinds: list[Kind], language: str) -> str:
    first, *rest = (escape(shown(c, kind, language)) for c, kind in zip(row, kinds, strict=True))
    cells = "".join(
        f"<td{_side(kind)}>{said}</td>" for said, kind in zip(rest, kinds[1:], strict=True)
    )
    return f'<th scope="row">{first}</th>{cells}'


def shown(cell: Cell, kind: Kind, language: str) -> str:
    """A cell as people read it; a dash for what is not known."""
    if cell is None:
        return "—"
    if isinstance(cell, str):
        if kind == "moment":
            return moment_said(datetime.fromisoformat(cell), language)
        return cell
    if kind == "share":
        return percent(cell, language)
    if kind == "hours":
        return lasting(cell, language)
    return decimal(cell, language, 0 if kind in {"count", "money"} else 1)


def _side(kind: Kind) -> str:
    return "" if kind in {"text", "moment"} else ' class="n"'


@cache
def _css() -> str:
    return files("figures.report").joinpath("report.css").read_text(encoding="utf-8")
