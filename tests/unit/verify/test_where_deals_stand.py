"""Recorded against verified: ahead, behind, none, unknown."""

from __future__ import annotations

import pytest

from models.vocabulary.deal import Activity, Contact, StageKind
from models.vocabulary.verdict import Gap, Grade, Severity, Verdict, Verification
from tests.fakes.a_deal import (
    BELOVA,
    a_deal,
    a_snapshot,
    act,
    at,
    call,
    deal_of,
    explanation,
    flags,
    judged,
    moved,
    record,
    verdict,
)

BOOKING = act("meeting_booked", datetime="2026-11-24T15:00:00+03:00")
MEETING = record("meeting", "10 11:20", due_at="24 15:00", place="у нас")


def stands(found: Verification) -> tuple[str | None, str | None, Gap]:
    deal = deal_of(found)
    return deal.recorded_stage, deal.verified_stage, deal.gap


def test_work_done_beyond_the_card_puts_it_behind() -> None:
    found = judged(a_snapshot(a_deal("classified"), records=[MEETING]), call("10 11:00", BOOKING))
    assert stands(found) == ("classified", "meeting", Gap.BEHIND)
    assert len(flags(found, "stage_behind_reality")) == 1


def test_a_finished_stage_alone_does_not_put_the_card_behind() -> None:
    found = judged(a_snapshot(a_deal("classified")), call("10 11:00"))
    assert stands(found) == ("classified", "meeting_scheduling", Gap.NONE)


def test_a_field_of_the_crm_alone_does_not_put_the_card_behind() -> None:
    deal = a_deal("classified", fields={"order_type": "Лендинг", "needs": "каталог"})
    found = judged(a_snapshot(deal), call("10 11:00"))
    assert verdict(found, "meeting.needs") is Verdict.MET
    assert deal_of(found).gap is Gap.NONE


def test_a_card_has_some_minutes_to_be_moved() -> None:
    snapshot = a_snapshot(a_deal("classified"), records=[MEETING])
    for as_of, gap in (("10 11:10", Gap.NONE), ("10 11:30", Gap.BEHIND)):
        found = judged(snapshot, call("10 11:00", BOOKING), as_of=as_of)
        assert deal_of(found).gap is gap


def test_the_cards_own_stage_is_pending_only_where_the_deal_really_stands_there() -> None:
    honest = judged(a_snapshot(a_deal("meeting_scheduling")), call("10 11:00"))
    assert verdict(honest, "meeting_scheduling.booked") is Verdict.PENDING
    dragged = judged(a_snapshot(a_deal("meeting_scheduling")))
    assert verdict(dragged, "meeting_scheduling.booked") is Verdict.MISSING


def test_a_card_put_back_stands_where_the_deal_does() -> None:
    moves = [
        moved("10 12:00", "classified", "proposal"),
        moved("12 12:00", "proposal", "meeting_scheduling"),
    ]
    found = judged(a_snapshot(a_deal("meeting_scheduling"), moves=moves), call("10 11:00"))
    assert stands(found) == ("meeting_scheduling", "meeting_scheduling", Gap.NONE)


def test_at_an_earlier_moment_the_card_stood_where_it_stood_then() -> None:
    moves = [moved("16 12:00", "classified", "proposal")]
    snapshot = a_snapshot(a_deal("proposal"), moves=moves)
    assert deal_of(judged(snapshot, call("10 11:00"), as_of="12 18:00")).gap is Gap.NONE
    assert deal_of(judged(snapshot, call("10 11:00"), as_of="17 18:00")).gap is Gap.AHEAD


def test_a_lost_deal_is_neither_ahead_nor_behind() -> None:
    lost = a_deal("lost", closed_at=at("12 12:00"))
    found = judged(a_snapshot(lost), call("10 11:00", act("refusal")))
    assert stands(found) == ("lost", "meeting_scheduling", Gap.NONE)
    assert verdict(found, "meeting_scheduling.booked") is Verdict.WAIVED


def payments(*amounts: float) -> list[Activity]:
    return [
        record("payment", f"1{day} 12:00", "payment", direction="in", amount=amount)
        for day, amount in enumerate(amounts, 1)
    ]


@pytest.mark.parametrize(
    ("amounts", "expected"),
    [
        ((100000.0, 100000.0), Verdict.MET),
        ((66666.67, 66666.67, 66666.66), Verdict.MET),
        ((199999.99,), Verdict.MISSING),
        ((), Verdict.MISSING),
    ],
)
def test_payments_must_reach_the_amount_to_the_kopeck(
    amounts: tuple[float, ...], expected: Verdict
) -> None:
    deal = a_deal("paid", status=StageKind.WON)
    found = judged(a_snapshot(deal, records=payments(*amounts)))
    assert verdict(found, "paid.total") is expected


def test_a_refund_takes_the_payment_back() -> None:
    back = record("payment", "16 12:00", "payment", direction="out", amount=50000.0)
    snapshot = a_snapshot(a_deal("paid"), records=[*payments(200000.0), back])
    assert verdict(judged(snapshot), "paid.total") is Verdict.MISSING


