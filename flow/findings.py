"""The findings of a run: what its flags are in the inbox, and what is told of its verdicts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from classify.findings import sightings_of
from core.access_settings import AccessSettings
from core.clock import now
from flow.changes import news_of_findings, news_of_verdicts, read_before
from flow.question import Question
from models.store.calls import rows_of_calls
from models.store.decisions import distrusted_kinds, measured_precision
from models.store.events import add_events
from models.store.findings import FindingsChanged, heard_confidences, update_findings
from models.vocabulary.deal import CrmSnapshot
from models.vocabulary.review import Sighting
from models.vocabulary.verdict import DealVerdict, FlagKind, Verification


def note_findings(
    session: Session, question: Question, verification: Verification, run: int
) -> FindingsChanged:
    """Brings the findings to what a run raised, in the same transaction as its verdicts."""
    request = question.request
    changed = update_findings(
        session,
        sightings_in(session, verification, question.snapshot, question.settings.access),
        source=request.source,
        crm_source=request.crm_source,
        run=run,
        now=now(),
    )
    add_events(session, news_of_findings(session, changed), now())
    return changed


def sightings_in(
    session: Session,
    verification: Verification,
    snapshot: CrmSnapshot,
    settings: AccessSettings,
) -> list[Sighting]:
    """What the inbox would show of a verification; nothing is written down."""
    calls = [e.id for flag in verification.flags for e in flag.evidence if e.kind == "call"]
    distrusted = distrusted_kinds(
        measured_precision(session),
        trusted=settings.trusted_precision,
        after=settings.trusted_after,
    )
    return sightings_of(
        verification,
        {deal.id: deal.amount for deal in snapshot.deals},
        heard_confidences(session, calls),
        frozenset(map(FlagKind, distrusted)),
    )


def note_verdicts(
    session: Session,
    verification: Verification,
    snapshot: CrmSnapshot,
    before: int | None,
    changed: Sequence[DealVerdict] | None = None,
) -> None:
    """Tells what is other than in the run `before`, in the same transaction as the verdicts.

    What the first run of a source finds is no change. Where it is known which deals `changed`
    only they are looked at.
    """
    if before is None:
        return
    only = None
    if changed is not None:
        verification = replace(verification, deals=tuple(changed))
        only = [deal.deal_id for deal in changed]
    promised = [one.call_id for deal in verification.deals for one in deal.promises]
    news = news_of_verdicts(
        read_before(session, before, only),
        verification,
        {deal.id: deal.responsible_id for deal in snapshot.deals},
        rows_of_calls(session, promised),
    )
    add_events(session, news, now())
