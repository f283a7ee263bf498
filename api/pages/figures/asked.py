"""Which figures are asked for, as it stands in the address: it survives from page to page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from api.pages.typed import day_in
from api.pages.weeks import begin, today
from figures.funnel import View
from figures.scope import NOBODY, Cut, Period
from models.vocabulary.access import Reach
from models.vocabulary.figures import Facts

NAMES = ("pipeline", "from", "to", "view", "manager", "role", "source")
WEEKS = 13  # shown where no time is asked for: a quarter
SPANS = (4, 13, 26, 52)  # weeks that are one click away
_EARLIEST = date(1990, 1, 1)


@dataclass(frozen=True, slots=True)
class Choices:
    """What may be chosen, each as (what stands in the address, its name)."""

    pipelines: tuple[tuple[str, str], ...]
    managers: tuple[tuple[str, str], ...]
    roles: tuple[str, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A cut, a time (both days are in it), a view; `told` is what the address says of them."""

    cut: Cut
    first: date
    last: date
    period: Period
    view: View
    told: Mapping[str, str]

    def address(self, path: str, **changes: str | None) -> str:
        """Another page, or this one, with the same cut; ``None`` takes a word out of it."""
        words = {**self.told, **changes}
        query = urlencode({name: word for name, word in words.items() if word})
        return f"{path}?{query}" if query else path


def choices_of(facts: Facts, reach: Reach) -> Choices:
    """What somebody may choose, of what is within their reach.

    Pipelines stand in the CRM's order, those without a deal are left out; people by name.
    """
    theirs = [one for one in facts.deals if reach.sees(one.user_id)]
    pipelines = {one.pipeline_id for one in theirs}
    users = {one.user_id for one in theirs}
    named = [
        (facts.people[user].name if user in facts.people else user, user) for user in users if user
    ]
    managers = [(user, name) for name, user in sorted(named)]
    sources = {one.source for one in theirs}
    roles = {role for one in theirs for role in one.roles}
    return Choices(
        tuple((one.pipeline_id, one.name) for one in facts.lines if one.pipeline_id in pipelines),
        (*managers, (NOBODY, "")) if users & {None, ""} else tuple(managers),
        tuple(sorted(roles)),
        (*sorted(one for one in sources if one), *([NOBODY] if sources & {None, ""} else [])),
    )


def asked_of(
    params: QueryParams, choices: Choices, zone: tzinfo, at: datetime, *, every_pipeline: bool
) -> Asked:
    """Reads the address; what nobody could have chosen counts as not chosen.

    `every_pipeline`: without a pipeline all of them are counted, otherwise the first one.
    """
    told = {name: params[name] for name in NAMES if params.get(name, "").strip()}
    pipelines = [id_ for id_, _ in choices.pipelines]
    cut = Cut(
        _one_of(told, "pipeline", pipelines),
        _one_of(told, "manager", [id_ for id_, _ in choices.managers]),
        _one_of(told, "role", [*choices.roles, NOBODY]),
        _one_of(told, "source", choices.sources),
    )
    if cut.pipeline is None and not every_pipeline and pipelines:
        cut = Cut(pipelines[0], cut.manager, cut.role, cut.source)
    first, last = _days(told, today(zone, at))
    view = View.SNAPSHOT if told.get("view") == View.SNAPSHOT else View.COHORT
    if view is View.COHORT:
        told.pop("view", None)
    return Asked(cut, first, last, _period(first, last, zone), view, told)


def period_asked(params: QueryParams, zone: tzinfo, at: datetime) -> Period:
    """The time alone that an address asks for."""
    told = {name: params[name] for name in ("from", "to") if name in params}
    return _period(*_days(told, today(zone, at)), zone)


def _period(first: date, last: date, zone: tzinfo) -> Period:
    return Period(begin(first, zone), begin(last + timedelta(days=1), zone))


def weeks_back(weeks: int, day: date) -> date:
    """The Monday that so many weeks begin with, the last of them the one of `day`."""
    return day - timedelta(days=day.weekday(), weeks=weeks - 1)


def _one_of(told: dict[str, str], name: str, known: Sequence[str]) -> str | None:
    value = told.get(name)
    if value is not None and value not in known:
        del told[name]
        return None
    return value


def _days(told: dict[str, str], latest: date) -> tuple[date, date]:
    """The first and the last day that are asked for, in this order, none ahead."""
    first, last = day_in(told.get("from")), day_in(told.get("to"))
    for name, day in (("from", first), ("to", last)):
        if day is None:
            told.pop(name, None)
    last = max(min(last or latest, latest), _EARLIEST)
    first = max(first or weeks_back(WEEKS, last), _EARLIEST)
    return (first, last) if first <= last else (last, min(first, latest))
