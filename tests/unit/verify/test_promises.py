"""What was promised in a call, and what came of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from models.vocabulary.deal import Activity
from models.vocabulary.verdict import FlagSeverity, JudgedCall, PromiseState
from tests.fakes.a_deal import (
    STRANGER,
    a_deal,
    a_snapshot,
    act,
    call,
    flags,
    judged,
    promises,
    record,
    unrecorded,
)

PROPOSAL = act("proposal_sent", "promised", "agent", due="2026-11-12")
CALL_BACK = act("follow_up_agreed", datetime="2026-11-12T11:00:00+03:00")


def proposal_state(
    *records: Activity, calls: tuple[JudgedCall, ...] = (), as_of: str = "20 18:00"
) -> PromiseState:
    snapshot = a_snapshot(a_deal("meeting"), records=records)
    found = judged(snapshot, call("10 11:00", PROPOSAL), *calls, as_of=as_of)
    (promise,) = promises(found, "proposal_sent")
    return promise.state


def sent(when: str) -> Activity:
    return record("email", when, "proposal", direction="out")


def test_a_document_sent_on_the_last_evening_is_kept() -> None:
    assert proposal_state(sent("12 23:30")) is PromiseState.KEPT


def test_a_document_sent_the_day_after_is_late_and_flagged() -> None:
    assert proposal_state(sent("13 9:00")) is PromiseState.LATE
    found = judged(
        a_snapshot(a_deal("meeting"), records=[sent("13 9:00")]), call("10 11:00", PROPOSAL)
    )
    (flag,) = flags(found, "promise_broken")
    assert (flag.severity, flag.call_id) == (FlagSeverity.MEDIUM, "call 10 11:00")


@pytest.mark.parametrize("start", [41.5, None])
def test_a_broken_promise_shows_its_words_and_their_second(start: float | None) -> None:
    said = replace(PROPOSAL, quote="пришлю в четверг", start=start)
    found = judged(a_snapshot(a_deal("meeting")), call("10 11:00", said))
    (flag,) = flags(found, "promise_broken")
    [shown] = flag.evidence
    assert (shown.kind, shown.id) == ("call", "call 10 11:00")
    assert (shown.quote, shown.start) == ("пришлю в четверг", start)


def test_a_call_back_that_nobody_made_shows_its_second() -> None:
    said = replace(CALL_BACK, start=17.25)
    (flag,) = flags(
        judged(a_snapshot(a_deal("meeting")), call("10 11:00", said)), "no_show_of_agent"
    )
    assert [shown.start for shown in flag.evidence] == [17.25]


def test_a_document_sent_before_the_promise_does_not_keep_it() -> None:
    assert proposal_state(sent("10 10:00")) is PromiseState.BROKEN


def test_the_clients_word_that_it_came_keeps_the_promise() -> None:
    later = call("13 11:00", act("proposal_discussed"))
    assert proposal_state(calls=(later,)) is PromiseState.KEPT


def test_the_day_is_not_over_before_midnight() -> None:
    assert proposal_state(as_of="12 18:00") is PromiseState.OPEN
    assert proposal_state(as_of="13 0:01") is PromiseState.BROKEN


def test_a_call_without_words_after_the_promise_may_have_settled_it() -> None:
    assert proposal_state(calls=(unrecorded("12 11:00"),)) is PromiseState.UNKNOWN


def test_a_day_off_moves_the_deadline_to_the_next_working_day() -> None:
    saturday = act("proposal_sent", "promised", "agent", due="2026-11-14")
    snapshot = a_snapshot(a_deal("meeting"), records=[sent("16 17:00")])
    (promise,) = promises(judged(snapshot, call("10 11:00", saturday)), "proposal_sent")
    assert promise.state is PromiseState.KEPT


def test_a_promise_without_a_day_stays_open_for_a_month() -> None:
    undated = call("10 11:00", act("proposal_sent", "promised", "agent"))
    snapshot = a_snapshot(a_deal("meeting"))
    (promise,) = promises(judged(snapshot, undated), "proposal_sent")
    assert promise.state is PromiseState.OPEN
    (promise,) = promises(judged(snapshot, undated, undated_promise_days=5), "proposal_sent")
    assert promise.state is PromiseState.BROKEN


def test_a_promise_renewed_before_its_day_is_replaced() -> None:
    renewed = call("12 9:00", act("proposal_sent", "promised", "agent", due="2026-11-23"))
    found = judged(a_snapshot(a_deal("meeting")), call("10 11:00", PROPOSAL), renewed)
    assert [(p.due, p.state) for p in promises(found, "proposal_sent")] == [
        ("2026-11-23", PromiseState.OPEN)
    ]


def test_a_promise_renewed_after_its_day_was_broken() -> None:
    renewed = call("16 9:00", act("proposal_sent", "promised", "agent", due="2026-11-23"))
    found = judged(a_snapshot(a_deal("meeting")), call("10 11:00", PROPOSAL), renewed)
    assert [p.state for p in promises(found, "proposal_sent")] == [
        PromiseState.BROKEN,
        PromiseState.OPEN,
    ]


def test_the_clients_unpaid_word_weighs_little() -> None:
    found = judged(
        a_snapshot(a_deal("prepaid")),
        call("10 11:00", act("payment", "promised", due="2026-11-12", amount=1000.0)),
    )
    (flag,) = flags(found, "promise_broken")
    assert flag.severity is FlagSeverity.LOW


def test_money_is_believed_from_the_crm_and_words_only_stay_the_accusation() -> None:
    found = judged(
        a_snapshot(a_deal("prepaid")),
        call("10 11:00", act("payment", "promised", due="2026-11-12")),
        call("13 11:00", act("payment")),
    )
    (promise,) = promises(found, "payment")
    assert promise.state is PromiseState.UNKNOWN
    paid = a_snapshot(
        a_deal("prepaid"), records=[record("payment", "12 15:00", "payment", direction="in")]
    )
    found = judged(paid, call("10 11:00", act("payment", "promised", due="2026-11-12")))
    assert [p.state for p in promises(found, "payment")] == [PromiseState.KEPT]


def test_a_signed_contract_in_the_crm_keeps_the_clients_promise() -> None:
    scan = record("document", "12 15:00", "contract", direction="in", result="Подписан")
    draft = record("document", "11 15:00", "contract", direction="in", result="не подписан")
    promise = call("10 11:00", act("contract_signed", "promised", due="2026-11-12"))
    for records, state in (([scan], PromiseState.KEPT), ([draft], PromiseState.BROKEN)):
        found = judged(a_snapshot(a_deal("negotiation"), records=records), promise)
        assert [p.state for p in promises(found, "contract_signed")] == [state]


def test_who_signs_had_the_contract_and_who_pays_had_the_invoice() -> None:
    records = [
        record("document", "12 15:00", "contract", direction="in", result="signed"),
        record("payment", "12 16:00", "payment", direction="in", amount=1000.0),
    ]
    promised = [
        act("contract_sent", "promised", "agent", due="2026-11-12"),
        act("invoice_sent", "promised", "agent", due="2026-11-12"),
    ]
    found = judged(a_snapshot(a_deal("prepaid"), records=records), call("10 11:00", *promised))
    assert {p.state for p in found.deals[0].promises} == {PromiseState.KEPT}


@pytest.mark.parametrize(
    ("later", "state", "raised"),
    [
        (unrecorded("12 11:10", answered=False), PromiseState.KEPT, 0),
        (call("12 11:30"), PromiseState.KEPT, 0),
        (call("11 16:00", direction="in"), PromiseState.KEPT, 0),
        (call("12 15:00"), PromiseState.LATE, 0),
        (call("13 9:00"), PromiseState.LATE, 1),
        (unrecorded("12 10:00", answered=False, direction="in"), PromiseState.BROKEN, 1),
        (call("12 11:00", deal="d2", number=STRANGER), PromiseState.BROKEN, 1),
    ],
    ids=[
        "tried, nobody answered",
        "half an hour late",
        "the client called before",
        "the same afternoon",
        "the next day",
        "the client tried in vain",
        "somebody else was called",
    ],
)
def test_a_call_back_is_kept_by_any_attempt_in_time(
    later: JudgedCall, state: PromiseState, raised: int
) -> None:
    found = judged(a_snapshot(a_deal("classified")), call("10 11:00", CALL_BACK), later)
    assert [p.state for p in promises(found, "follow_up_agreed")] == [state]
    assert len(flags(found, "no_show_of_agent")) == raised


def test_without_the_pbx_ledger_an_unanswered_attempt_cannot_be_ruled_out() -> None:
    from dataclasses import replace

    from models.vocabulary.call import MetadataSource

    def from_name_only(one: JudgedCall) -> JudgedCall:
        facts = replace(one.call, metadata_from=MetadataSource.FILENAME)
        return replace(one, call=facts)

    first = from_name_only(call("10 11:00", CALL_BACK))
    begin = from_name_only(call("1 9:00", outcome="voicemail", deal=None, number=None))
    found = judged(a_snapshot(a_deal("classified")), first, since=begin)
    assert [p.state for p in promises(found, "follow_up_agreed")] == [PromiseState.UNKNOWN]
    assert flags(found, "no_show_of_agent") == []


def test_a_call_back_offered_to_a_machine_is_no_agreement() -> None:
    offered = act("follow_up_agreed", "proposed", "agent", date="2026-11-11")
    found = judged(a_snapshot(a_deal("classified")), call("10 11:00", offered, outcome="voicemail"))
    assert promises(found, "follow_up_agreed") == []


def test_a_client_who_wants_to_call_back_is_no_no_show_of_ours() -> None:
    mine = act("follow_up_agreed", quote="Я сама вам перезвоню во вторник", date="2026-11-11")
    found = judged(a_snapshot(a_deal("classified")), call("10 11:00", mine))
    assert [p.by for p in promises(found, "follow_up_agreed")] == ["client"]
    assert flags(found, "no_show_of_agent") == []
    assert [f.severity for f in flags(found, "promise_broken")] == [FlagSeverity.LOW]


def test_a_stranger_who_was_not_called_back_is_a_no_show_without_a_deal() -> None:
    promised = call("10 11:00", CALL_BACK, PROPOSAL, deal=None, number=STRANGER, direction="in")
    found = judged(a_snapshot(a_deal("classified")), promised)
    (flag,) = flags(found, "no_show_of_agent")
    assert (flag.deal_id, flag.call_id) == (None, "call 10 11:00")
    assert flags(found, "promise_broken") == []  # no deal, so no CRM to prove either way


def test_one_missed_call_raises_one_flag() -> None:
    snapshot = a_snapshot(a_deal("proposal"), records=[sent("10 12:00")])
    call_back = act("follow_up_agreed", date="2026-11-12")
    found = judged(snapshot, call("10 12:30", act("needs_clarified"), call_back))
    assert len(flags(found, "no_show_of_agent")) == 1
    assert flags(found, "follow_up_missed") == []


def test_a_lost_deal_owes_nothing_that_was_due_later() -> None:
    from models.vocabulary.deal import StageKind
    from tests.fakes.a_deal import at

    lost = a_deal("lost", status=StageKind.LOST, closed_at=at("11 12:00"))
    found = judged(a_snapshot(lost), call("10 11:00", PROPOSAL, CALL_BACK))
    assert {p.state for p in found.deals[0].promises} == {PromiseState.UNKNOWN}
    assert flags(found, "promise_broken") == flags(found, "no_show_of_agent") == []
