"""The verdicts of all deals, from the calls as they are now."""

from __future__ import annotations

import time
from dataclasses import dataclass

from core.clock import now
from flow.run import judged
from flow.service.workplace import Workplace
from flow.watch import Nobody
from models.session import reading, transaction
from models.store.intake import current_calls, load_problems
from models.store.runs import (
    confirm_run,
    finish_run,
    latest_run,
    save_verification,
    start_run,
    thin_runs,
    verification_digest,
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
    with reading(place.database) as session:
        ids = current_calls(session, place.source)
    until = time.monotonic() + _HEARS_AGAIN_S
    verification, again = judged(
        situation.question,
        situation.around,
        ids,
        place.ears,
        Nobody(),
        has_time=lambda: time.monotonic() < until,
        memory=place.opinions,
    )
    crm = str(place.request.crm.resolve())
    with transaction(place.database) as session:
        before = latest_run(session, place.source, crm)
        changed = before is None or before[1] != verification_digest(verification)
        if before is not None and not changed:
            confirm_run(session, before[0], as_of=verification.as_of, now=now())
        else:
            run = start_run(session, source=place.source, crm_source=crm, now=now())
            save_verification(session, run, verification)
            finish_run(
                session,
                run,
                now=now(),
                transcriber=place.ears.transcriber.identity,
                errors=load_problems(session, place.source),
            )
            thin_runs(session, place.source, keep=_KEPT_RUNS)
    return VerdictsDone(len(verification.deals), len(verification.flags), changed, again.left)
