"""Jobs as rows: whoever asks, claims, falls silent or sets the clock, each is done and done once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, select

from models.session import reading, transaction
from models.store.claims import beat, claim, finish, free_jobs_of, give_back, quarantine, sweep
from models.store.jobs import ask_for, drop_jobs, mark_rung, retry, waiting_jobs
from models.store.tallies import lane_tallies, quarantined_jobs
from models.tables import CallRow, JobRow, RecordingRow
from models.vocabulary.work import Claim, JobKind, JobState, Lane, Want

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LANES = (Lane.FRESH, Lane.BACKLOG)


def want(
    kind: JobKind = JobKind.VERDICTS,
    subject: str = "/calls",
    lane: Lane = Lane.BACKLOG,
    due_at: datetime = NOW,
    **more: bool,
) -> Want:
    return Want(kind, subject, lane, due_at, 600.0, **more)


def ask(database: Engine, *wants: Want) -> list[int]:
    with transaction(database) as session:
        return ask_for(session, wants, NOW)


def take(database: Engine, job: int, worker: str = "w", now: datetime = NOW) -> Claim | None:
    with transaction(database) as session:
        return claim(session, job, worker=worker, token=worker, now=now)


def taken(database: Engine, job: int, worker: str = "w", now: datetime = NOW) -> Claim:
    ours = take(database, job, worker, now)
    assert ours is not None
    return ours


def row(database: Engine, job: int) -> JobRow:
    with reading(database) as session:
        return session.get_one(JobRow, job)


def waiting(database: Engine, now: datetime = NOW) -> list[int]:
    with reading(database) as session:
        return waiting_jobs(session, LANES, now, 100)


def swept(
    database: Engine, now: datetime, most: int = 3
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    with transaction(database) as session:
        found = sweep(session, now, stuck_s=60, most_tries=most)
    return found.given_back, found.quarantined


def test_of_two_workers_one_gets_the_job(database: Engine) -> None:
    [job] = ask(database, want())
    with ThreadPoolExecutor(8) as workers:
        found = list(workers.map(lambda name: take(database, job, f"w{name}"), range(8)))
    assert len([one for one in found if one is not None]) == 1


def test_asking_again_makes_no_second_job(database: Engine) -> None:
    assert ask(database, want()) == ask(database, want())


def test_what_was_asked_for_while_it_was_done_is_done_once_more(database: Engine) -> None:
    [job] = ask(database, want())
    ours = taken(database, job)
    assert ask(database, want(due_at=NOW + MINUTE)) == []
    with transaction(database) as session:
        assert finish(session, ours, now=NOW, took_s=1.0)
    assert waiting(database) == []
    assert waiting(database, NOW + MINUTE) == [job]


def test_a_job_that_is_done_rests_until_it_is_asked_for(database: Engine) -> None:
    [job] = ask(database, want())
    with transaction(database) as session:
        finish(session, taken(database, job), now=NOW, took_s=1.0)
    assert row(database, job).state == JobState.DONE
    assert ask(database, want()) == [job]


def test_a_more_urgent_wish_hastens_a_job_and_a_lesser_one_does_not_hold_it_up(
    database: Engine,
) -> None:
    [job] = ask(database, want(due_at=NOW + MINUTE))
    ask(database, want(lane=Lane.FRESH))
    ask(database, want(due_at=NOW + MINUTE))
    assert row(database, job).lane == Lane.FRESH
    assert waiting(database) == [job]


def test_todays_calls_come_before_all_others_and_verdicts_before_calls(database: Engine) -> None:
    old = ask(database, *(want(JobKind.CALL, str(n)) for n in range(3)))
    [report] = ask(database, want(JobKind.REPORT))
    [fresh] = ask(database, want(JobKind.CALL, "9", Lane.FRESH))
    [verdicts] = ask(database, want(JobKind.VERDICTS, lane=Lane.FRESH))
    assert waiting(database) == [verdicts, fresh, report, *old]


def test_a_job_that_is_not_due_is_not_claimed(database: Engine) -> None:
    [job] = ask(database, want(due_at=NOW + MINUTE))
    assert take(database, job) is None


def test_a_silent_worker_loses_its_job_and_what_it_says_later_changes_nothing(
    database: Engine,
) -> None:
    [job] = ask(database, want())
    lost = taken(database, job, "lost")
    assert swept(database, NOW + MINUTE / 2) == ((), ())
    assert swept(database, NOW + 2 * MINUTE) == ((job,), ())
    other = taken(database, job, "other", NOW + 2 * MINUTE)
    with transaction(database) as session:
        assert not beat(session, lost, NOW)
        assert not finish(session, lost, now=NOW, took_s=1.0)
        assert not give_back(session, lost, due_at=NOW, error="e", detail="d", counts=True)
        assert not quarantine(session, lost, now=NOW, error="e", detail="d")
        assert beat(session, other, NOW)
    assert row(database, job).worker == "other"


def test_signs_of_life_keep_a_job(database: Engine) -> None:
    [job] = ask(database, want())
    ours = taken(database, job)
    with transaction(database) as session:
        beat(session, ours, NOW + 2 * MINUTE)
    assert swept(database, NOW + 2.5 * MINUTE) == ((), ())


def test_a_job_that_kills_its_workers_is_set_aside_and_tried_again_when_asked_for(
    database: Engine,
) -> None:
    [job] = ask(database, want())
    at = NOW
    for _ in range(2):
        taken(database, job, now=at)
        at += 2 * MINUTE
        assert swept(database, at) == ((job,), ())
    taken(database, job, now=at)
    assert swept(database, at + 2 * MINUTE) == ((), (job,))
    with reading(database) as session:
        [aside] = quarantined_jobs(session)
    assert (aside.name, aside.error) == (f"job:{job}", "worker_lost")
    assert ask(database, want()) == [], "asking does not take it out"
    with transaction(database) as session:
        assert retry(session, [job], at) == [job]
    assert row(database, job).tries == 0


def test_verdicts_come_back_by_themselves_where_the_wish_says_so(database: Engine) -> None:
    [job] = ask(database, want())
    with transaction(database) as session:
        quarantine(session, taken(database, job), now=NOW, error="failed", detail="d")
    assert ask(database, want(revive=True)) == [job]


def test_a_call_that_kills_its_workers_goes_on_without_its_recording(database: Engine) -> None:
    with transaction(database) as session:
        session.add(
            RecordingRow(sha256="ab", files=["/a.wav"], state="arrived", arrived_at=NOW, notes=[])
        )
        session.flush()
        call = CallRow(
            source="/calls",
            call_id="c",
            recording="a.wav",
            sha256="ab",
            started_at=NOW,
            metadata_from="file",
            started_at_exact=True,
            account="",
            in_cdr=False,
        )
        session.add(call)
        session.flush()
        subject = str(call.id)
    [job] = ask(database, want(JobKind.CALL, subject))
    taken(database, job)
    assert swept(database, NOW + 2 * MINUTE, most=1) == ((job,), ())
    with reading(database) as session:
        recording = session.scalars(select(RecordingRow)).one()
        assert (recording.state, recording.error) == ("unusable", "worker_lost")
    taken(database, job, now=NOW + 2 * MINUTE)
    assert swept(database, NOW + 4 * MINUTE, most=1) == ((), (job,)), "not for ever"


@pytest.mark.parametrize("jump", [timedelta(days=-30), timedelta(hours=-1)])
def test_a_clock_set_back_holds_nothing_up(database: Engine, jump: timedelta) -> None:
    [running] = ask(database, want())
    [waits] = ask(database, want(JobKind.REPORT, due_at=NOW + timedelta(seconds=30)))
    taken(database, running)
    then = NOW + jump
    assert swept(database, then) == ((), ()), "its worker may well live"
    assert swept(database, then + 2 * MINUTE) == ((running,), ())
    due = row(database, waits).due_at
    assert due <= max(then + timedelta(days=1), NOW + timedelta(seconds=30))


def test_a_clock_set_forward_gives_work_to_a_second_worker_at_most(database: Engine) -> None:
    [job] = ask(database, want())
    first = taken(database, job, "first")
    later = NOW + timedelta(days=30)
    assert swept(database, later) == ((job,), ())
    second = taken(database, job, "second", later)
    with transaction(database) as session:
        assert not finish(session, first, now=later, took_s=1.0)
        assert finish(session, second, now=later, took_s=1.0)


def test_what_the_machine_is_to_blame_for_is_no_try(database: Engine) -> None:
    [job] = ask(database, want())
    with transaction(database) as session:
        give_back(
            session, taken(database, job), due_at=NOW, error="waits", detail="d", counts=False
        )
    assert row(database, job).tries == 0
    with transaction(database) as session:
        give_back(session, taken(database, job), due_at=NOW, error="e", detail="d", counts=True)
    assert row(database, job).tries == 1


def test_bells_ring_once_for_each_job(database: Engine) -> None:
    jobs = ask(database, *(want(JobKind.CALL, str(n)) for n in range(3)))
    with transaction(database) as session:
        mark_rung(session, jobs[:2], NOW)
        assert waiting_jobs(session, LANES, NOW, 10, not_rung=True) == jobs[2:]
        assert waiting_jobs(session, LANES, NOW, 10) == jobs


def test_jobs_of_calls_that_are_gone_end(database: Engine) -> None:
    gone, stays = ask(database, want(JobKind.CALL, "1"), want(JobKind.CALL, "2"))
    with transaction(database) as session:
        drop_jobs(session, JobKind.CALL, ["1"], NOW)
    assert waiting(database) == [stays]
    assert row(database, gone).state == JobState.DONE


def test_a_new_start_takes_over_what_was_in_hand_on_its_machine(database: Engine) -> None:
    ours, theirs = ask(database, want(), want(JobKind.REPORT))
    taken(database, ours, "here:7")
    taken(database, theirs, "here2:7")
    with transaction(database) as session:
        free_jobs_of(session, "here", NOW)
    assert waiting(database) == [ours]
    assert row(database, ours).tries == 0


def test_thousands_of_wishes_are_counted(database: Engine) -> None:
    jobs = ask(database, *(want(JobKind.CALL, str(n)) for n in range(2500)))
    assert len(jobs) == 2500
    with reading(database) as session:
        [tally] = lane_tallies(session)
    assert (tally.jobs, tally.state, tally.oldest_due_at) == (2500, JobState.WAITING, NOW)
