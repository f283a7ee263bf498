"""What of the figures a program asks for: as of when, of which time, of whom."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Query

from api.v1.figure_shapes import share_told
from api.v1.keys import Caller
from api.v1.listing import Moment, Text
from api.v1.problems import ProblemError
from api.v1.reading import current_rows, not_found
from core.clock import now
from figures.funnel import heard_of
from figures.scope import Cut, Period, within
from models.store.facts import load_facts
from models.vocabulary.access import Reach
from models.vocabulary.figures import Facts, Line

Json = dict[str, Any]
_WEEKS = timedelta(weeks=12)
_LONGEST = timedelta(days=5 * 366)
AsOf = Annotated[
    Moment | None,
    Query(
        description="the moment of which it is told, also one in the past; now if not given",
        examples=["2026-11-20T18:00:00+03:00"],
    ),
]
From = Annotated[
    Moment | None,
    Query(
        alias="from",
        description="where the period begins; if not given, on the Monday of twelve weeks before",
        examples=["2026-08-31T00:00:00+03:00"],
    ),
]
To = Annotated[
    Moment | None,
    Query(alias="to", description="where it ends, not in it any more; `as_of` if not given"),
]


class Asked:
    """As of when and of which time; `is_past`: another moment than now is asked for."""

    def __init__(self, as_of: AsOf = None, begins: From = None, ends: To = None) -> None:
        at = now().replace(second=0, microsecond=0)
        if as_of is not None and as_of > now():
            raise wrong("as_of", "lies in the future")
        self.is_past = as_of is not None and as_of < at
        self.as_of = as_of if as_of is not None and self.is_past else at
        self._begins, self._ends = begins, ends

    def period(self, zone: tzinfo) -> Period:
        """The time that is asked for.

        Raises:
            ProblemError: it ends before it begins, or is too long.
        """
        end = self._ends or self.as_of
        day = (end - _WEEKS).astimezone(zone).date()
        monday = datetime.combine(day - timedelta(days=day.weekday()), time(), zone)
        start = self._begins or monday
        if start >= end:
            raise wrong("from", "does not lie before `to`")
        if end - start > _LONGEST:
            raise wrong("from", "lies more than five years before `to`: ask in parts")
        return Period(start.astimezone(zone), end.astimezone(zone))

    def link(self, period: Period) -> dict[str, str]:
        """The same as parameters, with the moment named, so that the same rows are found."""
        return {
            "as_of": self.as_of.isoformat(),
            "from": period.start.isoformat(),
            "to": period.end.isoformat(),
        }


def facts_of(caller: Caller, asked: Asked, before: timedelta | None = None) -> tuple[Facts, str]:
    """What was known then with the calls of the period, and the kind of CRM.

    `before`: with calls of so much time before the period. Nothing before the first verdicts.

    Raises:
        ProblemError: the period is wrong.
        StagecheckError: the database cannot be used.
    """
    with current_rows(caller) as (session, current):
        zone = current.zone if current is not None else UTC
        period = asked.period(zone)
        span = (period.start - (before or timedelta()), period.end)
        if current is None:
            return Facts(asked.as_of.astimezone(zone), zone), "file"
        if asked.is_past:
            facts = load_facts(session, current.crm_source, zone, asked.as_of, span)
        else:
            copy = caller.service.facts
            facts = copy.facts(session, current.crm_source, zone, asked.as_of, span)
        return facts, current.crm_name


class AskedCut(Asked):
    """The same, of which pipeline, manager, role and source."""

    def __init__(  # noqa: PLR0913, PLR0917 - parameters of an address
        self,
        as_of: AsOf = None,
        begins: From = None,
        ends: To = None,
        pipeline: Text = None,
        manager: Annotated[
            str | None, Query(max_length=200, description="the CRM's id; `-`: nobody's")
        ] = None,
        role: Annotated[
            str | None, Query(max_length=200, description="of the conveyor; `-`: without one")
        ] = None,
        source: Annotated[
            str | None, Query(max_length=200, description="of the lead; `-`: without one")
        ] = None,
    ) -> None:
        super().__init__(as_of, begins, ends)
        self.cut = Cut(pipeline, manager, role, source)

    def link(self, period: Period) -> dict[str, str]:
        """The same as parameters."""
        return super().link(period) | {
            name: value for name, value in self.cut_told().items() if value is not None
        }

    def cut_told(self) -> dict[str, str | None]:
        """The cut by its words."""
        cut = self.cut
        return {
            "pipeline": cut.pipeline,
            "manager": cut.manager,
            "role": cut.role,
            "source": cut.source,
        }

    def cut_facts(self, facts: Facts) -> Facts:
        """Only what is asked for.

        Raises:
            ProblemError: there was no such pipeline.
        """
        if self.cut.pipeline is not None and facts.line(self.cut.pipeline) is None:
            raise not_found("pipeline")
        return within(facts, Reach(everybody=True), self.cut)


def about(facts: Facts, period: Period) -> Json:
    """What goes with every figure: as of when, of which time, by which rules, how much heard."""
    return {
        "as_of": facts.as_of.isoformat(timespec="seconds"),
        "period": {
            "start": period.start.isoformat(timespec="seconds"),
            "end": period.end.isoformat(timespec="seconds"),
        },
        "rules": {line.pipeline_id: version_of(line) for line in facts.lines},
        "heard": share_told(heard_of(facts.deals)),
    }


def version_of(line: Line) -> str:
    """One name for the versions of all requirements of a line."""
    hashes = (one.rule_hash for stage in line.stages for one in stage.requirements)
    return hashlib.sha256(" ".join(hashes).encode()).hexdigest()[:12]


def address(path: str, parameters: Mapping[str, str]) -> str:
    """An address of the API."""
    return f"/api/v1/figures/{path}?{urlencode(parameters)}"


def wrong(parameter: str, problem: str) -> ProblemError:
    """A parameter that makes no sense."""
    errors = [{"where": f"query.{parameter}", "problem": problem}]
    return ProblemError("invalid_parameter", f"`{parameter}` {problem}", errors=errors)
