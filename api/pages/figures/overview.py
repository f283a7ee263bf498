"""The overview: both funnels side by side, what stands too far ahead, and the worst step."""

from __future__ import annotations

from dataclasses import dataclass, replace

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.pages.figures.desk import Desk, desk_for
from api.pages.figures.frame import MINIMUM, Seeing, figures_page
from api.pages.pages import Rendering
from api.pages.wording import Words
from figures.charts import FunnelStep, Loss, funnel_chart, waterfall_chart
from figures.charts.chart import Chart
from figures.funnel import Funnel, View, cohort_funnel, snapshot_funnel
from figures.inflation import inflation
from figures.leaks import Leaks, leaks
from figures.promise_board import promise_board
from figures.promise_results import Standing
from models.vocabulary.figures import DealFact
from models.vocabulary.verdict import PromiseState

SHOWN = 8  # of the deals behind the worst step, the dearest first
_LOW = 0.8  # of calls heard: under it the first thing to do is to hear more
routes = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Advice:
    """Something that may be done next, and the page where it is seen."""

    sentence: str
    address: str


@routes.get("/figures")
def overview(request: Request, pages: Rendering, visitor: Seeing) -> Response:
    """Where deals are lost, as recorded and as verified."""
    desk = desk_for(pages, visitor, request.query_params)
    if desk is None or desk.is_empty or desk.line is None:
        return figures_page(request, pages, visitor, desk, "overview", viewed=True)
    words, asked, line = Words(pages.language(request, visitor)), desk.asked, desk.line
    cohort = asked.view is View.COHORT
    found = leaks(desk.facts, line, asked.period, MINIMUM)
    funnel = found.funnel if cohort else snapshot_funnel(desk.facts, line)
    lost = _dearest(desk.deals(found.worst.lost.deals)) if found.worst else []
    return figures_page(
        request,
        pages,
        visitor,
        desk,
        "overview",
        viewed=True,
        funnel=funnel,
        chart=_funnel_chart(funnel, words),
        losses=_loss_chart(found, words),
        index=inflation(desk.facts, MINIMUM).total,
        found=found,
        lost=lost[:SHOWN],
        advice=_advice(desk, found, words),
    )


def funnel_of(desk: Desk) -> Funnel | None:
    """The funnel of a desk's view; ``None`` where no pipeline is asked for."""
    if desk.line is None:
        return None
    if desk.asked.view is View.SNAPSHOT:
        return snapshot_funnel(desk.facts, desk.line)
    return cohort_funnel(desk.facts, desk.line, desk.asked.period)


def _funnel_chart(funnel: Funnel, words: Words) -> Chart:
    steps = [
        FunnelStep(words.named(one), one.recorded.count, one.verified.count, one.unknown.count)
        for one in funnel.steps
    ]
    return funnel_chart(steps, title=words("figures.funnels"), language=words.language)


def _loss_chart(found: Leaks, words: Words) -> Chart:
    """What each step loses, in the order of the line."""
    losses = [
        Loss(
            words.named(one),
            one.conversion.share.of,
            one.lost.count,
            worst=found.worst is not None and one.place == found.worst.place,
        )
        for one in sorted(found.ranked, key=lambda one: one.place)
    ]
    return waterfall_chart(losses, title=words("figures.losses"), language=words.language)


def _dearest(deals: list[DealFact]) -> list[DealFact]:
    return sorted(deals, key=lambda one: (-(one.amount or 0.0), one.deal_id))


def _advice(desk: Desk, found: Leaks, words: Words) -> list[Advice]:
    """What to do next: what fails most at the worst step, promises that are due, calls unheard."""
    advice = []
    at = desk.asked.address
    if found.worst is not None and found.worst.failing:
        top = found.worst.failing[0]
        sentence = words(
            "figures.advice.failing",
            title=words.titled(top.requirement),
            count=top.share.count,
            of=found.worst.lost.count,
        )
        address = at("/figures/deals", of="failing", at=top.requirement.id, which=found.worst.key)
        advice.append(Advice(sentence, address))
    due, broken = _urgent(desk)
    if due or broken:
        said = words("figures.advice.promises", due=due, broken=broken)
        advice.append(Advice(said, at("/figures/promises")))
    heard = desk.heard.value
    if heard is not None and heard < _LOW:
        share = round(heard * 100)
        advice.append(Advice(words("figures.advice.heard", share=share), at("/figures/people")))
    return advice


def _urgent(desk: Desk) -> tuple[int, int]:
    """Our promises that are due today, and those of the time that were broken."""
    asked = (PromiseState.OPEN, PromiseState.BROKEN)  # a board of all takes its time
    facts = replace(
        desk.facts, promises=tuple(one for one in desk.facts.promises if one.state in asked)
    )
    counts = promise_board(facts, period=desk.asked.period, minimum=MINIMUM).ours.counts
    return counts[Standing.DUE_TODAY], counts[Standing.BROKEN]
