"""The part of a report about sales: times, repeat sales, sources; and about the conveyor."""

from __future__ import annotations

from collections.abc import Mapping

from figures.conveyor import Conveyor
from figures.fairness_results import UnknownOf
from figures.inflation import Inflation
from figures.report.document import Cell, Kind, Section, Table, section, table
from figures.report.names import money_said, person_name
from figures.report.promised import promise_said
from figures.report.words import word
from figures.sales_results import LeadSources, RepeatSales, SalesTimes, TimeFigure
from figures.share import Share
from models.vocabulary.figures import Facts

_TIMES: dict[str, Kind] = {
    "what": "text",
    "median": "hours",
    "p90": "hours",
    "worst": "hours",
    "sample": "count",
}
_REPEAT: dict[str, Kind] = {
    "currency": "text",
    "revenue": "money",
    "revenue_before": "money",
    "clients": "count",
    "orders": "count",
    "average_order": "money",
    "first_money": "money",
    "again_money": "money",
    "profit": "money",
}
_SHARE: dict[str, Kind] = {"share": "share", "low": "share", "high": "share"}
_SOURCES: dict[str, Kind] = {
    "source": "text",
    "pipeline": "text",
    "leads": "count",
    "paid": "count",
    "paid_share": "share",
    "low": "share",
    "high": "share",
    "money": "text",
}
_INFLATION: dict[str, Kind] = {
    "who": "text",
    **_SHARE,
    "unproved": "count",
    "of_sure": "count",
    "unknown": "count",
    "place": "count",
    "money": "text",
}
_CONVEYOR: dict[str, Kind] = {
    "role": "text",
    "makes": "text",
    "made": "count",
    "conversion": "share",
    "low": "share",
    "high": "share",
    "sample": "count",
    "people": "count",
    "open_each": "number",
    "calls_each": "number",
    "hours_each": "number",
}
_UNKNOWN: dict[str, Kind] = {
    "who": "text",
    "unheard": "count",
    "answered": "count",
    "deals_unknown": "count",
    "deals_of": "count",
    "comparable": "text",
}


def sales_section(
    times: SalesTimes, repeat: RepeatSales, sources: LeadSources, facts: Facts, language: str
) -> Section:
    """How long sales took in the period, what came in beside the period before, and from where."""
    active = word(
        "active",
        language,
        count=repeat.active.count,
        of=repeat.active.of,
        before=repeat.active_before.count,
    )
    return section(
        "sales",
        word("sales", language),
        notes=[active],
        tables=[
            _times(times, facts, language),
            _repeat(repeat, language),
            _sources(sources, facts, language),
        ],
    )


def conveyor_section(conveyor: Conveyor, language: str) -> Section:
    """Each role with what it makes and carries, and the findings about them."""
    rows: list[list[Cell]] = [
        [
            one.name.in_language(language),
            one.makes.in_language(language),
            one.product.count if one.product is not None else None,
            one.conversion.value,
            *_bounds(one.conversion),
            one.conversion.of,
            one.load.people,
            one.load.open_each,
            one.load.calls_each,
            one.load.hours_each,
        ]
        for one in conveyor.sections
    ]
    told = [*(one.sentence for one in conveyor.failures), *(a.sentence for a in conveyor.additions)]
    return section(
        "conveyor",
        word("conveyor", language),
        notes=[one.in_language(language) for one in told],
        tables=[table("conveyor", language, _CONVEYOR, rows)],
    )


def trust_section(
    inflation: tuple[Inflation, ...], unknown: tuple[UnknownOf, ...], facts: Facts, language: str
) -> Section:
    """What is not proved on the board, and how much nobody can tell, by person."""
    rows: list[list[Cell]] = [
        [
            person_name(facts, one.key, language),
            one.share.value,
            *_bounds(one.share),
            one.share.count,
            one.share.of,
            one.unknown.count,
            one.rank,
            money_said(one.unproved.money, language),
        ]
        for one in inflation
    ]
    people: list[list[Cell]] = [
        [
            person_name(facts, one.user_id, language),
            one.unheard.count,
            one.unheard.of,
            one.deals.count,
            one.deals.of,
            word("yes" if one.comparable else "no", language),
        ]
        for one in unknown
    ]
    return section(
        "trust",
        word("trust", language),
        tables=[
            table("inflation", language, _INFLATION, rows),
            table("unknown_people", language, _UNKNOWN, people),
        ],
    )


def _times(times: SalesTimes, facts: Facts, language: str) -> Table:
    rows = [_took(word("first_order", language), times.first_order)]
    for pipeline, figure in sorted(times.needs_to_proposal.items()):
        line = facts.line(pipeline)
        name = f" ({line.name})" if line is not None else ""
        rows.append(_took(word("needs_to_proposal", language) + name, figure))
    deeds: Mapping[str, TimeFigure] = times.promise_to_deed
    for kind, figure in sorted(deeds.items()):
        said = word("promise_to_deed", language, what=promise_said(kind, language))
        rows.append(_took(said, figure))
    return table("times", language, _TIMES, [row for row in rows if row[-1]])


def _took(name: str, figure: TimeFigure) -> list[Cell]:
    one = figure.spread
    if one is None:
        return [name, None, None, None, 0]
    return [name, one.median, one.p90, one.worst, one.of]


def _repeat(repeat: RepeatSales, language: str) -> Table:
    rows: list[list[Cell]] = [
        [
            one.currency,
            one.now.revenue,
            one.before.revenue,
            one.now.clients,
            one.now.orders,
            one.now.average_order,
            one.first_money,
            one.again_money,
            one.now.profit,
        ]
        for one in repeat.sales
    ]
    return table("repeat_sales", language, _REPEAT, rows)


def _sources(sources: LeadSources, facts: Facts, language: str) -> Table:
    names = {one.pipeline_id: one.name for one in facts.lines}
    rows: list[list[Cell]] = [
        [
            one.source or word("no_source", language),
            names.get(one.pipeline_id, one.pipeline_id),
            one.leads,
            one.paid.count,
            one.paid.value,
            *_bounds(one.paid),
            money_said(one.money, language),
        ]
        for one in sources.lines
    ]
    return table("sources", language, _SOURCES, rows)


def _bounds(share: Share) -> tuple[float | None, float | None]:
    return share.interval or (None, None)
