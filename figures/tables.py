"""Facts as flat tables, for files and for views: without names of clients and without quotes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from core.columns import Column, ColumnKind
from figures.table_rows import (
    Rows,
    actions_rows,
    calls_rows,
    deals_rows,
    demands_rows,
    payments_rows,
    people_rows,
    promises_rows,
    requirements_rows,
    roles_rows,
    stages_rows,
    visits_rows,
)
from models.vocabulary.figures import Facts

TEXT, WHOLE, NUMBER = ColumnKind.TEXT, ColumnKind.WHOLE, ColumnKind.NUMBER
YES, MOMENT, DAY = ColumnKind.YES, ColumnKind.MOMENT, ColumnKind.DAY


@dataclass(frozen=True, slots=True)
class Table:
    """One flat table; `rows` gives it from facts, one cell for each column."""

    name: str
    about: str
    columns: tuple[Column, ...]
    rows: Callable[[Facts], Rows]


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
    deals_rows,
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
    stages_rows,
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
    demands_rows,
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
    visits_rows,
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
    requirements_rows,
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
    payments_rows,
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
    calls_rows,
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
    actions_rows,
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
    promises_rows,
)
PEOPLE = Table(
    "figures_people",
    "Our people, by whom figures are cut.",
    (
        Column("manager_id", TEXT, "the CRM's id"),
        Column("name", TEXT, "what they are called"),
    ),
    people_rows,
)
ROLES = Table(
    "figures_roles",
    "Roles of the conveyor; one person may hold several.",
    (Column("manager_id", TEXT, "the CRM's id"), Column("role", TEXT, "the role")),
    roles_rows,
)
TABLES = {
    one.name: one
    for one in (
        *(DEALS, STAGES, DEMANDS, VISITS, REQUIREMENTS, PAYMENTS),
        *(CALLS, ACTIONS, PROMISES, PEOPLE, ROLES),
    )
}
