"""The inbox: what is to be reviewed, the heaviest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, status
from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse, Response

from api.access.gate import Asking, Visitor, having
from api.pages.cards import Card, cards_of, deal_page
from api.pages.inbox_filters import Choice, choice_of, place_of, written
from api.pages.pages import Pages, Rendering, sections_of
from api.pages.scene import Scene, scene_of
from api.pages.wording import Words
from classify.deciding import Refusal
from classify.pace import Day, day_of
from classify.precision import blind_bound
from core.access_settings import AccessSettings
from core.clock import now
from models.session import reading, transaction
from models.store.blind import count_blind
from models.store.findings import finding_of
from models.store.inbox import (
    DealFacts,
    Place,
    Wanted,
    count_wanted,
    decided_moments,
    facts_of_deals,
    findings_of_groups,
    leading_findings,
)
from models.tables import AccountRow, FindingRow
from models.vocabulary.access import Right
from models.vocabulary.review import DismissReason, FindingState
from models.vocabulary.verdict import FlagKind

GROUPS = 20  # on a page
routes = APIRouter(include_in_schema=False)
Seeing = Annotated[Visitor, Depends(having(Right.SEE))]


@dataclass(frozen=True, slots=True)
class Group:
    """The findings of a deal, or one that belongs to none; `deal` is as the CRM has it now."""

    deal_id: str | None
    deal: DealFacts | None
    cards: tuple[Card, ...]

    @property
    def page(self) -> str | None:
        """The address of the deal."""
        return deal_page(self.deal_id) if self.deal_id is not None else None


@dataclass(frozen=True, slots=True)
class Shelf:
    """A page of the inbox; `after` is where the next begins, `seen_at` since when is new."""

    groups: tuple[Group, ...]
    every: int
    new: int
    after: str | None
    seen_at: datetime
    day: Day | None
    blind: int


@routes.get("/")
def inbox(request: Request, pages: Rendering, visitor: Asking) -> Response:
    """Findings by weight, grouped by deal; who sees none is led to what they may open."""
    if not visitor.may(Right.SEE):
        (_, path), *_ = [*sections_of(visitor), ("me", "/me")]
        return RedirectResponse(path, status.HTTP_303_SEE_OTHER)
    zone, at = pages.zone(), now()
    choice = choice_of(request.query_params, zone, reviewer=visitor.may(Right.DECIDE))
    scene = scene_of(pages, visitor.account.language)
    words, shelf = Words(visitor.account.language), None
    if scene is not None:
        seen_at = _seen_at(pages, visitor, at)
        settings = pages.service.settings.access
        with reading(pages.service.database()) as session:
            place = place_of(request.query_params.get("after"))
            shelf = _shelf(
                session,
                settings,
                scene,
                visitor,
                choice,
                place=place,
                zone=zone,
                at=at,
                seen_at=seen_at,
            )
    return pages.page(
        request,
        "inbox.html.j2",
        visitor,
        section="inbox",
        zone=zone,
        scene=scene,
        shelf=shelf,
        choice=choice,
        kinds=[(one.value, words.of_code("codes.flag", one.value)) for one in FlagKind],
        states=[(one.value, words.of_code("finding.state", one.value)) for one in FindingState],
        reasons=list(DismissReason),
        told=_told(request),
        problem=_problem(request),
        reviewer=visitor.may(Right.DECIDE),
        place=request.query_params.get("after", ""),
    )


@routes.post("/inbox/seen")
def note_seen(pages: Rendering, visitor: Seeing, query: Annotated[str, Form()] = "") -> Response:
    """What is there now is not new any more."""
    with transaction(pages.service.database()) as session:
        session.get_one(AccountRow, visitor.account.id).inbox_seen_at = now()
    return RedirectResponse(f"/?{query}" if query else "/", status.HTTP_303_SEE_OTHER)


def _seen_at(pages: Pages, visitor: Visitor, at: datetime) -> datetime:
    """Since when things are new to somebody: at their first visit nothing is."""
    database = pages.service.database()
    with reading(database) as session:
        seen_at = session.get_one(AccountRow, visitor.account.id).inbox_seen_at
    if seen_at is None:
        with transaction(database) as session:
            session.get_one(AccountRow, visitor.account.id).inbox_seen_at = at
    return seen_at or at


def _shelf(  # noqa: PLR0913 - whose, of what, from where, when
    session: Session,
    settings: AccessSettings,
    scene: Scene,
    visitor: Visitor,
    choice: Choice,
    *,
    place: Place | None,
    zone: tzinfo,
    at: datetime,
    seen_at: datetime,
) -> Shelf:
    new_since = seen_at if choice.only_new else None
    wanted = Wanted(scene.source, scene.crm_source, visitor.reach, choice.filters, new_since)
    leaders = leading_findings(session, wanted, place, GROUPS + 1)
    goes_on, leaders = len(leaders) > GROUPS, leaders[:GROUPS]
    every, new = count_wanted(session, wanted, seen_at)
    rows = findings_of_groups(session, wanted, leaders)
    findings = [finding_of(row, zone) for row in rows]
    cards = cards_of(session, findings, scene, visitor, settings, now=at, seen_at=seen_at)
    last = leaders[-1] if leaders else None
    account = visitor.account
    reviews = visitor.may(Right.DECIDE)
    return Shelf(
        groups=_groups(session, scene, leaders, cards),
        every=every,
        new=new,
        after=written(Place(last.weight, last.id)) if goes_on and last else None,
        seen_at=seen_at,
        day=_day(session, account.id, settings, at, zone) if reviews else None,
        blind=count_blind(session, account.id, visitor.reach, blind_bound(settings.blind_share))
        if reviews
        else 0,
    )


def _groups(
    session: Session, scene: Scene, leaders: Sequence[FindingRow], cards: Sequence[Card]
) -> tuple[Group, ...]:
    deals = sorted({row.deal_id for row in leaders if row.deal_id is not None})
    facts = facts_of_deals(session, scene.crm_source, scene.run, deals) if deals else {}
    members: dict[str | int, list[Card]] = {}
    for card in cards:
        members.setdefault(card.finding.deal_id or card.finding.id, []).append(card)
    groups = (
        Group(row.deal_id, facts.get(row.deal_id or ""), tuple(members.get(_group_of(row), ())))
        for row in leaders
    )
    return tuple(group for group in groups if group.cards)  # one may have been decided meanwhile


def _group_of(row: FindingRow) -> str | int:
    return row.deal_id if row.deal_id is not None else row.id


def _day(
    session: Session, account: int, settings: AccessSettings, at: datetime, zone: tzinfo
) -> Day:
    midnight = at.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    since = midnight.astimezone(UTC)
    return day_of(decided_moments(session, account, since), since, settings.day_minutes)


def _told(request: Request) -> dict[str, int]:
    """What a bulk action brought about, from the address that it led to."""
    counts = {name: request.query_params.get(name, "") for name in ("decided", "left")}
    return {
        name: int(text)
        for name, text in counts.items()
        if text.isascii() and text.isdigit() and len(text) < 5
    }


def _problem(request: Request) -> str | None:
    """Why a bulk action brought about nothing."""
    known = {one.value for one in Refusal} | {"nothing", "too_many"}
    told = request.query_params.get("problem", "")
    return f"finding.refused.{told}" if told in known else None
