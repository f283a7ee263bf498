"""A requirement that somebody waived: it holds nobody back, and what the machine says stays."""

from __future__ import annotations

from classify.findings import sightings_of
from classify.pipeline_file import load_pipelines
from classify.verification.money import asks_for_money
from models.vocabulary.verdict import Gap, Grade, Verdict, Verification, Waived, Waiver
from tests.fakes.a_deal import (
    a_deal,
    a_snapshot,
    act,
    at,
    call,
    deal_of,
    explanation,
    flags,
    judged,
    record,
    verdict,
)

BOOKED, IN_CRM, SAME_TIME = (
    f"meeting_scheduling.{name}" for name in ("booked", "crm_meeting", "slot_agrees")
)
AHEAD = a_snapshot(a_deal("proposal"))


def waived(requirement: str, stage: str = "meeting_scheduling") -> Waiver:
    return Waiver(stage, requirement, "Анна", at("18 12:00"), "Старый клиент")


def keys(found: Verification) -> dict[str, str]:
    return {one.flag.kind.value: one.key for one in sightings_of(found, {}, {})}


def test_a_waived_requirement_holds_nobody_back_and_the_machines_word_stays() -> None:
    without = judged(AHEAD, call("10 11:00"))
    assert deal_of(without).verified_stage == "meeting_scheduling"
    found = judged(AHEAD, call("10 11:00"), waivers=[waived(BOOKED)])
    assert verdict(found, BOOKED) is Verdict.WAIVED
    [told] = [one for one in deal_of(found).requirements if one.requirement_id == BOOKED]
    assert told.waived == Waived(Verdict.MISSING, "Анна", at("18 12:00"), "Старый клиент")
    assert told.grade is Grade.NOTHING
    assert explanation(found, BOOKED) == explanation(without, BOOKED)
    assert deal_of(found).verified_stage == "meeting_scheduling", "two more hold it back"
    every = [waived(name) for name in (BOOKED, IN_CRM, SAME_TIME)]
    assert deal_of(judged(AHEAD, call("10 11:00"), waivers=every)).verified_stage == "meeting"


def test_what_depends_on_a_waived_requirement_is_judged_by_itself() -> None:
    without = judged(AHEAD, call("10 11:00"))
    assert "сверять нечего" in explanation(without, SAME_TIME)
    found = judged(AHEAD, call("10 11:00"), waivers=[waived(BOOKED), waived(IN_CRM)])
    assert verdict(found, SAME_TIME) is Verdict.MISSING
    assert "сверять нечего" not in explanation(found, SAME_TIME)


def test_a_waiver_of_another_deal_or_stage_is_none() -> None:
    found = judged(AHEAD, call("10 11:00"), waivers=[waived(BOOKED, "proposal")])
    assert verdict(found, BOOKED) is Verdict.MISSING
    other = judged(a_snapshot(a_deal("proposal", id="d2")), waivers=[waived(BOOKED)])
    assert all(one.waived is None for one in deal_of(other, "d2").requirements)


def test_what_is_met_after_all_is_met() -> None:
    booking = act("meeting_booked", datetime="2026-11-24T15:00:00+03:00")
    found = judged(AHEAD, call("10 11:00", booking), waivers=[waived(BOOKED)])
    [told] = [one for one in deal_of(found).requirements if one.requirement_id == BOOKED]
    assert told.verdict is Verdict.MET
    assert told.waived is not None
    assert told.waived.verdict is Verdict.MET


def test_the_flag_of_a_waived_requirement_goes_whoever_would_raise_it() -> None:
    booking = act("meeting_booked", datetime="2026-11-12T15:00:00+03:00")
    meeting = record("meeting", "10 11:20", due_at="13 10:00", place="у нас")
    snapshot = a_snapshot(a_deal("meeting"), records=[meeting])
    before = judged(snapshot, call("10 11:00", booking), as_of="11 18:00")
    assert flags(before, "slot_mismatch")
    [raised] = [
        one
        for one in deal_of(before).requirements
        if one.verdict is Verdict.CONTRADICTED and one.stage == "meeting_scheduling"
    ]
    waiver = waived(raised.requirement_id)
    after = judged(snapshot, call("10 11:00", booking), as_of="11 18:00", waivers=[waiver])
    assert not flags(after, "slot_mismatch")


def test_money_is_believed_from_the_crm_alone() -> None:
    paid = a_snapshot(a_deal("paid"))
    rules = load_pipelines(None)["web_studio"]
    waivers = [waived(one.id, stage.key) for _, stage, one in rules.requirements()]
    money = {
        one.id: stage.key for _, stage, one in rules.requirements() if asks_for_money(one.check)
    }
    assert money == {"prepaid.payment": "prepaid", "paid.total": "paid"}
    found = judged(paid, call("10 11:00"), waivers=waivers)
    for name in money:
        assert verdict(found, name) is not Verdict.WAIVED
    assert deal_of(found).verified_stage == "prepaid"
    assert deal_of(found).gap is Gap.AHEAD
    assert {one.requirement_id for one in deal_of(found).requirements if not one.waivable} == set(
        money
    )


def test_what_holds_back_after_a_waiver_is_a_finding_of_its_own() -> None:
    before = keys(judged(AHEAD, call("10 11:00")))
    after = keys(judged(AHEAD, call("10 11:00"), waivers=[waived(BOOKED)]))
    assert "stage_ahead_of_reality" in after
    assert before["stage_ahead_of_reality"] != after["stage_ahead_of_reality"]
    again = keys(judged(AHEAD, call("10 11:00")))
    assert again == before
