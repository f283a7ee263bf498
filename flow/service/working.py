"""A job from its claim to its end: signs of life, a limit of time, and what becomes of failures."""

from __future__ import annotations

import os
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta

import structlog

from core.clock import now
from core.logs import get_logger
from core.pauses import doubled_s
from flow.service.background import again_and_again
from flow.service.call_work import work_on_call
from flow.service.crm_preview_work import work_on_crm_preview
from flow.service.preview_work import work_on_preview
from flow.service.report_work import work_on_report
from flow.service.verdict_work import work_on_verdicts
from flow.service.workplace import Workplace
from models.session import reading, transaction
from models.store.claims import beat, claim, finish, give_back, quarantine
from models.store.jobs import ask_for, last_took_s
from models.store.unusable import set_aside_recording
from models.vocabulary.errors import StagecheckError
from models.vocabulary.work import Claim, JobKind, Lane, Want

_log = get_logger("service.work")
_TOO_LONG = 70  # exit status of a worker that was stuck in its work
_REST = 4  # work that is done again and again rests this many times as long as it took


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a job: the sound that was transcribed, and the work that follows from it."""

    audio_s: float | None = None
    wants: tuple[Want, ...] = ()


def do_job(place: Workplace, job: int, worker: str) -> bool:
    """Does a job if it still waits, and gives whether it did. What fails is written down.

    Raises:
        StagecheckError: the database cannot be used; the job is found again by the sweep.
    """
    with transaction(place.database) as session:
        ours = claim(session, job, worker=worker, token=uuid.uuid4().hex, now=now())
    if ours is None:
        return False
    began = time.monotonic()
    with (
        structlog.contextvars.bound_contextvars(
            job=ours.id, kind=ours.kind.value, call=_call(ours)
        ),
        _signs_of_life(place, ours),
    ):
        try:
            done = _done(place, ours)
        except StagecheckError as error:
            _log.warning("cannot be done now", error=type(error).__name__)
            _wait(place, ours, error)
        except Exception as error:  # noqa: BLE001 - one odd call must not stop the others
            _log.warning("failed", error=type(error).__name__, exc_info=error)
            give_up(place, ours, "failed", f"an unexpected {type(error).__name__} ({error})")
        else:
            _end(place, ours, done, time.monotonic() - began)
    return True


def give_up(place: Workplace, ours: Claim, error: str, detail: str) -> None:
    """Lets a failed job wait for another try; after the last one its recording is set aside.

    A call without a usable recording still has a deal, so that its job is done once more for that.
    """
    settings = place.settings.service
    with transaction(place.database) as session:
        if ours.tries < settings.tries:
            pause = timedelta(seconds=doubled_s(settings.retry_s, ours.tries))
            give_back(session, ours, due_at=now() + pause, error=error, detail=detail, counts=True)
        elif ours.kind is JobKind.CALL and set_aside_recording(
            session, int(ours.subject), error, detail
        ):
            give_back(session, ours, due_at=now(), error=error, detail=detail, counts=False)
        else:
            quarantine(session, ours, now=now(), error=error, detail=detail)


def _done(place: Workplace, ours: Claim) -> Done:
    match ours.kind:
        case JobKind.CALL:
            call = work_on_call(place, int(ours.subject))
            return Done(call.audio_s, (_verdicts(place, ours.lane),) if call.changed else ())
        case JobKind.VERDICTS:
            return _judged(place)
        case JobKind.PREVIEW:
            work_on_preview(place, int(ours.subject))
            return Done()
        case JobKind.CRM_PREVIEW:
            work_on_crm_preview(place, int(ours.subject))
            return Done()
        case JobKind.REPORT:
            work_on_report(place)
            return Done()


def _judged(place: Workplace) -> Done:
    verdicts = work_on_verdicts(place)
    _log.info("judged", deals=verdicts.deals, flags=verdicts.flags, changed=verdicts.changed)
    wants = [_verdicts(place, Lane.BACKLOG)] if verdicts.left else []
    if place.request.html is not None:
        wants.append(_want(place, JobKind.REPORT, Lane.BACKLOG, _rest(place, JobKind.REPORT)))
    return Done(None, tuple(wants))


def _verdicts(place: Workplace, lane: Lane) -> Want:
    """Verdicts at once after one of today's calls, now and then while a backlog is worked off."""
    if lane is Lane.FRESH:
        return _want(place, JobKind.VERDICTS, lane, 0.0)
    rest_s = max(place.settings.service.settle_s, _rest(place, JobKind.VERDICTS))
    return _want(place, JobKind.VERDICTS, lane, rest_s)


def _rest(place: Workplace, kind: JobKind) -> float:
    with reading(place.database) as session:
        return _REST * last_took_s(session, kind, place.source)


def _want(place: Workplace, kind: JobKind, lane: Lane, wait_s: float) -> Want:
    limit_s = place.settings.service.limit_s
    return Want(kind, place.source, lane, now() + timedelta(seconds=wait_s), limit_s, revive=True)


def _end(place: Workplace, ours: Claim, done: Done, took_s: float) -> None:
    with transaction(place.database) as session:
        finish(session, ours, now=now(), took_s=took_s, audio_s=done.audio_s)
        ask_for(session, done.wants, now())
    _log.info("done", took_s=round(took_s, 2), audio_s=done.audio_s)


def _wait(place: Workplace, ours: Claim, error: StagecheckError) -> None:
    """What the machine or the input is to blame for does not count against the job."""
    due_at = now() + timedelta(seconds=place.settings.service.retry_s)
    # A full disk takes no such line either: then the sweep finds the job.
    with suppress(StagecheckError), transaction(place.database) as session:
        give_back(session, ours, due_at=due_at, error="waits", detail=str(error), counts=False)


def _call(ours: Claim) -> int | None:
    return int(ours.subject) if ours.kind is JobKind.CALL else None


@contextmanager
def _signs_of_life(place: Workplace, ours: Claim) -> Iterator[None]:
    """Says again and again that we are at it; ends the process where the work takes too long.

    Code in a library cannot be interrupted in any other way; whoever started the process starts
    another one.
    """
    until, every_s = time.monotonic() + ours.limit_s, place.settings.service.beat_s

    def watch(_ended: threading.Event) -> None:
        if time.monotonic() >= until:
            _log.error("took too long", limit_s=ours.limit_s, job=ours.id)
            with suppress(StagecheckError):
                give_up(place, ours, "too_long", f"took longer than {ours.limit_s:.0f} s")
            os._exit(_TOO_LONG)
        with transaction(place.database) as session:
            beat(session, ours, now())

    with again_and_again("signs of life", every_s, watch, first_s=every_s):
        yield
