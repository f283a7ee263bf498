"""An issued report comes out the same, byte for byte, whatever was learned since."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from core.settings import Settings
from figures.weeks import week_of
from flow.mailing.editions import Asked, facts_for, files_of, issue, issued_again, kept_inputs
from models.session import open_database, transaction
from models.store.facts import save_calls, save_deals, save_lines, save_people
from models.vocabulary.access import Reach
from tests.fakes.department import ZONE, Plan, department


def test_a_report_is_made_again_exactly_after_later_changes(database_url: str) -> None:
    made = department(Plan(deals=60, managers=3)).facts
    database = open_database(database_url)
    as_of = made.as_of
    with transaction(database) as session:
        save_lines(session, "crm", made.lines, as_of)
        save_people(session, "crm", made.people.values(), as_of)
        save_deals(session, "crm", made.deals, made.promises, as_of)
        save_calls(session, "crm", made.calls, as_of)
    week = week_of(as_of - timedelta(days=7), ZONE)
    own = Reach(users=frozenset({"u1"}))
    with transaction(database) as session:
        facts = facts_for(session, "crm", ZONE, week, as_of)
        asked = Asked("crm", ZONE, week, as_of, own, "Анна", "ru", "anna")
        first = issue(session, asked, kept_inputs(Settings()), facts, as_of)
    later = as_of + timedelta(days=3)
    changed = [replace(one, recorded=0, verified=None, amount=1.0) for one in made.deals[:40]]
    with transaction(database) as session:
        save_deals(session, "crm", changed, (), later)
    with transaction(database) as session:
        again = issued_again(session, first.edition)
    assert files_of(again.document, "a") == files_of(first.document, "a")
    others = {one.name for one in made.people.values() if one.id != "u1"}
    page = files_of(first.document, "a")["a.html"].decode()
    assert not [name for name in others if name in page]
    database.dispose()
