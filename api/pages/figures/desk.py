"""What lies before somebody who asks for figures: facts within reach, and how far they carry."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from starlette.datastructures import QueryParams

from api.access.gate import Visitor
from api.pages.figures.asked import Asked, Choices, asked_of, choices_of
from api.pages.pages import Pages, current_run
from core.clock import now
from figures.funnel import heard_of, rules_of
from figures.scope import Period, within
from figures.share import Share
from models.session import reading
from models.vocabulary.figures import DealFact, Facts, Line


@dataclass(frozen=True, slots=True)
class RuleVersion:
    """What a pipeline's deals were judged by: its rule file, and the first digits of its hash."""

    pipeline: str
    template: str
    version: str


@dataclass(frozen=True, slots=True)
class Desk:
    """Facts of a cut within somebody's reach; `every` are those of no cut but their reach.

    `line` is the pipeline that is asked for, ``None`` where all of them are. `heard` is how many
    answered calls of these deals could be understood, of all there were.
    """

    asked: Asked
    choices: Choices
    facts: Facts
    every: Facts
    line: Line | None
    heard: Share
    rules: tuple[RuleVersion, ...]

    @property
    def is_empty(self) -> bool:
        """Whether the cut has no deal at all."""
        return not self.facts.deals

    def deals(self, ids: Iterable[str]) -> list[DealFact]:
        """The deals of some ids, in their order."""
        by_id = {one.deal_id: one for one in self.facts.deals}
        return [by_id[one] for one in ids if one in by_id]

    def by_name(self, users: Iterable[str | None]) -> list[str | None]:
        """People by name, nobody last: an order that compares nobody."""
        people = self.every.people

        def name(user: str | None) -> tuple[bool, str]:
            known = people.get(user or "")
            return user is None, known.name if known is not None else user or ""

        return sorted(users, key=name)


def desk_for(
    pages: Pages,
    visitor: Visitor,
    params: QueryParams,
    *,
    every_pipeline: bool = False,
    calls: Period | None = None,
) -> Desk | None:
    """The desk of whoever asks, with the calls of a time; ``None`` where nothing was judged yet."""
    facts = _facts(pages, calls)
    if facts is None or not facts.lines:
        return None
    choices = choices_of(facts, visitor.reach)
    asked = asked_of(params, choices, facts.zone, now(), every_pipeline=every_pipeline)
    own = within(facts, visitor.reach, asked.cut)
    lines = own.lines if asked.cut.pipeline else facts.lines
    return Desk(
        asked,
        choices,
        own,
        within(facts, visitor.reach),
        own.lines[0] if asked.cut.pipeline and own.lines else None,
        heard_of(own.deals),
        tuple(version_of(one) for one in lines),
    )


def version_of(line: Line) -> RuleVersion:
    """A line's rules, told apart by the hashes of all that they demand."""
    digest = hashlib.sha256("\n".join(rules_of(line)).encode()).hexdigest()
    return RuleVersion(line.name, line.template, digest[:8])


def _facts(pages: Pages, calls: Period | None) -> Facts | None:
    run = current_run(pages.service.database())
    if run is None:
        return None
    zone = pages.zone()
    span = (calls.start, calls.end) if calls else None
    with reading(pages.service.database()) as session:
        return pages.service.facts.facts(session, run[2], zone, now(), span)
