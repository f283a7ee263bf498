"""What is written into amoCRM: nothing but ours, once, and taken back as far as it goes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from crm.amocrm.adapter import AmoCrm
from crm.amocrm.keys import key_of, signed
from crm.errors import CrmGoneError, CrmRefusedError, CrmUncertainError
from models.vocabulary.crm_write import (
    CallWords,
    FieldValues,
    NoteText,
    OwnField,
    TagName,
    TaskText,
    Write,
    WriteKind,
)
from tests.fakes.crm.amocrm import FakeAmo
from tests.fakes.crm.amocrm_rows import MANAGER
from tests.fakes.crm.amocrm_world import AmoWorld
from tests.integration.crm.contract import everything

TITLES = {one: f"Проверка: {one.value}" for one in OwnField}


def _values(fake: FakeAmo, stage: str = "Квалификация") -> FieldValues:
    return FieldValues(stage, "впереди", 0.873, fake.now(), "https://s.example/deals/1")


def _note(lead: int, text: str = "КП не отправлено", key: str = "k1") -> Write:
    return Write(key, WriteKind.NOTE, str(lead), NoteText(text))


def test_a_write_of_fields_names_our_fields_and_nothing_else(fake: FakeAmo, amo: AmoCrm) -> None:
    lead = fake.store.add_lead("Лендинг", price=1000)
    made = amo.make_fields(TITLES)
    amo.write(Write("k", WriteKind.FIELDS, str(lead), _values(fake)))
    (patch,) = [one for one in fake.wrote() if one.method == "PATCH"]
    assert set(patch.body) == {"custom_fields_values"}
    assert {str(one["field_id"]) for one in patch.body["custom_fields_values"]} == set(
        made.values()
    )
    amo.write(Write("k2", WriteKind.FIELDS, str(lead), _values(fake, "Договор")))
    again = fake.wrote()[-1].body["custom_fields_values"]
    assert [one["values"][0]["value"] for one in again] == ["Договор"]


def test_fields_that_say_the_same_already_are_not_written(fake: FakeAmo, amo: AmoCrm) -> None:
    lead = fake.store.add_lead("Лендинг")
    amo.make_fields(TITLES)
    write = Write("k", WriteKind.FIELDS, str(lead), _values(fake))
    amo.write(write)
    written = len(fake.wrote())
    amo.write(write)
    assert len(fake.wrote()) == written
    assert amo.find(write) is not None


def test_taking_back_restores_what_an_earlier_check_said(fake: FakeAmo, amo: AmoCrm) -> None:
    lead = fake.store.add_lead("Лендинг")
    made = amo.make_fields(TITLES)
    first = Write("k1", WriteKind.FIELDS, str(lead), _values(fake))
    second = Write("k2", WriteKind.FIELDS, str(lead), _values(fake, "Договор"))
    amo.write(first)
    assert amo.undo(second, amo.write(second)) is None
    stands = AmoWorld(fake).field_of(str(lead), made[OwnField.VERIFIED_STAGE])
    assert stands == "Квалификация"


def test_fields_that_were_renamed_by_people_are_found_by_their_code(
    fake: FakeAmo, amo: AmoCrm
) -> None:
    made = amo.make_fields(TITLES)
    for row in fake.store.rows["fields"].values():
        row["name"] = "Переименовано"
        assert row["code"].startswith("STAGECHECK_")
        assert row["is_api_only"] is True
    assert amo.make_fields(TITLES) == made


def test_fields_whose_making_got_no_answer_are_not_made_twice(fake: FakeAmo, amo: AmoCrm) -> None:
    fake.next_write("lost_answer")
    with pytest.raises(CrmUncertainError):
        amo.make_fields(TITLES)
    assert len(amo.make_fields(TITLES)) == len(fake.store.rows["fields"]) == len(OwnField)


def test_fields_nobody_made_are_refused_with_a_remedy(fake: FakeAmo, amo: AmoCrm) -> None:
    lead = fake.store.add_lead("Лендинг")
    with pytest.raises(CrmRefusedError, match="made"):
        amo.write(Write("k", WriteKind.FIELDS, str(lead), _values(fake)))


def test_a_field_that_people_removed_is_told_and_made_again(fake: FakeAmo, amo: AmoCrm) -> None:
    lead = fake.store.add_lead("Лендинг")
    made = amo.make_fields(TITLES)
    fake.store.rows["fields"].pop(int(made[OwnField.GAP]))
    write = Write("k", WriteKind.FIELDS, str(lead), _values(fake))
    with pytest.raises(CrmRefusedError, match="NotSupportedChoice"):
        amo.write(write)
    assert amo.make_fields(TITLES)[OwnField.GAP] != made[OwnField.GAP]
    amo.write(write)


def test_a_note_that_nobody_answers_is_uncertain_and_not_sent_again(
    fake: FakeAmo, amo: AmoCrm
) -> None:
    lead = fake.store.add_lead("Лендинг")
    fates = ("lost_answer", "cut", "502")
    for fate in fates:
        fake.next_write(fate)
        with pytest.raises(CrmUncertainError):
            amo.write(_note(lead, key=fate))
    assert len(fake.wrote()) == 3
    found = [amo.find(_note(lead, key=fate)) is not None for fate in fates]
    assert found == [True, False, False]


def test_a_note_among_hundreds_is_found(fake: FakeAmo, amo: AmoCrm) -> None:
    lead = fake.store.add_lead("Лендинг")
    written = amo.write(_note(lead))
    for number in range(600):
        fake.store.add_note("lead", lead, "common", {"text": f"Заметка {number}"})
    found = amo.find(_note(lead))
    assert found is not None
    assert found.remote == written.remote


def test_a_note_that_people_changed_is_theirs(fake: FakeAmo, amo: AmoCrm) -> None:
    lead = fake.store.add_lead("Лендинг")
    written = amo.write(_note(lead))
    assert written.remote is not None
    row = fake.store.rows["lead_notes"][int(written.remote)]
    row["params"] = {"text": signed("Поправлено Анной", "k1")}
    told = amo.undo(_note(lead), written)
    assert told
    assert "люди" in told
    assert "Поправлено Анной" in row["params"]["text"]


def test_a_note_that_amocrm_escaped_is_still_ours(fake: FakeAmo, amo: AmoCrm) -> None:
    lead = fake.store.add_lead("Лендинг")
    write = _note(lead, "«A & B»: нет КП")
    written = amo.write(write)
    assert written.remote is not None
    row = fake.store.rows["lead_notes"][int(written.remote)]
    row["params"] = {"text": row["params"]["text"].replace("&", "&amp;")}
    amo.undo(write, written)
    assert "Отозвано" in row["params"]["text"]


def test_a_note_that_was_removed_needs_no_taking_back(fake: FakeAmo, amo: AmoCrm) -> None:
    lead = fake.store.add_lead("Лендинг")
    written = amo.write(_note(lead))
    assert written.remote is not None
    fake.store.rows["lead_notes"].pop(int(written.remote))
    assert amo.undo(_note(lead), written) is None


def test_what_we_wrote_is_no_evidence(fake: FakeAmo, amo: AmoCrm) -> None:
    lead = fake.store.add_lead("Лендинг")
    due = fake.now() + timedelta(days=1)
    task = Write("k2", WriteKind.TASK, str(lead), TaskText("Отправить КП", str(MANAGER), due))
    notes = _note(lead, "Договор отправлен")
    written = [(one, amo.write(one)) for one in (notes, task)]
    assert everything(amo).activities == ()
    for write, was in written:
        amo.undo(write, was)
    assert everything(amo).activities == ()


def test_a_task_is_for_whom_and_when_it_was_meant(fake: FakeAmo, amo: AmoCrm) -> None:
    lead = fake.store.add_lead("Лендинг")
    due = fake.now() + timedelta(days=1)
    written = amo.write(
        Write("k", WriteKind.TASK, str(lead), TaskText("Разобраться", str(MANAGER), due))
    )
    assert written.remote is not None
    row = fake.store.rows["tasks"][int(written.remote)]
    assert (row["responsible_user_id"], row["complete_till"]) == (MANAGER, int(due.timestamp()))
    assert key_of(row["text"]) == "k"
    amo.write(Write("k3", WriteKind.TASK, str(lead), TaskText("Ничья", None, due)))


def test_a_task_that_people_finished_stays_as_they_left_it(fake: FakeAmo, amo: AmoCrm) -> None:
    lead = fake.store.add_lead("Лендинг")
    task = TaskText("Разобраться", None, fake.now())
    write = Write("k", WriteKind.TASK, str(lead), task)
    written = amo.write(write)
    assert written.remote is not None
    row = fake.store.rows["tasks"][int(written.remote)]
    row.update(is_completed=True, result={"text": "Сделано"})
    assert amo.undo(write, written)
    assert row["result"] == {"text": "Сделано"}


def test_a_tag_is_put_on_without_naming_the_others(fake: FakeAmo, amo: AmoCrm) -> None:
    lead = fake.store.add_lead("Лендинг")
    amo.write(Write("k", WriteKind.TAG, str(lead), TagName("впереди", present=True)))
    assert fake.wrote()[-1].body == {"tags_to_add": [{"name": "впереди"}]}


def test_the_words_of_a_call_have_no_place_in_amocrm(fake: FakeAmo, amo: AmoCrm) -> None:
    lead = fake.store.add_lead("Лендинг")
    words = Write("k", WriteKind.TRANSCRIPT, str(lead), CallWords("1.2", None, ()))
    with pytest.raises(CrmRefusedError, match="no card"):
        amo.write(words)
    assert amo.find(words) is None


@pytest.mark.parametrize("kind", [WriteKind.FIELDS, WriteKind.NOTE, WriteKind.TAG])
def test_a_deal_that_is_gone_takes_nothing(fake: FakeAmo, amo: AmoCrm, kind: WriteKind) -> None:
    amo.make_fields(TITLES)
    lead = fake.store.add_lead("Лендинг")
    fake.store.remove("leads", lead)
    contents: dict[WriteKind, FieldValues | NoteText | TagName] = {
        WriteKind.FIELDS: _values(fake),
        WriteKind.NOTE: NoteText("Текст"),
        WriteKind.TAG: TagName("впереди", present=True),
    }
    with pytest.raises(CrmGoneError):
        amo.write(Write("k", kind, str(lead), contents[kind]))


def test_the_key_stands_in_the_last_line_and_only_there() -> None:
    assert key_of(signed("Текст\nв две строки\n", "abc-1")) == "abc-1"
    assert key_of("Пишут: · stagecheck abc-1 — что это?") is None
    assert key_of("· stagecheck abc-1\nа потом ещё") is None
    assert key_of("") is None
