"""What the CRM keeps with a person and with no deal counts for the deal that was open then."""

from __future__ import annotations

import pytest

from models.vocabulary.deal import Activity, Deal
from models.vocabulary.verdict import Verdict, Verification
from tests.fakes.a_deal import (
    a_deal,
    a_snapshot,
    act,
    at,
    call,
    explanation,
    flags,
    judged,
    record,
    verdict,
)
from tests.fakes.a_deal import promises as promises_of

NEEDS = act("needs_clarified", quote="нужна витрина с оплатой")
PROMISED = act("proposal_sent", "promised", "agent", quote="пришлю завтра", due="2026-11-10")
SENT = "proposal.sent"


def mail(when: str, deal: str | None = None) -> Activity:
    return record("email", when, "proposal", deal, contact_id="belova", direction="out")


def found(*records: Activity, others: tuple[Deal, ...] = ()) -> Verification:
    snapshot = a_snapshot(a_deal("proposal"), *others, records=records)
    return judged(snapshot, call("9 11:00", NEEDS, PROMISED))


def second() -> Deal:
    return a_deal("classified", id="d2", name="Второй сайт")


def test_without_the_mail_the_proposal_is_missing() -> None:
    assert verdict(found(), SENT) is Verdict.MISSING
    assert [p.state.value for p in promises_of(found(), "proposal_sent")] == ["broken"]


def test_a_mail_from_the_contacts_card_proves_the_only_open_deal() -> None:
    told = found(mail("9 18:00"))
    assert verdict(told, SENT) is Verdict.MET
    assert [p.state.value for p in promises_of(told, "proposal_sent")] == ["kept"]
    assert flags(told, "promise_broken") == []


@pytest.mark.parametrize("closed", ["8 12:00", "9 17:59"])
def test_a_deal_that_was_closed_by_then_takes_nothing(closed: str) -> None:
    old = a_deal("lost", id="d2", created_at=at("2 9:00"), closed_at=at(closed))
    told = found(mail("9 18:00"), others=(old,))
    assert verdict(told, SENT) is Verdict.MET


def test_with_two_open_deals_it_is_nobodys_proof_and_nobodys_lack() -> None:
    told = found(mail("9 18:00"), others=(second(),))
    assert verdict(told, SENT) is Verdict.UNKNOWN
    assert "к другой сделке клиента" in explanation(told, SENT)
    assert [p.state.value for p in promises_of(told, "proposal_sent")] == ["unknown"]
    assert flags(told, "promise_broken") == []


def test_what_proves_nothing_leaves_the_lack_a_lack() -> None:
    note = record("note", "9 18:00", deal=None, contact_id="belova")
    told = found(note, others=(second(),))
    assert verdict(told, SENT) is Verdict.MISSING


def test_a_mail_long_before_the_card_is_of_something_else() -> None:
    assert verdict(found(mail("2 18:00")), SENT) is Verdict.MISSING


def test_a_mail_of_another_deal_stays_with_it() -> None:
    told = found(mail("9 18:00", "d2"), others=(second(),))
    assert verdict(told, SENT) is Verdict.MISSING


def test_a_call_without_recording_on_the_contact_hides_what_was_said() -> None:
    unheard = record("call", "9 18:00", deal=None, contact_id="belova")
    for others in ((), (second(),)):
        told = found(unheard, others=others)
        assert verdict(told, SENT) is Verdict.UNKNOWN
