"""What happens is written down with its commit: flags, decisions, gaps, without words or numbers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from core.clock import now
from core.settings import Settings
from core.webhook_settings import WebhookSettings
from flow.findings import note_verdicts
from flow.service import coverage_news
from flow.service.coverage_news import note_gaps
from flow.service.delivering import Post
from models.session import reading, transaction
from models.store.decisions import DecidedMeanwhileError, NewDecision, decide
from models.store.events import events_after, last_event
from models.store.runs import save_verification, start_run
from models.tables import EventRow
from models.vocabulary.event import Event, EventType
from models.vocabulary.reconciliation import Gap as CoverageGap
from models.vocabulary.reconciliation import GapKind, Reconciliation
from models.vocabulary.review import DecisionKind, DismissReason
from models.vocabulary.verdict import (
    DealVerdict,
    Gap,
    Grade,
    Promise,
    PromiseState,
    RequirementVerdict,
    Severity,
    Verdict,
    Verification,
)
from models.webhook_keys import webhook_keys
from tests.fakes.result import snapshot
from tests.fakes.told_findings import NUMBER, raise_flags, sighting


def events(database: Engine) -> list[Event]:
    with reading(database) as session:
        return events_after(session, 0, types=list(EventType))


def told_of(happened: list[Event]) -> str:
    """All that events say, but for their random names and their moments (any digits may be there)."""
    return str([(e.subject, e.deal_id, e.user_id, dict(e.payload)) for e in happened])


def decision(kind: DecisionKind, version: int = 0, *, blind: bool = False) -> NewDecision:
    return NewDecision(
        1, kind, version, None, "olga", DismissReason.MISHEARD, "слова звонка", blind
    )


def test_flags_are_told_when_they_come_go_and_come_again(database: Engine) -> None:
    one, other = sighting("a"), sighting("b", user=None, deal=None)
    raise_flags(database, one, other)
    raise_flags(database, one, other)
    raise_flags(database, replace(one, digest="other evidence"))
    raise_flags(database, one, other)
    told = [(e.type.value, e.subject, e.payload.get("again")) for e in events(database)]
    assert told == [
        ("flag.raised", "finding:1", False),
        ("flag.raised", "finding:2", False),
        ("flag.withdrawn", "finding:2", None),
        ("flag.raised", "finding:2", True),
    ]
    first, second, *_ = events(database)
    assert (first.deal_id, first.user_id, second.user_id) == ("d1", "u101", None)
    assert first.payload["kind"] == "promise_broken"
    assert NUMBER not in told_of(events(database))
    assert "79161234567" not in told_of(events(database))
    assert "обещание" not in told_of(events(database))


def test_a_decision_is_told_and_what_decides_nothing_is_not(database: Engine) -> None:
    raise_flags(database, sighting("a"))
    with transaction(database) as session:
        decide(session, decision(DecisionKind.COMMENT), now())
        decide(session, decision(DecisionKind.CONFIRM, 1, blind=True), now())
        decide(session, decision(DecisionKind.SEND, 1, blind=True), now())
        decide(session, decision(DecisionKind.DISMISS, 1), now())
        decide(session, decision(DecisionKind.SEND, 2), now())
    told = [e for e in events(database) if e.type is EventType.FLAG_DECIDED]
    assert [(e.payload["decided"], e.payload["state"], e.payload["version"]) for e in told] == [
        ("dismiss", "dismissed", 2),
        ("send", "dismissed", 3),
    ]
    assert told[0].payload["reason"] == "misheard"
    assert "слова" not in str(told)


def test_a_decision_that_came_too_late_tells_nothing(database: Engine) -> None:
    raise_flags(database, sighting("a"))
    with transaction(database) as session:
        decide(session, decision(DecisionKind.CONFIRM), now())

    def again() -> None:
        with transaction(database) as session:
            decide(session, decision(DecisionKind.DISMISS), now())

    with pytest.raises(DecidedMeanwhileError):
        again()
    assert [e.type.value for e in events(database)] == ["flag.raised", "flag.decided"]


def test_words_go_along_where_they_are_asked_for_and_numbers_never(
    database: Engine, tmp_path: Path
) -> None:
    raise_flags(database, sighting("понедельника"))
    post = Post(database, Settings(), webhook_keys(tmp_path, WebhookSettings()))
    [event] = events(database)
    [evidence] = post._evidence(event)
    assert evidence["quote"] == "пришлю на … до понедельника"
    assert evidence["start"] == 12.5
    assert NUMBER not in str(evidence)
    assert "79161234567" not in str(evidence)


def judged(gap: Gap, state: PromiseState) -> Verification:
    budget = RequirementVerdict(
        "offer", "budget", Severity.CRITICAL, Verdict.MET, Grade.NOTHING, "пояснение"
    )
    promise = Promise("proposal_sent", "agent", now(), state, "79161234567-call", "пришлю", None)
    deal = snapshot().deals[0].id
    verdict = DealVerdict(deal, "p", "offer", "offer", gap, (budget,), (promise,))
    return Verification(now(), (verdict,), ())


def test_a_run_is_held_against_the_one_before(database: Engine) -> None:
    before = None
    for verification in (
        judged(Gap.NONE, PromiseState.OPEN),
        judged(Gap.NONE, PromiseState.OPEN),
        judged(Gap.AHEAD, PromiseState.BROKEN),
        judged(Gap.AHEAD, PromiseState.BROKEN),
    ):
        with transaction(database) as session:
            run = start_run(session, source="/rec", crm_source="/crm", now=now())
            save_verification(session, run, verification, now())
            note_verdicts(session, verification, snapshot(), before)
            before = run
    changed, broken = events(database)
    assert changed.type is EventType.VERDICT_CHANGED
    assert changed.payload["gap"] == {"was": "none", "is": "ahead"}
    assert changed.payload["requirements"] == []
    assert changed.user_id == snapshot().deals[0].responsible_id
    assert broken.type is EventType.PROMISE_BROKEN
    assert "79161234567" not in told_of([changed, broken])


def test_an_event_that_was_removed_leaves_its_number_unused(database: Engine) -> None:
    raise_flags(database, sighting("a"))
    with transaction(database) as session:
        for row in session.scalars(select(EventRow)):
            session.delete(row)
    raise_flags(database, sighting("b"))
    with reading(database) as session:
        assert last_event(session) == 3  # one was raised, one was withdrawn


def test_gaps_are_told_once_while_they_are_open(
    database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_gaps: list[CoverageGap] = []
    at = now()
    monkeypatch.setattr(
        coverage_news, "account_of", lambda *_: Reconciliation(at, (), (), (), tuple(open_gaps))
    )
    day = at.date()
    silent = CoverageGap(GapKind.SOURCE_SILENT, "branch", at, 86_400.0, False, day)
    lost = replace(
        silent, kind=GapKind.UNUSABLE, call_id="79161234567", recording="79161234567.wav"
    )
    open_gaps += [silent, lost, replace(silent, age_s=60.0), replace(lost, normal=True)]
    settings = Settings()
    assert note_gaps(database, settings) == 2
    open_gaps[0] = replace(silent, age_s=90_000.0)
    assert note_gaps(database, settings) == 0
    open_gaps.clear()
    assert note_gaps(database, settings) == 0
    open_gaps.append(silent)
    assert note_gaps(database, settings) == 1
    told = events(database)
    assert [e.payload["kind"] for e in told] == ["source_silent", "unusable", "source_silent"]
    assert all(e.type is EventType.COVERAGE_GAP for e in told)
    assert "79161234567" not in told_of(told)


def test_a_database_without_calls_has_no_gaps(database: Engine) -> None:
    assert note_gaps(database, Settings()) == 0
