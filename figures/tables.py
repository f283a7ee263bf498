"""Facts as flat tables, for files and for views: without names of clients and without quotes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from core.columns import Cell, Column, ColumnKind
from figures.claims import place_of, standing_of
from figures.standing import ladder
from models.vocabulary.figures import CallFact, Facts, PromiseFact

TEXT, WHOLE, NUMBER = ColumnKind.TEXT, ColumnKind.WHOLE, ColumnKind.NUMBER
YES, MOMENT, DAY = ColumnKind.YES, ColumnKind.MOMENT, ColumnKind.DAY
Rows = Iterator[tuple[Cell, ...]]


@dataclass(frozen=True, slots=True)
class Table:
    """One flat table; `rows` gives it from facts, one cell for each column."""

    name: str
    about: str
    columns: tuple[Column, ...]
    rows: Callable[[Facts], Rows]


def monday_of(at: datetime, zone: tzinfo) -> date:
    """The Monday of a moment's week in a zone."""
    day = at.astimezone(zone).date()
    return day - timedelta(days=day.weekday())


def _deals(facts: Facts) -> Rows:
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


def _stages(facts: Facts) -> Rows:
    for line in facts.lines:
        for place, one in enumerate(line.stages):
            yield (
                *(line.pipeline_id, line.name, line.template, place, one.key),
                *(one.name_ru, one.name_en, one.is_provable),
            )


def _demands(facts: Facts) -> Rows:
    for line in facts.lines:
        for stage in line.stages:
            for one in stage.requirements:
                yield (
                    *(line.pipeline_id, stage.key, one.id, one.severity.value),
                    *(one.title_ru, one.title_en, one.rule_hash),
                )


def _visits(facts: Facts) -> Rows:
    for deal in facts.deals:
        for number, one in enumerate(deal.visits):
            yield deal.deal_id, number, deal.pipeline_id, one.place, one.since, one.until


def _requirements(facts: Facts) -> Rows:
    for deal in facts.deals:
        for one in deal.requirements:
            yield (
                *(deal.deal_id, deal.pipeline_id, deal.user_id),
                *(one.id, one.verdict.value, one.at),
            )


def _payments(facts: Facts) -> Rows:
    for deal in facts.deals:
        for number, one in enumerate(deal.payments):
            yield (
                *(deal.deal_id, number, deal.pipeline_id, deal.user_id),
                *(one.at, one.amount, deal.currency),
            )


def call_row(one: CallFact, zone: tzinfo) -> tuple[Cell, ...]:
    """One call in the table of calls."""
    return (
        *(one.call_id, one.at, monday_of(one.at, zone), one.user_id, one.deal_id, one.pipeline_id),
        *(one.outcome.value if one.outcome else None, one.answered, one.heard, one.seconds),
    )


def action_rows(one: CallFact) -> Rows:
    """The actions of one call in the table of actions."""
    for number, action in enumerate(one.actions):
        yield (
            *(one.call_id, number, one.at, one.user_id, one.deal_id, action.type.value),
            *(action.status.value, action.speaker.value if action.speaker else None),
        )


def _calls(facts: Facts) -> Rows:
    return (call_row(one, facts.zone) for one in facts.calls)


def _actions(facts: Facts) -> Rows:
    return (row for one in facts.calls for row in action_rows(one))


def _promises(facts: Facts) -> Rows:
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


def _people(facts: Facts) -> Rows:
    for one in facts.people.values():
        yield one.id, one.name


def _roles(facts: Facts) -> Rows:
    for one in facts.people.values():
        for role in one.roles:
            yield one.id, role


_DEAL = Column("deal_id", TEXT, "the CRM's id of the deal")
_PIPELINE = Column("pipeline_id", TEXT, "the CRM's id of the pipeline")
_MANAGER = Column("manager_id", TEXT, "the CRM's id of the manager; empty: nobody's")
_WEEK = "its Monday in the CRM's time zone"
_CURRENCY = Column("currency", TEXT, "never add up amounts of different ones")

