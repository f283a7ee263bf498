"""A department whose truth is known, as an office with pages: its facts in a database."""

from __future__ import annotations

from sqlalchemy import Engine

from models.session import transaction
from models.store.facts import save_calls, save_deals, save_lines, save_people
from models.tables import CrmRow, RunRow
from models.vocabulary.access import Role
from models.vocabulary.figures import Facts
from tests.fakes.department import Department, Plan, department
from tests.fakes.pages_office import add_person

CRM = "crm"
WHOLE = "from=2026-08-24&to=2026-11-22"  # the weeks of a department
GAMING = Plan(deals=400, gaming=("u2",), unheard={"u3": 0.5})


def keep_facts(database: Engine, facts: Facts) -> None:
    """Writes facts as they are known from their moment on, and the run that they come from."""
    at = facts.as_of
    with transaction(database) as session:
        session.add(CrmRow(source=CRM, as_of=at, timezone=str(facts.zone), crm="amocrm"))
        session.add(
            RunRow(
                source="recordings",
                crm_source=CRM,
                state="done",
                started_at=at,
                as_of=at,
                errors=[],
            )
        )
        save_lines(session, CRM, facts.lines, at)
        save_people(session, CRM, facts.people.values(), at)
        save_deals(session, CRM, facts.deals, facts.promises, at)
        save_calls(session, CRM, facts.calls, at)


def add_visitors(database: Engine, language: str = "ru") -> None:
    """Olga leads sales, Anna a team of three, Ivan is one of its managers, Rita audits."""
    add_person(database, "olga", Role.HEAD, language=language)
    team = ["u1", "u2", "u3"]
    add_person(database, "anna", Role.SUPERVISOR, team=team, language=language)
    add_person(database, "ivan", Role.MANAGER, crm_user="u2", language=language)
    add_person(database, "rita", Role.AUDITOR, language=language)


def figures_office(database: Engine, plan: Plan = GAMING) -> Department:
    """A department in a database, with its visitors."""
    made = department(plan)
    keep_facts(database, made.facts)
    add_visitors(database)
    return made
