"""How findings become the contract's JSON: rounding, times, order and what is left out."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flow.result import as_json, classified, run_result
from models.store.hearing import UnderstoodCall
from models.vocabulary.action import Action, ActionStatus, ActionType, HeardCall, Outcome
from models.vocabulary.call import Call, Direction, MetadataSource, RecordingProblem
from models.vocabulary.deal import CrmSnapshot
from models.vocabulary.transcript import Segment, Speaker, Transcript
from models.vocabulary.verdict import (
    DealMatch,
    DealVerdict,
    Evidence,
    Flag,
    FlagKind,
    FlagSeverity,
    Gap,
    Grade,
    JudgedCall,
    RequirementVerdict,
    Severity,
    Verdict,
    Verification,
)
from tests.fakes.contract import ContractResult

NOON = datetime(2026, 11, 9, 9, 0, 0, 123456, tzinfo=UTC)
MOSCOW = ZoneInfo("Europe/Moscow")
PAID = Action(
    ActionType.PAYMENT,
    ActionStatus.PROMISED,
    Speaker.CLIENT,
    "оплатим",
    2 / 3,
    1.23456,
    2.0,
    {"part": "full", "amount": 300000.0},
    ("a payment word",),
)
CALL = JudgedCall(
    call=Call("17", "a.wav", "a" * 64, NOON, Direction.OUT, MetadataSource.FILENAME),
    outcome=Outcome.CONVERSATION,
    actions=(PAID,),
    match=DealMatch("1001", 1.0000001, "phone", ("его номер",), (("1002", 0.33333),)),
    duration_s=10.0,
)
WORDS = Transcript(
    (Segment(Speaker.CLIENT, "оплатим", 1.23456, 2.0, 0.98765),), "ru", "m", 9.999, 1.0
)
SNAPSHOT = CrmSnapshot(NOON, "Europe/Moscow", "file", (), (), (), (), (), (), ())


def result(
    *calls: JudgedCall,
    deals: tuple[DealVerdict, ...] = (),
    problems: tuple[RecordingProblem, ...] = (),
) -> dict[str, Any]:
    understood = [UnderstoodCall(call, WORDS) for call in calls]
    made = run_result(SNAPSHOT, understood, Verification(NOON, deals, ()), problems, MOSCOW)
    ContractResult.model_validate(made)
    return made


def test_times_have_the_crm_s_offset_and_whole_seconds() -> None:
    made = result(CALL)
    assert made["as_of"] == "2026-11-09T12:00:00+03:00"
    assert made["calls"][0]["started_at"] == "2026-11-09T12:00:00+03:00"


def test_numbers_are_rounded_and_shares_stay_shares() -> None:
    [call] = result(CALL)["calls"]
    assert (call["duration_s"], call["segments"][0]["start"]) == (10.0, 1.23)
    assert (call["actions"][0]["confidence"], call["segments"][0]["confidence"]) == (0.667, 0.988)
    assert call["deal"]["score"] == 1.0
    assert call["deal"]["alternatives"] == [{"id": "1002", "score": 0.333}]


def test_a_call_that_nobody_can_tie_has_no_deal() -> None:
    ambiguous = DealMatch(None, 0.5, "ambiguous", (), (("1001", 0.5), ("1002", 0.5)))
    for match in (None, ambiguous):
        assert result(replace(CALL, match=match))["calls"][0]["deal"] is None


def test_calls_stand_by_time_and_name_and_problems_by_name() -> None:
    later = replace(
        CALL, call=replace(CALL.call, recording="0.wav", started_at=NOON.replace(hour=10))
    )
    beside = replace(CALL, call=replace(CALL.call, recording="b.wav"))
    problems = tuple(RecordingProblem(name, "empty", "nothing") for name in ("z.wav", "c.wav"))
    made = result(later, beside, CALL, problems=problems)
    assert [call["recording"] for call in made["calls"]] == ["a.wav", "b.wav", "0.wav"]
    assert [error["recording"] for error in made["errors"]] == ["c.wav", "z.wav"]


def test_a_verdict_shows_its_evidence_and_not_its_inner_grade() -> None:
    requirement = RequirementVerdict(
        "prepaid", "ws.paid", Severity.CRITICAL, Verdict.MET, Grade.CRM_ONLY, "Оплата есть.",
        (Evidence("crm", "activity:a1", NOON),),
    )  # fmt: skip
    deal = DealVerdict("1001", "p1", "prepaid", "in_work", Gap.NONE, (requirement,))
    [made] = result(deals=(deal,))["deals"]
    assert made["requirements"] == [
        {
            "stage": "prepaid",
            "id": "ws.paid",
            "severity": "critical",
            "verdict": "met",
            "evidence": [
                {
                    "kind": "crm",
                    "id": "activity:a1",
                    "at": "2026-11-09T12:00:00+03:00",
                    "quote": None,
                    "start": None,
                }
            ],
            "explanation": "Оплата есть.",
        }
    ]


def test_a_flag_shows_the_second_of_its_words() -> None:
    words = Evidence("call", "17", NOON, "оплатим", 1.23456)
    flag = Flag(FlagKind.PROMISE_BROKEN, FlagSeverity.LOW, "Не оплатил.", evidence=(words,))
    made = run_result(SNAPSHOT, (), Verification(NOON, (), (flag,)), (), MOSCOW)
    ContractResult.model_validate(made)
    [shown] = made["flags"][0]["evidence"]
    assert (shown["id"], shown["quote"], shown["start"]) == ("17", "оплатим", 1.23)


def test_cues_stand_only_where_they_were_asked_for() -> None:
    heard = HeardCall(Outcome.CONVERSATION, (PAID,))
    assert "cues" not in classified("17", heard, explain=False)["actions"][0]
    assert classified("17", heard, explain=True)["actions"][0]["cues"] == ["a payment word"]


def test_the_text_is_russian_as_it_is_read_and_always_storable() -> None:
    assert as_json({"text": "оплатим"}) == '{\n "text": "оплатим"\n}\n'
    assert json.loads(as_json({"text": "обрыв\ud83d"}))["text"] == "обрыв?"
