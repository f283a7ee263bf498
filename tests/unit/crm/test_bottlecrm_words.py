"""What a real BottleCRM answered is read in our words (tests/bottlecrm records it)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from crm.bottlecrm.marks import is_ours, marked, without_ours
from crm.bottlecrm.words import (
    Office,
    company_of,
    contact_of,
    deal_of,
    move_of,
    note_of,
    pipeline_of,
    talk_of,
    task_of,
    user_of,
)
from models.vocabulary.deal import ActivityKind, ActivityType, StageKind

_DATA = Path(__file__).parents[2] / "data" / "bottlecrm"
MOSCOW = ZoneInfo("Europe/Moscow")
OFFICE = Office(MOSCOW, "USD", {"need": "needs"}, ("stagecheck_gap",))
LATER = datetime(2030, 1, 1, tzinfo=UTC)


def recorded(name: str) -> Any:
    """An answer of the real server."""
    return json.loads((_DATA / f"{name}.json").read_text(encoding="utf-8"))["answer"]


def deal_row(name: str = "Магазин чая") -> dict[str, Any]:
    """A deal of the list."""
    (row,) = [one for one in recorded("deals")["opportunities"] if one["name"] == name]
    return dict(row)


def test_a_pipeline_has_its_stages_by_their_lasting_codes() -> None:
    (row,) = recorded("pipelines")["pipelines"]
    pipeline = pipeline_of(row)
    assert pipeline is not None
    assert (pipeline.name, pipeline.template) == ("Sales", "")
    assert [(stage.id, stage.kind.value) for stage in pipeline.stages] == [
        ("PROSPECTING", "open"),
        ("QUALIFICATION", "open"),
        ("PROPOSAL", "open"),
        ("NEGOTIATION", "open"),
        ("CLOSED_WON", "won"),
        ("CLOSED_LOST", "lost"),
    ]


def test_a_deal_is_read_with_its_people_money_and_fields() -> None:
    deal = deal_of(deal_row(), OFFICE)
    assert deal is not None
    (contact,) = recorded("contacts")["results"]
    (company,) = recorded("companies")["active_accounts"]["open_accounts"]
    (person,) = recorded("people")["profiles"]
    assert (deal.name, deal.amount, deal.currency) == ("Магазин чая", 450000, "EUR")
    assert (deal.stage_id, deal.status) == ("PROPOSAL", StageKind.OPEN)
    assert deal.contact_ids == (contact["id"],)
    assert (deal.company_id, deal.responsible_id) == (company["id"], person["id"])
    assert deal.fields["needs"] == "сайт"
    assert deal.closed_at is None  # what people hope for is not when it was closed


def test_a_lost_deal_was_closed_when_it_was_moved() -> None:
    row = deal_row("Лендинг")
    deal, move = deal_of(row, OFFICE), move_of(row)
    assert deal is not None
    assert move is not None
    assert deal.status is StageKind.LOST
    assert deal.closed_at == move.at == datetime.fromisoformat(row["stage_changed_at"])
    assert move.by == row["closed_by"]["id"]
    assert deal.currency == "USD"  # the office's, where the deal has none


def test_the_same_move_has_the_same_id_and_a_new_one_another() -> None:
    row = deal_row()
    first, again = move_of(row), move_of(dict(row))
    moved = move_of({**row, "stage": "NEGOTIATION", "stage_changed_at": "2027-01-01T10:00:00Z"})
    assert first is not None
    assert again is not None
    assert moved is not None
    assert first.id == again.id != moved.id


def test_our_own_fields_prove_nothing() -> None:
    deal = deal_of({**deal_row(), "custom_fields": {"stagecheck_gap": "впереди"}}, OFFICE)
    assert deal is not None
    assert "впереди" not in deal.fields.values()


def test_a_contact_keeps_its_number_as_people_wrote_it() -> None:
    contact = contact_of(recorded("contacts")["results"][0], OFFICE)
    assert contact is not None
    assert (contact.name, contact.phones) == ("Светлана Чайкина", ("8 (916) 000-24-17",))
    assert contact.emails == ("svetlana@tea.example",)
    (company,) = recorded("companies")["active_accounts"]["open_accounts"]
    assert contact.company_id == company["id"]


def test_who_decides_is_told_by_a_field_of_the_office() -> None:
    office = Office(MOSCOW, "USD", {"boss": "decision_maker"})
    row = {**recorded("contacts")["results"][0], "custom_fields": {"boss": True}}
    contact = contact_of(row, office)
    assert contact is not None
    assert contact.decision_maker


def test_a_company_tells_what_rules_ask_for() -> None:
    company = company_of(recorded("companies")["active_accounts"]["open_accounts"][0], OFFICE)
    assert company is not None
    assert (company.name, company.phones) == ("Чайная лавка", ("+74951112233",))
    assert company.fields["category"] == "FOOD & BEVERAGE"
    assert company.fields["employees"] == 40


def test_a_person_is_known_by_their_profile() -> None:
    user = user_of(recorded("people")["profiles"][0])
    assert user is not None
    assert user.id == recorded("profile")["user_obj"]["id"]
    assert user.role == "ADMIN"


def test_what_was_said_with_clients_happened_when_it_says() -> None:
    talks = {one.type: one for one in map(talk_of, recorded("interactions")["interactions"]) if one}
    call, meeting = talks[ActivityType.CALL], talks[ActivityType.MEETING]
    assert (call.direction, call.result, call.subject, call.text) == (
        "in",
        "connected",
        "Звонок",
        "Цена",
    )
    assert call.completed_at is not None
    assert call.deal_id == deal_row()["id"]
    assert (meeting.kind, meeting.result) == (ActivityKind.MEETING, "Показали макет")


def test_a_task_is_due_until_the_end_of_its_day_where_the_office_is() -> None:
    row = recorded("tasks")["tasks"][0]
    task = task_of(row, MOSCOW, LATER)
    assert task is not None
    assert task.kind is ActivityKind.PROPOSAL
    assert task.due_at is not None
    assert task.due_at.isoformat() == f"{row['due_date']}T23:59:59+03:00"
    assert task.completed_at is None
    assert task_of(recorded("task")["task_obj"], MOSCOW, LATER) == task


def test_of_a_completed_task_nobody_is_told_to_have_been_late() -> None:
    row = {**recorded("tasks")["tasks"][0], "status": "Completed"}
    created = datetime.fromisoformat(row["created_at"])
    over = task_of(row, MOSCOW, LATER)
    early = task_of(row, MOSCOW, created + timedelta(minutes=1))
    assert over is not None
    assert early is not None
    assert over.completed_at == over.due_at
    assert early.completed_at == created


def test_a_comment_is_a_note_about_what_it_says() -> None:
    (row,) = recorded("deal")["comments"]
    note = note_of(row, "d")
    assert note is not None
    assert (note.type, note.kind) == (ActivityType.NOTE, ActivityKind.PROPOSAL)
    assert note.user_id == recorded("profile")["user_obj"]["id"]


def test_what_we_wrote_is_not_read_as_if_people_had_said_it() -> None:
    comment = {**recorded("deal")["comments"][0], "comment": marked("КП отправлено", "k", 10_000)}
    assert note_of(comment, "d") is None
    task = {**recorded("tasks")["tasks"][0], "title": marked("Отправить КП", "k", 200, " ")}
    assert task_of(task, MOSCOW, LATER) is None
    assert without_ours(f"Перезвонить\n\n{marked('', 'k', 100).strip()}\n00:00 Да") == "Перезвонить"


def test_a_long_text_is_cut_and_keeps_its_mark() -> None:
    text = marked("слово " * 100, "k", 200, " ")
    assert len(text) <= 200
    assert is_ours(text)
    assert "…" in text


_ODD: list[object] = [
    None,
    "",
    [],
    {},
    0,
    -1,
    10**30,
    10**400,
    1e400,
    True,
    "\0",
    "x" * 50_000,
    [{}],
    [1],
]
_READERS: list[tuple[str, Callable[[], Any], Callable[[Any], Any]]] = [
    ("deal", deal_row, lambda row: deal_of(row, OFFICE)),
    ("move", deal_row, move_of),
    ("contact", lambda: recorded("contacts")["results"][0], lambda row: contact_of(row, OFFICE)),
    (
        "company",
        lambda: recorded("companies")["active_accounts"]["open_accounts"][0],
        lambda row: company_of(row, OFFICE),
    ),
    ("user", lambda: recorded("people")["profiles"][0], user_of),
    ("pipeline", lambda: recorded("pipelines")["pipelines"][0], pipeline_of),
    ("talk", lambda: recorded("interactions")["interactions"][0], talk_of),
    ("task", lambda: recorded("tasks")["tasks"][0], lambda row: task_of(row, MOSCOW, LATER)),
    ("note", lambda: recorded("deal")["comments"][0], lambda row: note_of(row, "d")),
]


@pytest.mark.parametrize(
    ("row", "read"), [(r, f) for _, r, f in _READERS], ids=[n for n, *_ in _READERS]
)
def test_odd_values_are_left_out_and_stop_nothing(
    row: Callable[[], Any], read: Callable[[Any], Any]
) -> None:
    whole = row()
    assert read(whole) is not None
    assert read({}) is None
    for name in whole:
        for odd in _ODD:
            found = read({**whole, name: odd})
            told = repr(found)
            assert "\0" not in told
            assert len(told) < 120_000
        assert read({key: value for key, value in whole.items() if key != name}) is None or name
