"""BottleCRM's lists, feed and refusals are read so that nothing is lost and nobody misled."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from core.outward import Rules
from crm.bottlecrm import lists, writing
from crm.bottlecrm.adapter import BottleCrm
from crm.bottlecrm.answers import CrmModuleOffError, judge
from crm.bottlecrm.desk import Desk
from crm.bottlecrm.feed import changes_in
from crm.bottlecrm.reading import deals_anew, has_turn
from crm.errors import CrmError, CrmExpiredError, CrmGoneError, CrmRefusedError, CrmShutError
from crm.http import CrmAnswer
from crm.port import CrmAccess
from crm.rows import Row
from models.vocabulary.crm import Thing, Tokens
from models.vocabulary.crm_write import (
    FieldValues,
    NoteText,
    OwnField,
    TagName,
    TaskText,
    Write,
    WriteKind,
)
from tests.fakes.crm.keeping import CountingPace, MemoryKeeper
from tests.unit.crm.test_bottlecrm_words import recorded

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
OWN = {one: f"stagecheck_{one.value}" for one in OwnField}


def access() -> CrmAccess:
    """An access to nowhere."""
    keeper = MemoryKeeper(Tokens("bcrm_pat_secret"))
    return CrmAccess("контора", "https://crm.test", keeper, CountingPace(), Rules((443,)), OWN)


def uid(number: int) -> str:
    """An id."""
    return str(UUID(int=number))


class ListDesk(Desk):
    """Answers from a list that somebody works on meanwhile."""

    def __init__(self, rows: list[dict[str, Any]]) -> None:
        super().__init__(access())
        self.rows = rows

    def get(self, path: str, **params: str | int) -> tuple[Row, datetime]:
        assert path == "contacts/"
        start = int(params["offset"])
        return {"results": self.rows[start : start + int(params["limit"])]}, NOW


def read_ids(desk: ListDesk, size: int) -> Iterator[list[str]]:
    """The ids of each page of contacts."""
    for page in lists.pages_of(desk, lists.CONTACTS, size=size):
        yield [str(row["id"]) for row in page.rows]


@pytest.mark.parametrize("count", [0, 1, 3, 4, 5, 6, 20])
def test_every_record_of_a_list_is_read(count: int) -> None:
    desk = ListDesk([{"id": uid(number)} for number in range(count)])
    pages = list(read_ids(desk, 4))
    assert pages
    assert list(dict.fromkeys(one for page in pages for one in page)) == [
        uid(number) for number in range(count)
    ]


@pytest.mark.parametrize("gone", [[0], [3], [0, 1, 2, 3], [2, 5]])
def test_what_is_deleted_meanwhile_moves_nobody_out_of_sight(gone: Sequence[int]) -> None:
    desk = ListDesk([{"id": uid(number)} for number in range(12)])
    pages = read_ids(desk, 4)
    seen = set(next(pages))
    desk.rows = [row for number, row in enumerate(desk.rows) if number not in gone]
    seen |= {one for page in pages for one in page}
    assert {str(row["id"]) for row in desk.rows} <= seen


def test_what_comes_meanwhile_hides_nobody() -> None:
    desk = ListDesk([{"id": uid(number)} for number in range(12)])
    pages = read_ids(desk, 4)
    seen = set(next(pages))
    desk.rows = [{"id": uid(99)}, *desk.rows]
    seen |= {one for page in pages for one in page}
    assert {uid(number) for number in range(12)} <= seen


def test_a_list_whose_order_wavers_comes_to_an_end() -> None:
    class Wavering(ListDesk):
        def get(self, path: str, **params: str | int) -> tuple[Row, datetime]:
            self.rows.reverse()
            return super().get(path, **params)

    desk = Wavering([{"id": uid(number)} for number in range(30)])
    assert len(list(read_ids(desk, 4))) < 40


@pytest.mark.parametrize("cursor", ["", "x", "9 0", "0 -1", "0 99999999999", "feed x", "1 2 3 4"])
def test_a_cursor_that_is_none_of_ours_begins_anew(cursor: str) -> None:
    desk = ListDesk([{"id": uid(1)}])
    (page,) = lists.pages_of(desk, lists.CONTACTS, cursor, size=4)
    assert [row["id"] for row in page.rows] == [uid(1)]


def change(number: int, seconds: float, action: str = "UPDATE") -> dict[str, Any]:
    """A line of the feed, so many seconds ago."""
    at = (NOW - timedelta(seconds=seconds)).isoformat()
    return {"entity_id": uid(number), "timestamp": at, "action": action}


def test_a_feed_that_reaches_back_tells_what_changed_once_and_in_order() -> None:
    rows = [change(1, 1, "DELETE"), change(2, 5), change(1, 9), change(3, 100)]
    found = changes_in(rows, NOW - timedelta(seconds=10))
    assert found is not None
    assert [(one.id, one.deleted) for one in found] == [(uid(2), False), (uid(1), True)]


def test_a_feed_that_may_have_lost_something_is_not_relied_on() -> None:
    rows = [change(number, number) for number in range(50)]
    assert changes_in(rows, NOW - timedelta(seconds=60)) is None
    assert changes_in(rows, NOW - timedelta(seconds=20)) is not None
    assert changes_in(rows[:49], NOW - timedelta(seconds=60)) is not None


def test_the_recorded_feed_tells_of_a_contact_that_was_deleted() -> None:
    rows = recorded("changes")["activities"]
    found = changes_in(rows, datetime(2026, 1, 1, tzinfo=UTC))
    assert found is not None
    assert sum(one.deleted for one in found) == 1
    assert recorded("deal")["opportunity_obj"]["id"] in {one.id for one in found}


def test_every_open_deal_has_its_turn_within_half_an_hour() -> None:
    deals = {uid(number) for number in range(300)}
    looked: set[str] = set()
    for minute in range(31):
        at = NOW + timedelta(minutes=minute)
        turn = {one for one in deals if has_turn(one, at - timedelta(minutes=1), at)}
        assert len(turn) < len(deals) / 5
        looked |= turn
    assert looked == deals
    assert all(has_turn(one, NOW - timedelta(hours=1), NOW) for one in deals)


def told(status: int, body: object) -> CrmError:
    """The error that an answer is."""
    error = judge("контора", status, body)
    assert error is not None
    return error


def test_a_wrong_token_is_told_as_one_though_bottlecrm_calls_it_otherwise() -> None:
    detail = "Organization context is required. Please login again."
    error = told(403, {"detail": detail})
    assert isinstance(error, CrmExpiredError)
    assert "API tokens" in str(error)


def test_a_right_that_the_token_lacks_is_named() -> None:
    detail = "This token is not scoped for write access to tasks. It needs the tasks:write scope."
    error = told(403, {"detail": detail})
    assert isinstance(error, CrmShutError)
    assert "tasks:write" in str(error)


def test_a_module_that_is_off_is_not_a_deal_that_is_gone() -> None:
    off = {"detail": "…", "code": "module_off", "module": "deals"}
    assert isinstance(told(404, off), CrmModuleOffError)
    assert isinstance(told(404, {"detail": "No such task."}), CrmGoneError)
    assert isinstance(told(404, object()), CrmGoneError)


def test_a_refusal_says_why() -> None:
    error = told(400, {"error": True, "errors": {"custom_fields": {"need": "is required"}}})
    assert isinstance(error, CrmRefusedError)
    assert "custom_fields: need: is required" in str(error)
    assert "Only admins" in str(told(403, {"error": True, "errors": "Only admins can."}))


class RecordedDesk(Desk):
    """Answers what the real server answered, and keeps what is sent."""

    def __init__(self) -> None:
        super().__init__(access())
        self.sent: list[tuple[str, str, Any]] = []

    def get(self, path: str, **params: str | int) -> tuple[Row, datetime]:
        names = {
            "opportunities": "deal",
            "interactions": "interactions",
            "tasks": "tasks",
            "org": "settings",
            "tags": "tags",
        }
        name = names[path.split("/", maxsplit=1)[0]]
        if params.get("contact"):
            raise CrmGoneError("контора: hidden")
        return ({} if name == "tags" else self._with_our_fields(recorded(name))), NOW

    def send(self, method: str, path: str, body: Any = None) -> CrmAnswer:
        self.sent.append((method, path, body))
        found = {"comments": [{"id": uid(7), "comment": (body or {}).get("comment")}]}
        return CrmAnswer(200, {**found, "tag": {"id": uid(8)}}, NOW)

    @staticmethod
    def _with_our_fields(answer: dict[str, Any]) -> dict[str, Any]:
        if "custom_field_definitions" in answer:
            answer["custom_field_definitions"] += [{"key": key} for key in OWN.values()]
        return answer


def test_a_deal_is_read_with_what_hangs_on_it_and_moves_that_were_seen_stay() -> None:
    id_ = recorded("deal")["opportunity_obj"]["id"]
    batch = deals_anew(RecordedDesk(), [id_])
    assert [one.id for one in batch.deals] == [id_]
    assert {one.type.value for one in batch.activities} == {"note", "call", "meeting", "task"}
    assert {one.deal_id for one in batch.activities} == {id_}
    assert batch.whole == {id_}
    assert batch.partial == {Thing.STAGE_CHANGE}


@pytest.mark.parametrize(
    "content",
    [
        FieldValues("Квалификация", "впереди", 0.87, NOW, "https://s.example/deals/1"),
        NoteText("КП не отправлено"),
        TaskText("Отправить КП", None, NOW),
        TagName("впереди", present=True),
    ],
    ids=lambda content: type(content).__name__,
)
def test_no_request_names_a_stage(content: Any) -> None:
    desk = RecordedDesk()
    kinds = {"FieldValues": "fields", "NoteText": "note", "TaskText": "task", "TagName": "tag"}
    kind = WriteKind(kinds[type(content).__name__])
    deal = recorded("deal")["opportunity_obj"]["id"]
    try:
        writing.write(desk, Write("k", kind, deal, content))
    except CrmError:
        assert kind is WriteKind.TASK  # its answer does not show it, and this list never does
    assert desk.sent
    for _, path, body in desk.sent:
        assert "move" not in path
        assert not {"stage", "pipeline", "name", "closed_on", "amount"} & set(body) - (
            {"name"} if path == "tags/" else set()
        )


def test_an_adapter_shows_no_token() -> None:
    adapter = BottleCrm(access())
    assert "bcrm_pat_secret" not in f"{adapter!r} {vars(adapter)}"
