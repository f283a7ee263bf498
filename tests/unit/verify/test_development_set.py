"""The development set's own calls, held against its CRM, give its truth."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from classify.pipeline_file import load_pipelines
from classify.verify import verify
from core.crm_settings import CrmSettings
from core.settings import VerificationSettings
from crm.snapshot import read_snapshot
from models.vocabulary.action import Action, ActionStatus, ActionType, Outcome
from models.vocabulary.call import Call, Direction, MetadataSource
from models.vocabulary.deal import CrmSnapshot
from models.vocabulary.transcript import Speaker
from models.vocabulary.verdict import DealMatch, JudgedCall, Verification

DATA = Path(__file__).parents[2] / "data" / "dev"
TRUTH: dict[str, Any] = json.loads((DATA / "truth.json").read_text(encoding="utf-8"))


def _heard(row: dict[str, Any]) -> JudgedCall:
    call = Call(
        call_id=row["call_id"],
        recording=row["recording"],
        sha256=None,
        started_at=datetime.fromisoformat(row["started_at"]),
        direction=Direction(row["direction"]),
        metadata_from=MetadataSource.FILENAME,
        client_number=row["client_number"],
        extension=row["extension"],
        user_id=row["user_id"],
        answered=True,
    )
    actions = tuple(
        Action(
            type=ActionType(a["type"]),
            status=ActionStatus(a["status"]),
            speaker=Speaker(a["speaker"]),
            quote=a["quote"],
            confidence=1.0,
            start=a["start"],
            end=a["end"],
            slots=a["slots"],
        )
        for a in row["actions"]
    )
    deal = row["deal"]
    match = DealMatch(deal["id"], 1.0, deal["method"]) if deal else None
    return JudgedCall(call, Outcome(row["outcome"]), actions, match, duration_s=row["duration_s"])


def _unrecorded(row: dict[str, Any]) -> JudgedCall:
    answered = row["disposition"] == "ANSWERED"
    call = Call(
        call_id=row["call_id"],
        recording=None,
        sha256=None,
        started_at=datetime.fromisoformat(row["started_at"]),
        direction=Direction(row["direction"]),
        metadata_from=MetadataSource.CDR,
        client_number=row["client_number"],
        extension=row["extension"],
        answered=answered,
        talk_s=90.0 if answered else 0.0,
    )
    match = DealMatch(row["deal_id"], 1.0, "phone")
    return JudgedCall(call, None, (), match, understood=False)


@pytest.fixture(scope="module")
def found() -> Verification:
    return _verified(read_snapshot(DATA / "crm.json", CrmSettings()).snapshot, _calls())


def _calls() -> list[JudgedCall]:
    calls = [_heard(row) for row in TRUTH["calls"]]
    return calls + [_unrecorded(row) for row in TRUTH["calls_without_recording"]]


def _verified(snapshot: CrmSnapshot, calls: list[JudgedCall]) -> Verification:
    return verify(
        snapshot,
        load_pipelines(None),
        calls,
        as_of=datetime.fromisoformat(TRUTH["as_of"]),
        settings=VerificationSettings(),
    )


@pytest.mark.parametrize("field", ["recorded_stage", "verified_stage", "gap"])
def test_every_deal_stands_where_the_truth_says(found: Verification, field: str) -> None:
    wanted = {deal["id"]: deal[field] for deal in TRUTH["deals"] if field in deal}
    got = {deal.deal_id: getattr(deal, field) for deal in found.deals}
    assert {deal: got[deal] for deal in wanted} == wanted


def _key(flag: dict[str, Any]) -> tuple[str, str]:
    where = f"deal {flag['deal_id']}" if flag["deal_id"] else f"call {flag['call_id']}"
    return flag["kind"], where


def _raised(found: Verification) -> Counter[tuple[str, str]]:
    return Counter(
        _key({"kind": flag.kind.value, "deal_id": flag.deal_id, "call_id": flag.call_id})
        for flag in found.flags
    )


def test_all_flags_that_must_come_come(found: Verification) -> None:
    assert {_key(flag) for flag in TRUTH["flags"]} - _raised(found).keys() == set()


def test_no_flag_comes_that_must_not(found: Verification) -> None:
    assert {_key(flag) for flag in TRUTH["flags_forbidden"]} & _raised(found).keys() == set()


def test_no_flag_comes_that_nobody_expects_and_none_twice(found: Verification) -> None:
    known = {_key(flag) for name in ("flags", "flags_possible") for flag in TRUTH[name]}
    raised = _raised(found)
    assert raised.keys() - known == set()
    assert max(raised.values()) == 1


@pytest.mark.parametrize(
    ("deal_id", "requirement", "accepted"),
    [
        (deal["id"], row["requirement"], tuple(row.get("accept", [row["verdict"]])))
        for deal in TRUTH["deals"]
        for row in deal["requirements"]
    ],
)
def test_a_requirement_comes_to_an_accepted_verdict(
    found: Verification, deal_id: str, requirement: str, accepted: tuple[str, ...]
) -> None:
    deal = next(deal for deal in found.deals if deal.deal_id == deal_id)
    rule = REQUIREMENTS[deal.pipeline_id, requirement]
    verdict = next(r.verdict.value for r in deal.requirements if r.requirement_id == rule)
    assert verdict in accepted


REQUIREMENTS = {
    ("p1", "the card exists within 15 minutes of the first call"): "lead_received.card_in_time",
    ("p1", "fields amount and order type are filled"): "classified.fields",
    (
        "p1",
        "the first contact was not a call, so a call with outcome conversation",
    ): "classified.conversation",
    (
        "p1",
        "a call reached the client and meeting_booked is done in it",
    ): "meeting_scheduling.booked",
    (
        "p1",
        "a CRM meeting says when, where or on line, and with whom",
    ): "meeting_scheduling.crm_meeting",
    (
        "p1",
        "the CRM meeting's time agrees with the spoken one within 30 minutes",
    ): "meeting_scheduling.slot_agrees",
    ("p1", "the meeting took place"): "meeting.held",
    ("p1", "needs_clarified in a call or the project fields filled"): "meeting.needs",
    ("p1", "a company and a contact with phone and name stand on the deal"): "meeting.people",
    ("p1", "the proposal went out"): "proposal.sent",
    ("p1", "the proposal went out not before needs were clarified"): "proposal.after_needs",
    (
        "p1",
        "a conversation with proposal_discussed within 3 working days of sending",
    ): "proposal.discussed",
    ("p1", "terms_agreed or contract_signed"): "negotiation.terms",
    ("p1", "the invoice went out"): "invoiced.sent",
    ("p1", "a payment in the CRM"): "prepaid.payment",
    ("p2", "company of category A or B with all fields filled"): "base.company",
    (
        "p2",
        "a contact marked decision maker with a phone, reached or identified in a conversation",
    ): "decision_maker.reached",
    ("p2", "needs_clarified with the decision maker and written in the CRM"): "needs.clarified",
    ("p2", "the proposal went out after the needs stage"): "offer.after_needs",
    ("p2", "terms_agreed or contract_signed"): "closing.terms",
    ("p3", "a call with outcome conversation"): "cold_call.conversation",
    ("p3", "the proposal went out"): "proposal.sent",
}


def test_another_managers_history_turns_no_verdict(found: Verification) -> None:
    """Every manager gets another one's deals, calls and records; what is judged stays."""
    snapshot = read_snapshot(DATA / "crm.json", CrmSettings()).snapshot
    users = [user.id for user in snapshot.users]
    other: dict[str | None, str | None] = dict(zip(users, users[1:] + users[:1], strict=True))
    turned = replace(
        snapshot,
        deals=tuple(
            replace(one, responsible_id=other.get(one.responsible_id)) for one in snapshot.deals
        ),
        stage_changes=tuple(
            replace(one, by=other.get(one.by, one.by)) for one in snapshot.stage_changes
        ),
        activities=tuple(
            replace(one, user_id=other.get(one.user_id, one.user_id)) for one in snapshot.activities
        ),
    )
    calls = [
        replace(one, call=replace(one.call, user_id=other.get(one.call.user_id)))
        for one in _calls()
    ]

    assert _verified(turned, calls).deals == found.deals
