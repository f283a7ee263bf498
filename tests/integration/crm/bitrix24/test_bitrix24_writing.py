"""What is special about writing into Bitrix24."""

from __future__ import annotations

from datetime import timedelta

import pytest

from crm.bitrix24.adapter import Bitrix24
from crm.errors import CrmGoneError, CrmRefusedError, CrmShutError, CrmUncertainError
from models.vocabulary.crm_write import (
    CallWords,
    FieldValues,
    NoteText,
    OwnField,
    SpokenLine,
    TagName,
    TaskText,
    Write,
    WriteKind,
)
from tests.fakes.crm.bitrix24 import Portal
from tests.integration.crm.bitrix24_world import Bitrix24World

NAMES = {one: f"Stagecheck: {one.value}" for one in OwnField}
LINES = (
    SpokenLine(0.4, 2.2, agent=True, text="Добрый день"),
    SpokenLine(2.5, 2.6, agent=False, text="Здравствуйте"),
    SpokenLine(3.0, 3.5, agent=False, text="  "),
)


def words(deal: int, call_id: str, activity_id: str | None = None) -> Write:
    return Write("k", WriteKind.TRANSCRIPT, str(deal), CallWords(call_id, activity_id, LINES))


def test_a_tag_is_refused_in_a_sentence(adapter: Bitrix24) -> None:
    with pytest.raises(CrmRefusedError, match="deals have no tags"):
        adapter.write(Write("k", WriteKind.TAG, "1", TagName("x", present=True)))


def test_without_the_right_to_fields_the_older_method_makes_them(
    office: Portal, adapter: Bitrix24
) -> None:
    office.methods.scopes = ("crm",)
    made = adapter.make_fields(NAMES)
    assert adapter.make_fields(NAMES) == made
    assert set(office.office.fields) == set(made.values())
    assert office.done["userfieldconfig.add"] == 0


def test_many_fields_of_others_do_not_hide_ours(office: Portal, adapter: Bitrix24) -> None:
    for number in range(70):
        office.office.fields[f"UF_CRM_{number}"] = {
            "fieldName": f"UF_CRM_{number}",
            "userTypeId": "string",
            "label": f"Поле {number}",
        }
    adapter.make_fields(NAMES)
    assert adapter.make_fields(NAMES)
    assert len(office.office.fields) == 70 + len(OwnField)


def test_fields_whose_answer_was_lost_are_found_by_what_they_say(
    office: Portal, world: Bitrix24World
) -> None:
    first = Bitrix24(world.access())
    world.keep_fields(dict(first.make_fields(NAMES)))
    first.close()
    adapter = Bitrix24(world.access())
    deal = str(office.office.new_deal("Лендинг"))
    at = office.office.clock + timedelta(microseconds=5)
    write = Write(
        "k", WriteKind.FIELDS, deal, FieldValues("Квалификация", "впереди", 0.5, at, None)
    )
    assert adapter.find(write) is None
    office.cut_writes = 1
    with pytest.raises(CrmUncertainError):
        adapter.write(write)
    found = adapter.find(write)
    assert found is not None
    assert adapter.undo(write, found) is None
    assert {world.field_of(deal, code) for code in world.made.values()} == {None}
    adapter.close()


def test_only_our_fields_are_sent_and_never_the_stage(office: Portal, world: Bitrix24World) -> None:
    world.keep_fields({OwnField.GAP: "stageId"})
    adapter = Bitrix24(world.access())
    deal = str(office.office.new_deal("Лендинг"))
    with pytest.raises(CrmRefusedError, match="no field of ours"):
        adapter.write(
            Write("k", WriteKind.FIELDS, deal, FieldValues(None, "WON", None, None, None))
        )
    adapter.close()
    assert world.stage_of(deal) == "NEW"


