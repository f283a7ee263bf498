"""Leads by source: how far those of each were proved to come, and what they brought."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence

from figures.orders import paid_since
from figures.sales_results import LeadSources, SourceLine, SourceStage
from figures.scope import Period
from figures.share import Share
from models.vocabulary.figures import DealFact, Facts, Line

MINIMUM = 10


def lead_sources(facts: Facts, period: Period, minimum: int = MINIMUM) -> LeadSources:
    """The leads of a period, whose first contact lies in it, by pipeline and source."""
    by: dict[tuple[str, str | None], list[DealFact]] = defaultdict(list)
    for deal in facts.deals:
        if period.holds(deal.first_contact_at):
            by[deal.pipeline_id, deal.source or None].append(deal)
    lines = [
        _line(
            facts.line(pipeline),
            pipeline,
            source,
            sorted(deals, key=lambda one: one.deal_id),
            minimum,
        )
        for (pipeline, source), deals in by.items()
    ]
    ordered = sorted(lines, key=lambda one: (-one.leads, one.pipeline_id, one.source or ""))
    return LeadSources(facts.as_of, period, tuple(ordered))


def _line(
    line: Line | None,
    pipeline_id: str,
    source: str | None,
    deals: Sequence[DealFact],
    minimum: int,
) -> SourceLine:
    stages = line.stages if line is not None else ()
    return SourceLine(
        source=source,
        pipeline_id=pipeline_id,
        leads=len(deals),
        stages=tuple(_stage(place, one.key, deals) for place, one in enumerate(stages)),
        paid=Share(sum(paid_since(one) is not None for one in deals), len(deals)),
        money=_money(deals),
        ranked=len(deals) >= minimum,
        deals=tuple(one.deal_id for one in deals),
    )


def _stage(place: int, key: str, deals: Sequence[DealFact]) -> SourceStage:
    proved = [one for one in deals if one.verified is not None and one.verified >= place]
    passed = {one.deal_id for one in proved}
    doubtful = sum(one.deal_id not in passed and _is_doubtful(one, place) for one in deals)
    return SourceStage(
        place=place,
        stage_key=key,
        proved=Share(len(proved), len(deals)),
        not_proved=len(deals) - len(proved) - doubtful,
        cannot_tell=doubtful,
        deals=tuple(one.deal_id for one in proved),
    )


def _is_doubtful(deal: DealFact, place: int) -> bool:
    """Whether the card came that far and nobody can tell whether the deal did.

    Where something on the way fails for sure, the deal did not, whatever else is unknown.
    """
    came = deal.reached is not None and deal.reached >= place
    is_unsure = deal.unsure is not None and deal.unsure <= place
    fails = deal.blocked is not None and deal.blocked <= place
    return came and is_unsure and not fails


def _money(deals: Iterable[DealFact]) -> dict[str, float]:
    by: dict[str, list[float]] = defaultdict(list)
    for deal in deals:
        if deal.payments:
            by[deal.currency] += [one.amount for one in deal.payments]
    return {currency: math.fsum(some) for currency, some in sorted(by.items())}
