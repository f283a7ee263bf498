"""Walks through lists end, whatever a server makes up, and read what cannot be understood calmly."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from crm.amocrm.pages import Listing, by_change, by_event, by_page
from crm.amocrm.values import money, rows, stamp
from crm.errors import CrmAnswerError, CrmAwayError
from crm.http import CrmAnswer

AT = datetime(2026, 11, 9, 7, 0, tzinfo=UTC)
LEADS = Listing("/leads", "leads", {})


class Server:
    """Answers the same page for ever, or what it is given, and says what it was asked."""

    def __init__(self, *bodies: Any, repeat: bool = False) -> None:
        self.bodies, self.repeat, self.asked = list(bodies), repeat, list[Mapping[str, Any]]()

    def get(self, _path: str, params: Mapping[str, Any]) -> CrmAnswer:
        self.asked.append(params)
        body = self.bodies[0] if self.repeat or len(self.bodies) == 1 else self.bodies.pop(0)
        return CrmAnswer(200, body, AT)


def page(*leads: tuple[int, int], more: bool = False) -> dict[str, Any]:
    found = [{"id": id_, "updated_at": at} for id_, at in leads]
    links = {"next": {"href": "https://x/next"}} if more else {}
    return {"_links": links, "_embedded": {"leads": found}}


def ids(turns: Any) -> list[int]:
    return [row["id"] for turn in turns for row in turn.rows]


@pytest.mark.parametrize("walk", [by_change, by_page])
@pytest.mark.parametrize("leads", [(), ((1, 100), (2, 100))])
def test_a_server_that_leads_in_a_circle_is_left(walk: Any, leads: Any) -> None:
    server = Server(page(*leads, more=True), repeat=True)
    with pytest.raises(CrmAnswerError, match="again and again"):
        list(walk(server.get, LEADS, None, None))


def test_each_page_asks_for_what_changed_after_the_last_one_seen() -> None:
    server = Server(page((1, 100), (2, 200), more=True), page((2, 200), (3, 300)))
    assert ids(by_change(server.get, LEADS, None, None)) == [1, 2, 2, 3]
    assert "filter[updated_at][from]" not in server.asked[0]
    assert server.asked[1]["filter[updated_at][from]"] == 200
    assert server.asked[1]["order[updated_at]"] == "asc"


def test_many_that_changed_in_one_second_are_read_by_their_pages() -> None:
    server = Server(
        page((1, 100), (2, 100), more=True), page((3, 100), (4, 100), more=True), page((5, 100))
    )
    turns = list(by_change(server.get, LEADS, None, None))
    assert ids(turns) == [1, 2, 3, 4, 5]
    assert [turn.cursor for turn in turns] == ["100:2", "100:3", None]


def test_a_filter_that_is_ignored_is_noticed_and_done_without() -> None:
    since = datetime.fromtimestamp(500, UTC)
    server = Server(
        page((1, 100), (2, 200), more=True), page((9, 900), (8, 500), (7, 400), more=True)
    )
    turns = list(by_change(server.get, LEADS, since, None))
    assert ids(turns) == [9, 8]
    assert server.asked[1]["order[updated_at]"] == "desc"
    assert len(server.asked) == 2


def test_an_order_that_is_ignored_loses_nothing() -> None:
    mixed, rest = page((5, 500), (1, 100), more=True), page((3, 300), (2, 200))
    turns = list(by_change(Server(mixed, mixed, rest).get, LEADS, None, None))
    assert sorted(ids(turns)) == [1, 2, 3, 5]
    mixed = page((1, 100), (5, 500), more=True)
    since = datetime.fromtimestamp(250, UTC)
    turns = list(by_change(Server(mixed, mixed, rest).get, LEADS, since, None))
    assert sorted(ids(turns)) == [3, 5]


def test_a_walk_without_a_filter_goes_on_at_its_page() -> None:
    server = Server(page((4, 400)))
    assert ids(by_change(server.get, LEADS, None, "-:7")) == [4]
    assert server.asked[0]["page"] == 7


@pytest.mark.parametrize("body", [None, [], "", {}, {"_embedded": []}, {"_embedded": None}, 5])
def test_whatever_stands_for_nothing_is_nothing(body: object) -> None:
    for walk in (by_change, by_page):
        (turn,) = walk(Server(body).get, LEADS, None, None)
        assert (turn.rows, turn.cursor) == ([], None)
    (turn,) = by_event(Server(body).get, ("lead_status_changed",), None, None)
    assert turn.rows == []


def test_events_are_read_up_to_when_the_walk_began() -> None:
    body = {"_links": {"next": {"href": "x"}}, "_embedded": {"events": [{"id": "a"}]}}
    server = Server(body, {"_embedded": {"events": []}})
    first, second = by_event(server.get, ("lead_status_changed",), None, None)
    assert first.cursor == f"{int(AT.timestamp())}:2"
    assert second.cursor is None
    assert server.asked[1]["filter[created_at][to]"] == str(int(AT.timestamp()))


def test_pages_that_are_asked_for_ahead_come_in_their_order_and_end() -> None:
    asked: list[int] = []

    def get(_path: str, params: Mapping[str, Any]) -> CrmAnswer:
        number = int(params["page"])
        asked.append(number)
        time.sleep(0.02 * (number % 3))  # later pages are answered before earlier ones
        return CrmAnswer(200, page((number, 100), more=True) if number < 9 else page(), AT)

    walk = by_page(get, LEADS, None, None)
    assert ids(walk) == [1, 2, 3, 4, 5, 6, 7, 8]
    assert max(asked) <= 9 + 4
    assert not [one for one in threading.enumerate() if one.name.startswith("amocrm")]


def test_a_reading_that_is_broken_off_leaves_no_thread_behind() -> None:
    pages = (page((number, 100), more=True) for number in range(99))
    walk = by_page(Server(*pages).get, LEADS, None, None)
    for _ in range(3):
        next(walk)
    walk.close()  # type: ignore[attr-defined] # it is a generator
    assert not [one for one in threading.enumerate() if one.name.startswith("amocrm")]


def test_an_error_ahead_is_told_when_its_page_is_due() -> None:
    def get(_path: str, params: Mapping[str, Any]) -> CrmAnswer:
        if params["page"] == 4:
            raise CrmAwayError("out of order")
        return CrmAnswer(200, page((int(params["page"]), 100), more=True), AT)

    walk = by_page(get, LEADS, None, None)
    assert [next(walk).cursor for _ in range(3)] == ["2", "3", "4"]
    with pytest.raises(CrmAwayError):
        next(walk)


@pytest.mark.parametrize("value", [None, 0, "0", "", False])
def test_no_time_is_written_in_many_ways(value: object) -> None:
    assert stamp(value) is None


@pytest.mark.parametrize("value", ["soon", {}, [1], True, 10**30, -(10**12)])
def test_what_is_no_time_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r".+"):
        stamp(value)


def test_times_and_money_are_read_as_texts_too() -> None:
    assert stamp("1716469616") == datetime(2024, 5, 23, 13, 6, 56, tzinfo=UTC)
    assert stamp("2021-06-01T00:00:00+03:00") == datetime(2021, 5, 31, 21, 0, tzinfo=UTC)
    assert (money("14012"), money(""), money({}), money("много")) == (14012, None, None, None)
    assert rows({"5": {"id": 5}, "6": {"id": 6}}) == [{"id": 5}, {"id": 6}]