def test_a_note_that_somebody_changed_stays(
    office: Portal, world: Bitrix24World, adapter: Bitrix24
) -> None:
    deal = office.office.new_deal("Лендинг")
    write = Write("k", WriteKind.NOTE, str(deal), NoteText('Карточка "опережает" дело'))
    written = adapter.write(write)
    (row,) = office.office.comments.after(0)
    office.office.comments.change(row["ID"], COMMENT=row["COMMENT"].replace('"', "&quot;"))
    assert adapter.find(write) is not None
    office.office.comments.change(row["ID"], COMMENT=row["COMMENT"] + " Спасибо!")
    assert (
        adapter.undo(write, written) == "The comment was changed since by somebody else and stays."
    )
    assert len(world.notes_of(str(deal))) == 1


def test_our_note_is_found_among_many(office: Portal, adapter: Bitrix24) -> None:
    deal = office.office.new_deal("Лендинг")
    write = Write("k", WriteKind.NOTE, str(deal), NoteText("Наша"))
    written = adapter.write(write)
    for number in range(120):
        told = {"ENTITY_ID": deal, "ENTITY_TYPE": "deal", "COMMENT": f"Заметка {number}"}
        office.office.comments.add(told, "ID")
    found = adapter.find(write)
    assert found is not None
    assert found.remote == written.remote


def test_a_task_that_is_done_stays(office: Portal, adapter: Bitrix24) -> None:
    deal = office.office.new_deal("Лендинг")
    due = office.office.clock + timedelta(days=1)
    write = Write("k", WriteKind.TASK, str(deal), TaskText("Перезвонить", "1", due))
    written = adapter.write(write)
    assert written.remote is not None
    row = office.office.activities.change(int(written.remote), COMPLETED=True)
    assert adapter.deals([str(deal)]).activities == ()  # ours proves nothing
    assert (row["SUBJECT"], row["DEADLINE"], row["RESPONSIBLE_ID"]) == ("Перезвонить", due, 1)
    assert adapter.undo(write, written) == "The task is done already and stays."


def test_a_write_into_no_deal_is_told_as_gone(adapter: Bitrix24) -> None:
    with pytest.raises(CrmGoneError):
        adapter.write(Write("k", WriteKind.NOTE, "77", NoteText("Заметка")))
    with pytest.raises(CrmGoneError):
        adapter.write(Write("k", WriteKind.NOTE, "../1", NoteText("Заметка")))


def test_a_transcript_hangs_on_the_call_and_stays(office: Portal, application: Bitrix24) -> None:
    contact = office.office.new_contact("Анна", "+79160000001")
    deal = office.office.new_deal("Лендинг", contacts=[contact])
    office.office.new_call(contact, deal, "other")
    activity = office.office.new_call(contact, deal, "1786518930.42")
    write = words(deal, "1786518930.42")
    assert application.find(write) is None
    written = application.write(write)
    assert office.office.transcripts == {
        activity: [
            {"SIDE": "User", "START_TIME": 0, "STOP_TIME": 3, "MESSAGE": "Добрый день"},
            {"SIDE": "Client", "START_TIME": 2, "STOP_TIME": 3, "MESSAGE": "Здравствуйте"},
        ]
    }
    found = application.find(write)
    assert found is not None
    assert found.remote == written.remote
    with pytest.raises(CrmRefusedError, match="has a transcript already"):
        application.write(write)
    assert application.undo(write, written) == (
        "The transcript stays: Bitrix24 has no way to take one off a call."
    )


def test_a_call_is_found_by_its_activity_where_the_telephone_system_left_no_id(
    office: Portal, application: Bitrix24
) -> None:
    contact = office.office.new_contact("Анна", "+79160000001")
    activity = office.office.new_call(contact, None, "")
    application.write(words(1, "unknown", str(activity)))
    assert activity in office.office.transcripts


def test_transcripts_need_an_application_a_right_and_the_call(
    office: Portal, adapter: Bitrix24, application: Bitrix24
) -> None:
    with pytest.raises(CrmRefusedError, match="only be written by an application"):
        adapter.write(words(1, "1"))
    with pytest.raises(CrmGoneError, match="do not know the call"):
        application.write(words(1, "1"))
    office.methods.scopes = ("crm",)
    application.account()
    with pytest.raises(CrmShutError, match="telephony"):
        application.write(words(1, "1"))
