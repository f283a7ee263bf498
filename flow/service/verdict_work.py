"""The verdicts of all deals, from the calls as they are now."""

from __future__ import annotations

import time
from dataclasses import dataclass

from core.clock import now
from flow.figures.facts import note_facts
from flow.findings import note_findings, note_verdicts
from flow.question import Question, at_present
from flow.service.workplace import Workplace
from flow.verdicts import Judgement, judged
from flow.watch import Nobody
from models.session import reading, transaction
from models.store.digests import verification_digest
from models.store.intake import current_calls, load_problems
from models.store.runs import (
    amend_run,
    begun_today,
    confirm_run,
    deals_changed,
    finish_run,
    latest_run,
    save_verification,
    start_run,
    thin_runs,
)

_KEPT_RUNS = 5
_HEARS_AGAIN_S = 20.0  # as long as one call takes; the rest waits for the next verdicts


@dataclass(frozen=True, slots=True)
class VerdictsDone:
    """What came of judging: `changed`: some verdict is other than before; `left`: see there."""

    deals: int
    flags: int
    changed: bool
    left: int  # quotes that there was no time to hear again


def work_on_verdicts(place: Workplace) -> VerdictsDone:
    """Judges all deals from the calls that are heard by now and writes down what is new.

    Raises:
        StagecheckError: the CRM snapshot, the database or the disk is not usable now.
    """
    situation = place.situation()
    question = at_present(situation.question, now())
    with reading(place.database) as session:
        ids = current_calls(session, place.source)
    until = time.monotonic() + _HEARS_AGAIN_S
    memory = place.memory
    judgement = judged(
        question,
        situation.around,
        ids,
        place.ears,
        Nobody(),
        has_time=lambda: time.monotonic() < until,
        memory=memory.opinions,
        kept=memory.kept,
    )
    changed = _written(place, question, judgement)
    verification = judgement.verification
    left = judgement.again.left
    return VerdictsDone(len(verification.deals), len(verification.flags), changed, left)


def _written(place: Workplace, question: Question, judgement: Judgement) -> bool:
    """Writes verdicts down where some are other than before; gives whether they are.

    Those on a live CRM change all day long: the day's run is brought up to date with them. Facts
    for figures change by themselves: a call that proves nothing is counted all the same.
    """
    verification, digests = judgement.verification, place.memory.digests
    with transaction(place.database) as session:
        before = latest_run(session, place.source, place.crm)
        if before is not None and before[1] == verification_digest(verification, digests):
            run, changed = before[0], False
            confirm_run(session, run, as_of=verification.as_of, now=now())
        elif (
            before is not None
            and question.request.connection
            and begun_today(session, before[0], now())
        ):
            run, changed = before[0], True
            news = deals_changed(session, run, verification, digests)
            note_verdicts(session, verification, question.snapshot, run, news)
            amend_run(session, run, verification, news, now(), digests)
        else:
            changed = True
            run = start_run(session, source=place.source, crm_source=place.crm, now=now())
            save_verification(session, run, verification, now(), digests)
            told = before[0] if before else None
            note_verdicts(session, verification, question.snapshot, told)
            finish_run(
                session,
                run,
                now=now(),
                transcriber=place.ears.transcriber.identity,
                errors=load_problems(session, place.source),
            )
            thin_runs(session, place.source, keep=_KEPT_RUNS)
        note_findings(session, question, verification, run)
        facts = note_facts(session, question, judgement, now(), place.memory.facts)
    place.memory.facts = facts  # only what is committed counts as written
    return changed
