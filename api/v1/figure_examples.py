"""Examples of figures, counted from a small department, so that they are what is answered."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from api.v1.figure_asking import about, address
from api.v1.figure_recipes import Recipe, Wanted
from api.v1.figure_shapes import Teller
from core.settings import Settings
from figures.scope import Period
from models.vocabulary.action import Outcome
from models.vocabulary.deal import StageKind
from models.vocabulary.figures import (
    CallFact,
    DealFact,
    Facts,
    Line,
    LineRequirement,
    LineStage,
    Person,
    PromiseFact,
    RequirementFact,
    Visit,
)
from models.vocabulary.verdict import Gap, PromiseState, Severity, Verdict

Json = dict[str, Any]
_ZONE = ZoneInfo("Europe/Moscow")
_START = datetime(2026, 11, 9, tzinfo=_ZONE)
_AT = _START + timedelta(hours=10)
_PERIOD = Period(_START, _START + timedelta(days=7))
ROW: Json = {
    "id": "1001",
    "deal_id": "1001",
    "deal": "/api/v1/deals/amocrm/1001",
    "calls": "/api/v1/calls?deal_id=1001",
    "call_id": None,
    "call": None,
}


@cache
def sample() -> Facts:
    """A department of one deal: a card on the second stage, where nothing is proved yet."""
    demand = LineRequirement(
        "meeting.agreed", Severity.CRITICAL, "Встреча согласована", "The meeting was agreed",
        "Встреча не согласована", "No meeting was agreed", "1f0c",
    )  # fmt: skip
    stages = (
        LineStage("lead", "Заявка", "Lead"),
        LineStage("meeting", "Встреча", "Meeting", (demand,)),
        LineStage("proposal", "Предложение", "Proposal"),
    )
    deal = DealFact(
        deal_id="1001", name="Сайт", pipeline_id="p1", user_id="u101", roles=("hunter",),
        source="Сайт", client="k01", amount=300000.0, currency="RUB", status=StageKind.OPEN,
        created_at=_AT, closed_at=None, first_contact_at=_AT, recorded=2, reached=2, verified=0,
        blocked=1, unsure=None, gap=Gap.AHEAD,
        visits=(Visit(0, _AT, _AT + timedelta(days=1)), Visit(2, _AT + timedelta(days=1), None)),
        proved=(_AT, None, None),
        requirements=(RequirementFact("meeting.agreed", Verdict.MISSING),), calls=1,
    )  # fmt: skip
    call = CallFact(
        "1794208360.18", _AT, "u101", ("hunter",), "1001", "p1", Outcome.CONVERSATION,
        answered=True, heard=True, seconds=94.0,
    )  # fmt: skip
    promise = PromiseFact(
        "1001", "p1", call.call_id, "proposal_sent", "agent", "u101", ("hunter",), _AT,
        _AT + timedelta(days=2), PromiseState.BROKEN, None, "Пришлю предложение в среду.",
        300000.0, "RUB", 2,
    )  # fmt: skip
    return Facts(
        _PERIOD.end, _ZONE, (Line("p1", "Веб", "b2b_kpi", stages),),
        {"u101": Person("u101", "Ирина Соколова", ("hunter",))}, (deal,), (promise,), (call,),
    )  # fmt: skip


def figure_example(recipe: Recipe) -> Json:
    """What a figure answers for the sample."""
    facts = sample()
    result = recipe.counted(Wanted(facts, _PERIOD, Settings()))
    if isinstance(result, tuple):
        result = result[:1]
    teller = Teller(lambda kind, at: address(kind, {"of": recipe.name, "at": at}), "en", words=True)
    cut = dict.fromkeys(("pipeline", "manager", "role", "source"))
    return about(facts, _PERIOD) | {"cut": cut, "figure": teller.told(result)}
