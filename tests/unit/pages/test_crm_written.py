"""What was written into the CRM is told by thing: what is newest first, what came before apart."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from api.pages.crm_written import WriteTeller
from api.pages.wording import Words
from models.vocabulary.crm_write import WriteKind, WriteState
from models.vocabulary.outbox import STAYED, Occurrence, WrittenLine

AT = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)


def teller(language: str = "en") -> WriteTeller:
    return WriteTeller(Words(language), {"7": "Vera"}, lambda at: f"{at:%H:%M}" if at else "—")


def a_write(number: int, kind: WriteKind, topic: str, **more: Any) -> WrittenLine:
    told: dict[str, Any] = {
        "content": {}, "state": WriteState.WRITTEN, "tries": 1, "uncertain_at": None,
        "written_at": AT, "remote": None, "error": None, "detail": None,
    } | more  # fmt: skip
    about = Occurrence(topic, "x").about
    return WrittenLine(
        number, f"k{number}", kind, "17", about=about, created_at=AT, due_at=AT, since=AT, **told
    )


def test_of_each_thing_the_newest_is_told_apart_from_those_before() -> None:
    lines = [
        a_write(6, WriteKind.NOTE, "finding:2:1", state=WriteState.DROPPED),
        a_write(5, WriteKind.FIELDS, "fields", state=WriteState.UNDONE),
        a_write(4, WriteKind.NOTE, "finding:2:1"),
        a_write(3, WriteKind.NOTE, "finding:1:1"),
        a_write(2, WriteKind.FIELDS, "fields"),
        a_write(1, WriteKind.TASK, "finding:1:1"),
    ]
    newest, earlier = teller().told(lines)
    assert [one.line.id for one in newest] == [5, 4, 3, 1]
    assert [one.line.id for one in earlier] == [6, 2]


def test_fields_are_named_as_in_the_crm_and_read_as_people_write() -> None:
    content = {
        "verified_stage": "Proposal",
        "gap": None,
        "confidence": 0.814,
        "checked_at": AT.isoformat(),
        "link": "https://calls.example.ru/deals/17",
    }
    line = a_write(1, WriteKind.FIELDS, "fields", content=content)
    assert teller().told([line])[0][0].fields == (
        ("Stage by the calls", "Proposal"),
        ("Confidence of the check", "81\N{NO-BREAK SPACE}%"),
        ("Checked against the calls", "15:00"),
    )
    assert teller("ru").told([line])[0][0].fields[1][0] == "Уверенность проверки"


def test_a_task_says_whose_it_is_and_until_when() -> None:
    content = {"text": "Look into it", "user_id": "7", "due_at": AT.isoformat()}
    (one,), _ = teller().told([a_write(1, WriteKind.TASK, "finding:1:1", content=content)])
    assert (one.text, one.task) == (("Look into it",), "For: Vera, due 15:00")
    (one,), _ = teller().told([a_write(1, WriteKind.TASK, "t", content={"text": "Look"})])
    assert one.task == "For: nobody, due —"


def test_a_tag_says_whether_it_was_put_on_or_taken_off() -> None:
    on = a_write(1, WriteKind.TAG, "tag:ahead", content={"name": "ahead", "present": True})
    off = a_write(2, WriteKind.TAG, "tag:old", content={"name": "old", "present": False})
    newest, _ = teller().told([off, on])
    assert [one.text for one in newest] == [("taken off: old",), ("put on: ahead",)]


def test_a_refusal_is_told_otherwise_than_what_had_to_stay() -> None:
    refused = a_write(2, WriteKind.NOTE, "b", state=WriteState.DEAD, detail="sales: refuses it.")
    stayed = a_write(
        1, WriteKind.NOTE, "a", state=WriteState.UNDONE, error=STAYED, detail="Люди её изменили."
    )
    (first, second), _ = teller().told([refused, stayed])
    assert (first.problem, first.stays) == ("sales: refuses it.", "")
    assert (second.problem, second.stays) == ("", "Люди её изменили.")


def test_a_write_whose_words_were_removed_is_told_without_them() -> None:
    lines = [a_write(n, kind, "t") for n, kind in enumerate(WriteKind)]
    newest, earlier = teller().told(lines)
    assert len(newest) == len(WriteKind)
    assert not any(one.text or one.task or one.fields for one in newest)
    assert not earlier