def test_a_planned_payment_is_no_money() -> None:
    planned = record("payment", "11 12:00", "payment", due_at="25 12:00", amount=200000.0)
    found = judged(a_snapshot(a_deal("prepaid"), records=[planned]))
    assert verdict(found, "prepaid.payment") is Verdict.MISSING


@pytest.mark.parametrize(
    ("discussed", "expected"),
    [("17 18:00", Verdict.MET), ("18 9:00", Verdict.LATE), (None, Verdict.MISSING)],
)
def test_the_follow_up_has_three_working_days(discussed: str | None, expected: Verdict) -> None:
    mail = record("email", "12 12:00", "proposal", direction="out")
    calls = [call(discussed, act("proposal_discussed"))] if discussed else []
    found = judged(
        a_snapshot(a_deal("proposal"), records=[mail]),
        call("10 11:00", act("needs_clarified")),
        *calls,
    )
    assert verdict(found, "proposal.discussed") is expected
    assert len(flags(found, "follow_up_missed")) == (expected is not Verdict.MET)


def test_a_proposal_straight_in_answer_to_an_enquiry_is_flagged_with_its_call() -> None:
    mail = record("email", "10 12:00", "proposal", direction="out")
    first = call("10 11:00", act("proposal_sent", "promised", "agent"))
    found = judged(a_snapshot(a_deal("proposal"), records=[mail]), first)
    (flag,) = flags(found, "proposal_without_needs")
    assert flag.call_id == "call 10 11:00"


def test_a_proposal_after_a_meeting_is_no_answer_to_an_enquiry() -> None:
    records = [
        record(
            "meeting", "10 12:00", due_at="11 12:00", completed_at="11 13:00", result="Обсудили"
        ),
        record("email", "12 12:00", "proposal", direction="out"),
    ]
    found = judged(a_snapshot(a_deal("proposal"), records=records))
    assert flags(found, "proposal_without_needs") == []
    assert verdict(found, "meeting.needs") is Verdict.MISSING


def test_in_the_classic_cycle_the_proposal_may_come_first() -> None:
    mail = record("email", "10 12:00", "proposal", direction="out")
    found = judged(
        a_snapshot(a_deal("proposal"), template="classic_cycle", records=[mail]), call("9 11:00")
    )
    assert stands(found) == ("proposal", "meeting", Gap.NONE)
    assert flags(found, "proposal_without_needs") == []


COMPANY = {
    "category": "А",  # a Cyrillic letter, as people type it
    "employees": 60,
    "years_on_market": 8,
    "turnover": 1.5e8,
    "region": "Тверь",
    "branches": 0,
}


def test_needs_count_in_b2b_when_the_one_who_decides_told_them() -> None:
    people = [
        Contact("belova", "Анна Белова", phones=("+7 (916) 000-00-01",)),
        Contact("orlov", "Олег Орлов", phones=("8 916 000 00 02",), decision_maker=True),
    ]
    deal = a_deal("needs", contact_ids=("belova", "orlov"), fields={"needs": "800 окон"})
    snapshot = a_snapshot(deal, template="b2b_kpi", contacts=people, company_fields=COMPANY)
    needs = act("needs_clarified", speaker="agent")
    for number, stage in ((BELOVA, "decision_maker"), ("+79160000002", "offer")):
        found = judged(snapshot, call("10 11:00", needs, number=number))
        assert deal_of(found).verified_stage == stage


def test_a_won_deal_whose_every_stage_holds_stands_on_the_last_one() -> None:
    deal = a_deal("won", status=StageKind.WON, fields={"needs": "800 окон"})
    mail = record("email", "11 12:00", "proposal", direction="out")
    snapshot = a_snapshot(deal, template="b2b_kpi", records=[mail], company_fields=COMPANY)
    found = judged(
        snapshot, call("10 11:00", act("needs_clarified")), call("12 11:00", act("terms_agreed"))
    )
    assert stands(found) == ("won", "won", Gap.NONE)


def test_the_grade_says_whose_word_it_is() -> None:
    records = [record("email", "12 12:00", "proposal", direction="out")]
    snapshot = a_snapshot(a_deal("proposal"), records=records)
    told = judged(snapshot, call("11 11:00", act("meeting_held", speaker="agent")))
    grades = {r.requirement_id: r.grade for r in deal_of(told).requirements}
    assert grades["classified.conversation"] is Grade.CLIENT_CONFIRMED
    assert grades["meeting.held"] is Grade.AGENT_SAID
    assert grades["proposal.sent"] is Grade.CRM_ONLY
    assert grades["invoiced.sent"] is Grade.NOTHING
    assert grades["meeting.people"] is Grade.CRM_ONLY


def test_every_verdict_is_told_in_one_russian_sentence_with_its_rule() -> None:
    found = judged(a_snapshot(a_deal("meeting"), records=[MEETING]), call("10 11:00", BOOKING))
    for row in deal_of(found).requirements:
        assert row.explanation.endswith(".")
        assert len(row.rule_hash) == 16
    critical = [r for r in deal_of(found).requirements if r.severity is Severity.CRITICAL]
    assert len(critical) == 17
    told = explanation(found, "meeting_scheduling.slot_agrees")
    assert "24.11.2026 15:00" in told
    assert "«…»" in told
