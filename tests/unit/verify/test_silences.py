"""Of a time of which a telephone system sent nothing nobody claims that nothing was said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from classify.verification.silences import silences
from classify.verification.worktime import WorkCalendar
from core.settings import VerificationSettings
from models.vocabulary.call import MetadataSource
from models.vocabulary.silence import silent_since
from models.vocabulary.verdict import JudgedCall, PromiseState, Verdict
from tests.fakes.a_deal import (
    a_deal,
    a_snapshot,
    act,
    at,
    call,
    explanation,
    flags,
    judged,
    moved,
    promises,
    record,
    unrecorded,
    verdict,
)

MOSCOW = ZoneInfo("Europe/Moscow")
CALENDAR = WorkCalendar("RU", MOSCOW)
DAY = timedelta(days=1)
CONVERSATION = "classified.conversation"
WEEKDAYS = (9, 10, 11, 12, 13, 16, 17)


def office(
    days: Sequence[int] = WEEKDAYS, hours: Sequence[int] = (10, 13, 16), account: str = ""
) -> list[JudgedCall]:
    """An office that telephones every few hours with other people, recorded and in the ledger."""
    calls = [
        call(f"{day} {hour}:05", outcome="voicemail", deal=None, number=f"+7999000{day:02}{hour}")
        for day in days
        for hour in hours
    ]
    return [replace(one, call=replace(one.call, account=account, in_cdr=True)) for one in calls]


def without_ledger(*calls: JudgedCall) -> list[JudgedCall]:
    """The same recordings, of which the ledger knows nothing."""
    files = MetadataSource.FILENAME
    return [
        replace(one, call=replace(one.call, metadata_from=files, in_cdr=False)) for one in calls
    ]


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        ("17 20:00", Verdict.MISSING),  # a quiet evening
        ("18 12:00", Verdict.MISSING),  # a quiet morning
        ("18 16:00", Verdict.MISSING),
        ("19 12:00", Verdict.UNKNOWN),  # eleven working hours, where three were the longest
    ],
)
def test_nothing_is_claimed_of_a_time_after_the_system_went_silent(
    as_of: str, expected: Verdict
) -> None:
    found = judged(a_snapshot(a_deal("meeting")), *office(), as_of=as_of)
    assert verdict(found, CONVERSATION) is expected


def test_a_weekend_is_no_silence() -> None:
    found = judged(
        a_snapshot(a_deal("meeting")), *office((3, 5, 6, 9, 10, 11, 12, 13)), as_of="16 9:30"
    )
    assert verdict(found, CONVERSATION) is Verdict.MISSING


def test_the_sentence_says_since_when_nothing_came() -> None:
    found = judged(a_snapshot(a_deal("meeting")), *office(), as_of="20 18:00")
    assert "с 17.11.2026 16:05 нет ни записей, ни журнала звонков" in explanation(
        found, CONVERSATION
    )


def test_an_office_that_seldom_telephones_is_not_silent() -> None:
    seldom = office((2, 5, 9, 11, 16), hours=(10,))
    found = judged(a_snapshot(a_deal("meeting")), *seldom, as_of="20 18:00")
    assert verdict(found, CONVERSATION) is Verdict.MISSING


def test_a_system_seen_on_few_days_has_no_rhythm() -> None:
    found = judged(a_snapshot(a_deal("meeting")), *office((9, 10)), as_of="20 18:00")
    assert verdict(found, CONVERSATION) is Verdict.MISSING


def test_the_tolerance_is_set_in_working_hours() -> None:
    found = judged(
        a_snapshot(a_deal("meeting")), *office(), as_of="20 18:00", silence_working_hours=40
    )
    assert verdict(found, CONVERSATION) is Verdict.MISSING


def test_lines_of_the_ledger_are_signs_as_recordings_are() -> None:
    lines = [unrecorded(f"{day} 15:00", answered=False, deal=None) for day in (18, 19, 20)]
    found = judged(a_snapshot(a_deal("meeting")), *office(), *lines, as_of="20 18:00")
    assert verdict(found, CONVERSATION) is Verdict.MISSING


def test_one_system_of_two_that_stopped_leaves_it_open() -> None:
    both = [*office(account="centre"), *office((*WEEKDAYS, 18, 19, 20), account="branch")]
    found = judged(a_snapshot(a_deal("meeting")), *both, as_of="20 18:00")
    assert verdict(found, CONVERSATION) is Verdict.UNKNOWN
    assert "станции «centre»" in explanation(found, CONVERSATION)


def test_a_system_that_another_took_the_place_of_is_out_of_use() -> None:
    old = office((2, 3, 5, 6, 9), account="old")
    new = office((10, 11, 12, 13, 16, 17, 18, 19, 20, 23, 24, 25, 26, 27, 30), account="new")
    last = replace(new[-1], call=replace(new[-1].call, started_at=at("30 9:30") + DAY))

    def silent(*calls: JudgedCall) -> list[str]:
        moment = at("30 10:00") + DAY
        return [one.id for one in silences(calls, (), CALENDAR, VerificationSettings(), moment)]

    assert silent(*old, *new) == ["old"]
    assert silent(*old, *new, last) == []
    assert silent(*old) == ["old"]


def test_a_card_moved_in_the_silence_is_not_held_against_anybody() -> None:
    snapshot = a_snapshot(a_deal("proposal"), moves=[moved("19 12:00", "classified", "proposal")])
    silent = judged(snapshot, *office(), as_of="20 18:00")
    speaking = judged(snapshot, *office((*WEEKDAYS, 18, 19, 20)), as_of="20 18:00")
    assert flags(silent, "moved_without_contact") == []
    assert len(flags(speaking, "moved_without_contact")) == 1


def test_a_call_back_in_the_silence_may_have_been_made() -> None:
    agreed = call("17 15:00", act("follow_up_agreed", datetime="2026-11-19T12:00:00+03:00"))
    silent = judged(a_snapshot(a_deal("meeting")), *office(), agreed, as_of="20 18:00")
    speaking = judged(
        a_snapshot(a_deal("meeting")), *office((*WEEKDAYS, 18, 19, 20)), agreed, as_of="20 18:00"
    )
    assert [one.state for one in promises(silent, "follow_up_agreed")] == [PromiseState.UNKNOWN]
    assert [one.state for one in promises(speaking, "follow_up_agreed")] == [PromiseState.BROKEN]


def test_a_day_lost_though_the_crm_shows_calls_leaves_it_open() -> None:
    days = (9, 10, 12, 13, 16, 17, 18, 19, 20)
    in_crm = [record("call", f"{day} 11:00", deal="other") for day in days]
    lost = [record("call", f"11 {hour}:00", deal="other") for hour in (10, 12, 15)]
    found = judged(a_snapshot(a_deal("meeting"), records=[*in_crm, *lost]), *office(days))
    assert verdict(found, CONVERSATION) is Verdict.UNKNOWN
    assert "за 11.11.2026" in explanation(found, CONVERSATION)
    one = judged(a_snapshot(a_deal("meeting"), records=[*in_crm, lost[0]]), *office(days))
    assert verdict(one, CONVERSATION) is Verdict.MISSING
    quiet = judged(a_snapshot(a_deal("meeting"), records=in_crm), *office(days))
    assert verdict(quiet, CONVERSATION) is Verdict.MISSING


def test_calls_on_telephones_that_we_never_see_lose_no_day() -> None:
    records = [
        record("call", f"{day} {hour}:00", deal="other")
        for day in (10, 11, 12, 16, 17, 18)
        for hour in (10, 12, 15)
    ]
    found = judged(a_snapshot(a_deal("meeting"), records=records), *office((9, 13, 16, 19, 20)))
    assert verdict(found, CONVERSATION) is Verdict.MISSING


def test_a_day_whose_ledger_is_missing_hides_attempts_and_nothing_else() -> None:
    agreed = call("11 15:00", act("follow_up_agreed", datetime="2026-11-12T12:00:00+03:00"))
    days = (9, 10, 11, 13, 16, 17, 18, 19, 20)
    hole = without_ledger(*office((12,)))
    found = judged(a_snapshot(a_deal("meeting")), *office(days), *hole, agreed)
    assert [one.state for one in promises(found, "follow_up_agreed")] == [PromiseState.UNKNOWN]
    whole = judged(a_snapshot(a_deal("meeting")), *office((*days, 12)), agreed)
    assert [one.state for one in promises(whole, "follow_up_agreed")] == [PromiseState.BROKEN]
    nothing = judged(a_snapshot(a_deal("meeting")), *office(days), *hole)
    assert verdict(nothing, CONVERSATION) is Verdict.MISSING


def test_a_call_of_a_silent_time_that_came_after_all_counts() -> None:
    found = judged(a_snapshot(a_deal("meeting")), *office(), call("17 12:00"), as_of="20 18:00")
    assert verdict(found, CONVERSATION) is Verdict.MET


def test_later_signs_do_not_count() -> None:
    moments = [one.call.started_at for one in office((*WEEKDAYS, 23))]
    least = timedelta(hours=9)
    assert silent_since(moments, at("20 18:00"), CALENDAR, least) == at("17 16:05")
    assert silent_since(moments, at("23 18:00"), CALENDAR, least) is None
    assert silent_since([], at("20 18:00"), CALENDAR, least) is None


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("9 10:00", "9 12:00", 2),
        ("9 16:00", "10 10:00", 3),
        ("13 17:00", "16 10:00", 2),  # over a weekend
        ("9 3:00", "9 23:00", 9),
        ("14 10:00", "15 10:00", 0),
        ("10 12:00", "9 12:00", 0),
    ],
)
def test_working_time(start: str, end: str, hours: int) -> None:
    assert CALENDAR.working_time(at(start), at(end)) == timedelta(hours=hours)
