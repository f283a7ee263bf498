"""Which facts a figure is counted from: a pipeline, some people, a role, a source, a time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from models.vocabulary.access import Reach
from models.vocabulary.figures import CallFact, DealFact, Facts, PromiseFact

NOBODY = "-"  # in an address: what has no manager, no role, no source


@dataclass(frozen=True, slots=True)
class Period:
    """From `start`, to `end` which is not in it any more."""

    start: datetime
    end: datetime

    def holds(self, at: datetime | None) -> bool:
        """Whether a moment lies in it."""
        return at is not None and self.start <= at < self.end


@dataclass(frozen=True, slots=True)
class Cut:
    """What is counted; nothing set means all. `NOBODY` asks for what has none."""

    pipeline: str | None = None
    manager: str | None = None
    role: str | None = None
    source: str | None = None


def within(facts: Facts, reach: Reach, cut: Cut | None = None) -> Facts:
    """Only what is somebody's to see, and of that only the cut."""
    cut = cut or Cut()
    return replace(
        facts,
        lines=tuple(one for one in facts.lines if cut.pipeline in (None, one.pipeline_id)),
        deals=tuple(
            one
            for one in facts.deals
            if reach.sees(one.user_id) and _is_in(cut, one) and _fits(cut.source, one.source)
        ),
        promises=_promises(facts, reach, cut),
        calls=_calls(facts, reach, cut),
    )


def _promises(facts: Facts, reach: Reach, cut: Cut) -> tuple[PromiseFact, ...]:
    sources = _sources(facts, cut)
    return tuple(
        one
        for one in facts.promises
        if reach.sees(one.user_id)
        and _is_in(cut, one)
        and (sources is None or one.deal_id in sources)
    )


def _calls(facts: Facts, reach: Reach, cut: Cut) -> tuple[CallFact, ...]:
    sources = _sources(facts, cut)
    return tuple(
        one
        for one in facts.calls
        if reach.sees(one.user_id)
        and _is_in(cut, one)
        and (sources is None or one.deal_id in sources)
    )


def _sources(facts: Facts, cut: Cut) -> frozenset[str] | None:
    """The deals of the cut's source, by which promises and calls have one; ``None``: any."""
    if cut.source is None:
        return None
    return frozenset(one.deal_id for one in facts.deals if _fits(cut.source, one.source))


def _is_in(cut: Cut, fact: DealFact | PromiseFact | CallFact) -> bool:
    return (
        cut.pipeline in (None, fact.pipeline_id)
        and _fits(cut.manager, fact.user_id)
        and _has(cut.role, fact.roles)
    )


def _fits(asked: str | None, value: str | None) -> bool:
    return asked is None or (not value if asked == NOBODY else value == asked)


def _has(asked: str | None, roles: tuple[str, ...]) -> bool:
    return asked is None or (not roles if asked == NOBODY else asked in roles)
