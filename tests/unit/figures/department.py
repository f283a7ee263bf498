"""A small department whose figures can be counted by hand."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from models.vocabulary.deal import StageKind
from models.vocabulary.figures import (
    DealFact,
    Facts,
    Line,
    LineRequirement,
    LineStage,
    Payment,
    Person,
    PromiseFact,
)
from models.vocabulary.verdict import Gap, PromiseState, Severity

ZONE = ZoneInfo("Europe/Moscow")
KEYS = ("base", "decision_maker", "needs", "offer", "closing")
IDS = (
    "base.company",
    "decision_maker.reached",
    "needs.clarified",
    "offer.after_needs",
    "closing.terms",
)
LINE = Line(
    "p1",
    "B2B",
    "b2b_kpi",
    tuple(
        LineStage(key, key, key, (LineRequirement(id_, Severity.CRITICAL, "", "", "", "", "h"),))
        for key, id_ in zip(KEYS, IDS, strict=True)
    ),
)
PEOPLE = {
    "u1": Person("u1", "Анна", ("hunter",)),
    "u2": Person("u2", "Борис", ("hunter", "farmer")),
}


def at(day: int, hour: int = 12, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=ZONE)


def deal(id_: str, **more: Any) -> DealFact:
    values: dict[str, Any] = {
        "deal_id": id_,
        "name": f"Сделка {id_}",
        "pipeline_id": "p1",
        "user_id": "u1",
        "roles": ("hunter",),
        "source": "site",
        "client": f"c-{id_}",
        "amount": 100_000.0,
        "currency": "RUB",
        "status": StageKind.OPEN,
        "created_at": at(2),
        "closed_at": None,
        "first_contact_at": at(2),
        "recorded": None,
        "reached": None,
        "verified": None,
        "blocked": None,
        "unsure": None,
        "gap": Gap.NONE,
    }
    return DealFact(**(values | more))


def paid(*payments: tuple[datetime, float]) -> tuple[Payment, ...]:
    return tuple(Payment(when, amount) for when, amount in payments)


def promise(state: PromiseState, **more: Any) -> PromiseFact:
    values: dict[str, Any] = {
        "deal_id": "1",
        "pipeline_id": "p1",
        "call_id": "call-1",
        "type": "proposal_sent",
        "by": "agent",
        "user_id": "u1",
        "roles": ("hunter",),
        "made_at": at(10),
        "deadline": at(13, 23),
        "state": state,
        "done_at": None,
        "quote": "пришлю",
        "amount": 100_000.0,
        "currency": "RUB",
        "place": 2,
    }
    return PromiseFact(**(values | more))


def facts(*deals: DealFact, as_of: datetime | None = None, **more: Any) -> Facts:
    moment = as_of or at(18, 18)
    return Facts(moment, ZONE, lines=(LINE,), people=PEOPLE, deals=deals, **more)
