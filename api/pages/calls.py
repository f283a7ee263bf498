"""The list of calls."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import StrEnum
from typing import Annotated, TypeVar
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from api.access.gate import Visitor, having
from api.pages.days import between
from api.pages.pages import Rendering, current_run
from api.pages.typed import LARGEST_ID, day_in, plain
from models.session import reading
from models.store.call_list import CallFilters, HeardState, Place, list_calls, users_within
from models.store.call_page import deals_within
from models.vocabulary.access import Right
from models.vocabulary.action import Outcome

routes = APIRouter(include_in_schema=False)
Seeing = Annotated[Visitor, Depends(having(Right.SEE))]
Word = TypeVar("Word", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Asked:
    """The filters as they stand in the address; what makes no sense there counts as not set."""

    user: str = ""
    since: str = ""
    until: str = ""
    outcome: str = ""
    deal: str = ""
    state: str = ""

    def filters(self, zone: tzinfo) -> CallFilters:
        """The filters, days as they begin and end in `zone`."""
        since, until = between(self.since, self.until, zone)
        return CallFilters(
            user=plain(self.user) or None,
            since=since,
            until=until,
            outcome=_one_of(Outcome, self.outcome),
            deal=plain(self.deal).strip() or None,
            state=_one_of(HeardState, self.state),
        )

    def query(self, **more: str) -> str:
        """The same as the query of an address."""
        own = {name: getattr(self, name) for name in self.__slots__}
        return urlencode({name: value for name, value in (own | more).items() if value})

    @property
    def anything(self) -> bool:
        """Whether some filter is set."""
        return bool(self.query())


@routes.get("/calls")
def calls(
    request: Request,
    pages: Rendering,
    visitor: Seeing,
    asked: Annotated[Asked, Depends()],
    after: Annotated[str, Query()] = "",
) -> Response:
    """Calls within reach, the newest first; `after` is where the list goes on."""
    database, zone = pages.service.database(), pages.zone()
    run = current_run(database)
    source, crm_source = (run[1], run[2]) if run is not None else (None, None)
    with reading(database) as session:
        listed, following = list_calls(
            session, asked.filters(zone), visitor.reach, source=source, after=_place(after)
        )
        users = users_within(session, crm_source, visitor.reach)
        wanted = [one.deal_id for one in listed if one.deal_id]
        deals = deals_within(session, crm_source, visitor.reach, wanted)
    further = following and asked.query(after=f"{following.at.isoformat()}~{following.id}")
    return pages.page(
        request,
        "calls.html.j2",
        visitor,
        section="calls",
        zone=zone,
        calls=listed,
        users=users,
        deals=deals,
        asked=asked,
        further=further,
        begun=bool(after),
        outcomes=[one.value for one in Outcome],
        states=[one.value for one in HeardState],
    )


def _one_of(words: type[Word], text: str) -> Word | None:
    with suppress(ValueError):
        return words(text)
    return None


def _place(text: str) -> Place | None:
    moment, _, id_ = text.partition("~")
    with suppress(ValueError):
        at, number = datetime.fromisoformat(moment), int(id_)
        known = at.tzinfo is not None and day_in(moment[:10]) is not None
        return Place(at, number) if known and 0 <= number <= LARGEST_ID else None
    return None