DEALS = Table(
    "figures_deals",
    "Deals: where their cards stand, and what of it is proved.",
    (
        _DEAL,
        _PIPELINE,
        _MANAGER,
        Column("source", TEXT, "where the lead came from; empty: the CRM does not say"),
        Column("amount", NUMBER, "money of the deal; empty: the CRM does not say"),
        _CURRENCY,
        Column("status", TEXT, "open, won or lost"),
        Column("created_at", MOMENT, "when the card was made"),
        Column("closed_at", MOMENT, "when it was closed"),
        Column("first_contact_at", MOMENT, "by which a deal belongs to a cohort"),
        Column("first_contact_week", DAY, f"week of the first contact: {_WEEK}"),
        Column("recorded_place", WHOLE, "place of the card in the line, from 0"),
        Column("reached_place", WHOLE, "the furthest place that the card ever had"),
        Column("verified_place", WHOLE, "place of the last stage that is proved"),
        Column("blocked_place", WHOLE, "the first place whose proof fails for sure"),
        Column("unsure_place", WHOLE, "the first place of which nobody can tell"),
        Column("stage", TEXT, "key of the card's stage; of a lost deal the furthest one"),
        Column("verified_stage", TEXT, "key of the last stage that is proved"),
        Column(
            "standing", TEXT, "proved, unproved, unknown or unclaimed: what is known of `stage`"
        ),
        Column("gap", TEXT, "recorded against verified: ahead, behind, none or unknown"),
        Column("calls", WHOLE, "answered calls with the client"),
        Column("unheard", WHOLE, "those of them that nobody could understand"),
    ),
    _deals,
)
STAGES = Table(
    "figures_stages",
    "Pipelines with their stages in order.",
    (
        _PIPELINE,
        Column("pipeline", TEXT, "name of the pipeline"),
        Column("template", TEXT, "the rule file that judges it"),
        Column("place", WHOLE, "place of the stage, from 0"),
        Column("stage", TEXT, "key of the stage"),
        Column("stage_ru", TEXT, "its name in Russian"),
        Column("stage_en", TEXT, "its name in English"),
        Column("provable", YES, "whether it demands anything critical"),
    ),
    _stages,
)
DEMANDS = Table(
    "figures_demands",
    "What each stage demands.",
    (
        _PIPELINE,
        Column("stage", TEXT, "key of the stage"),
        Column("requirement", TEXT, "id of the requirement"),
        Column("severity", TEXT, "critical (blocks the stage) or advisory"),
        Column("title_ru", TEXT, "its title in Russian"),
        Column("title_en", TEXT, "its title in English"),
        Column("rule_hash", TEXT, "which wording of the rule it is"),
    ),
    _demands,
)
VISITS = Table(
    "figures_visits",
    "How long cards stood on stages.",
    (
        _DEAL,
        Column("number", WHOLE, "counts the deal's visits, from 0"),
        _PIPELINE,
        Column("place", WHOLE, "place of the stage"),
        Column("since", MOMENT, "when the card came there"),
        Column("until", MOMENT, "when it was moved on; empty: it stands there"),
    ),
    _visits,
)
REQUIREMENTS = Table(
    "figures_requirements",
    "What each requirement came to for each deal.",
    (
        _DEAL,
        _PIPELINE,
        _MANAGER,
        Column("requirement", TEXT, "id of the requirement"),
        Column("verdict", TEXT, "met, missing, contradicted, late, pending, unknown or waived"),
        Column("at", MOMENT, "since when it is proved, where it is"),
    ),
    _requirements,
)
PAYMENTS = Table(
    "figures_payments",
    "Money that the CRM says came in; a refund is below zero.",
    (
        _DEAL,
        Column("number", WHOLE, "counts the deal's payments, from 0"),
        _PIPELINE,
        _MANAGER,
        Column("at", MOMENT, "when it came in"),
        Column("amount", NUMBER, "how much"),
        _CURRENCY,
    ),
    _payments,
)
CALLS = Table(
    "figures_calls",
    "Outside calls.",
    (
        Column("call_id", TEXT, "the telephone system's id of the call"),
        Column("at", MOMENT, "when it began"),
        Column("week", DAY, f"week of its beginning: {_WEEK}"),
        _MANAGER,
        Column("deal_id", TEXT, "the deal that it was about; empty: none was found"),
        Column("pipeline_id", TEXT, "that deal's pipeline"),
        Column("outcome", TEXT, "conversation, voicemail...; empty: nobody answered or understood"),
        Column("answered", YES, "whether somebody answered"),
        Column("heard", YES, "whether it was understood what was said"),
        Column("seconds", NUMBER, "how long it was talked"),
    ),
    _calls,
)
ACTIONS = Table(
    "figures_actions",
    "Actions that were heard in calls.",
    (
        Column("call_id", TEXT, "the telephone system's id of the call"),
        Column("number", WHOLE, "counts the call's actions, from 0"),
        Column("at", MOMENT, "when the call began"),
        _MANAGER,
        Column("deal_id", TEXT, "the deal that the call was about"),
        Column("action", TEXT, "its type (docs/actions.md)"),
        Column("status", TEXT, "done, promised, proposed or declined"),
        Column("speaker", TEXT, "agent or client: who said it"),
    ),
    _actions,
)
PROMISES = Table(
    "figures_promises",
    "Promises and what became of them.",
    (
        _DEAL,
        Column("number", WHOLE, "counts the deal's promises, from 0"),
        _PIPELINE,
        Column("call_id", TEXT, "the call in which it was made"),
        Column("type", TEXT, "what was promised (docs/actions.md)"),
        Column("by", TEXT, "agent or client: who promised"),
        _MANAGER,
        Column("made_at", MOMENT, "when it was made"),
        Column("week", DAY, f"week in which it was made: {_WEEK}"),
        Column("deadline", MOMENT, "when its time is over; empty: no day was named"),
        Column("state", TEXT, "kept, late, broken, open or unknown"),
        Column("done_at", MOMENT, "when it was done"),
        Column("amount", NUMBER, "money of the deal"),
        _CURRENCY,
        Column("place", WHOLE, "place of the deal's card"),
    ),
    _promises,
)
PEOPLE = Table(
    "figures_people",
    "Our people, by whom figures are cut.",
    (
        Column("manager_id", TEXT, "the CRM's id"),
        Column("name", TEXT, "what they are called"),
    ),
    _people,
)
ROLES = Table(
    "figures_roles",
    "Roles of the conveyor; one person may hold several.",
    (Column("manager_id", TEXT, "the CRM's id"), Column("role", TEXT, "the role")),
    _roles,
)
TABLES = {
    one.name: one
    for one in (
        *(DEALS, STAGES, DEMANDS, VISITS, REQUIREMENTS, PAYMENTS),
        *(CALLS, ACTIONS, PROMISES, PEOPLE, ROLES),
    )
}
