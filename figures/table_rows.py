"""Facts as rows of flat tables: without names of clients and without quotes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta, tzinfo

from core.columns import Cell
from figures.claims import place_of, standing_of
from figures.standing import ladder
from models.vocabulary.figures import CallFact, Facts, PromiseFact

Rows = Iterator[tuple[Cell, ...]]


def monday_of(at: datetime, zone: tzinfo) -> date:
    """The Monday of a moment's week in a zone."""
    day = at.astimezone(zone).date()
    return day - timedelta(days=day.weekday())


def deals_rows(facts: Facts) -> Rows:
    """Deals in the order of the facts."""
    keys = {one.pipeline_id: [stage.key for stage in one.stages] for one in facts.lines}
    rungs = {one.pipeline_id: ladder(one) for one in facts.lines}
    for one in facts.deals:
        stages = keys.get(one.pipeline_id, [])
        yield (
            *(one.deal_id, one.pipeline_id, one.user_id, one.source, one.amount, one.currency),
            *(one.status.value, one.created_at, one.closed_at, one.first_contact_at),
            monday_of(one.first_contact_at, facts.zone),
            *(one.recorded, one.reached, one.verified, one.blocked, one.unsure),
            *(_key(stages, place_of(one)), _key(stages, one.verified)),
            *(
                standing_of(one, rungs.get(one.pipeline_id)).value,
                one.gap.value,
                one.calls,
                one.unheard,
            ),
        )


def _key(stages: list[str], place: int | None) -> str | None:
    return stages[place] if place is not None and place < len(stages) else None


def stages_rows(facts: Facts) -> Rows:
    """The stages of each line."""
    for line in facts.lines:
        for place, one in enumerate(line.stages):
            yield (
                *(line.pipeline_id, line.name, line.template, place, one.key),
                *(one.name_ru, one.name_en, one.is_provable),
            )


def demands_rows(facts: Facts) -> Rows:
    """What each stage demands."""
    for line in facts.lines:
        for stage in line.stages:
            for one in stage.requirements:
                yield (
                    *(line.pipeline_id, stage.key, one.id, one.severity.value),
                    *(one.title_ru, one.title_en, one.rule_hash),
                )


def visits_rows(facts: Facts) -> Rows:
    """How long cards stood on stages."""
    for deal in facts.deals:
        for number, one in enumerate(deal.visits):
            yield deal.deal_id, number, deal.pipeline_id, one.place, one.since, one.until


def requirements_rows(facts: Facts) -> Rows:
    """What each requirement came to for each deal."""
    for deal in facts.deals:
        for one in deal.requirements:
            yield (
                *(deal.deal_id, deal.pipeline_id, deal.user_id),
                *(one.id, one.verdict.value, one.at),
            )


def payments_rows(facts: Facts) -> Rows:
    """Money that came in."""
    for deal in facts.deals:
        for number, one in enumerate(deal.payments):
            yield (
                *(deal.deal_id, number, deal.pipeline_id, deal.user_id),
                *(one.at, one.amount, deal.currency),
            )


def _call(one: CallFact, zone: tzinfo) -> tuple[Cell, ...]:
    """One call in the table of calls."""
    return (
        *(one.call_id, one.at, monday_of(one.at, zone), one.user_id, one.deal_id, one.pipeline_id),
        *(one.outcome.value if one.outcome else None, one.answered, one.heard, one.seconds),
    )


def _actions_of(one: CallFact) -> Rows:
    """The actions of one call in the table of actions."""
    for number, action in enumerate(one.actions):
        yield (
            *(one.call_id, number, one.at, one.user_id, one.deal_id, action.type.value),
            *(action.status.value, action.speaker.value if action.speaker else None),
        )


def calls_rows(facts: Facts) -> Rows:
    """Outside calls."""
    return (_call(one, facts.zone) for one in facts.calls)


def actions_rows(facts: Facts) -> Rows:
    """What was heard in calls."""
    return (row for one in facts.calls for row in _actions_of(one))


def promises_rows(facts: Facts) -> Rows:
    """Promises and what became of them."""
    for number, one in numbered(facts.promises):
        yield (
            *(one.deal_id, number, one.pipeline_id, one.call_id, one.type, one.by, one.user_id),
            *(one.made_at, monday_of(one.made_at, facts.zone), one.deadline, one.state.value),
            *(one.done_at, one.amount, one.currency, one.place),
        )


def numbered(promises: Iterable[PromiseFact]) -> Iterator[tuple[int, PromiseFact]]:
    """Each promise with its number among its deal's, from 0, in the order of the facts."""
    counted: dict[str, int] = {}
    for one in promises:
        counted[one.deal_id] = counted.get(one.deal_id, -1) + 1
        yield counted[one.deal_id], one


def people_rows(facts: Facts) -> Rows:
    """Our people."""
    for one in facts.people.values():
        yield one.id, one.name


def roles_rows(facts: Facts) -> Rows:
    """The roles that each of them holds."""
    for one in facts.people.values():
        for role in one.roles:
            yield one.id, role
