"""Times of which a telephone system sent nothing: what was said then, nobody knows.

Three of them: since a system stopped sending; a day of which nothing came though the CRM shows
calls; a day with recordings but without the ledger that is there otherwise.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta

from classify.verification.coverage import BlindSpot
from classify.verification.worktime import WorkCalendar
from core.settings import VerificationSettings
from models.vocabulary.call import MetadataSource
from models.vocabulary.deal import Activity, ActivityType
from models.vocabulary.silence import silent_since
from models.vocabulary.verdict import JudgedCall

_OUT_OF_USE_DAYS = 15
_USUAL_DAYS = 5
_USUALLY = 0.8
_SEVERAL = 3


def silences(
    calls: Sequence[JudgedCall],
    activities: Iterable[Activity],
    calendar: WorkCalendar,
    settings: VerificationSettings,
    as_of: datetime,
) -> tuple[BlindSpot, ...]:
    """All times up to `as_of` of which calls did not come, in order; usually there is none.

    `calls` are all that are known up to then, recorded or in the ledger.
    """
    spots = [*_stopped(calls, calendar, settings, as_of)]
    spots += _lost_days(calls, activities, calendar)
    spots += _days_without_ledger(calls, calendar)
    return tuple(sorted(spots, key=lambda spot: (spot.at, spot.id)))


def _stopped(
    calls: Sequence[JudgedCall],
    calendar: WorkCalendar,
    settings: VerificationSettings,
    as_of: datetime,
) -> Iterator[BlindSpot]:
    """Systems that stopped sending; one that others outlived for weeks is out of use."""
    signs: dict[str, list[datetime]] = defaultdict(list)
    for call in calls:
        signs[call.call.account].append(call.call.started_at)
    least = timedelta(hours=settings.silence_working_hours)
    latest = max((at for moments in signs.values() for at in moments), default=as_of)
    for account, moments in sorted(signs.items()):
        since = silent_since(moments, as_of, calendar, least)
        if since is None or latest > calendar.add_working_days(since, _OUT_OF_USE_DAYS):
            continue
        yield BlindSpot(account, since, "silence", as_of)


def _lost_days(
    calls: Sequence[JudgedCall], activities: Iterable[Activity], calendar: WorkCalendar
) -> Iterator[BlindSpot]:
    """Working days of which neither recording nor ledger came, though the CRM has calls.

    Several calls, and only where nearly every day with calls in the CRM has its own: else they
    were made on other telephones than those that we know of.
    """
    seen = {calendar.day_of(call.call.started_at) for call in calls}
    in_crm = Counter(
        calendar.day_of(one.completed_at or one.created_at)
        for one in activities
        if one.type is ActivityType.CALL and (one.completed_at or one.due_at is None)
    )
    if len(seen) < _USUAL_DAYS or len(seen & set(in_crm)) < _USUALLY * len(in_crm):
        return
    for day in sorted(set(in_crm) - seen):
        between = min(seen) < day < max(seen)
        if between and in_crm[day] >= _SEVERAL and calendar.is_working_day(day):
            yield _whole_day(day, "silence", calendar)


def _days_without_ledger(
    calls: Sequence[JudgedCall], calendar: WorkCalendar
) -> Iterator[BlindSpot]:
    """Days with recordings of which the ledger says nothing, where it nearly always does."""
    days: dict[str, Counter[date]] = defaultdict(Counter)
    for one in calls:
        in_cdr = one.call.in_cdr or one.call.recording is None
        told = in_cdr or one.call.metadata_from is MetadataSource.CDR
        days[one.call.account][calendar.day_of(one.call.started_at)] += int(told)
    for account, lines in sorted(days.items()):
        known = {day for day, count in lines.items() if count}
        if len(known) < _USUAL_DAYS or len(known) < _USUALLY * len(lines):
            continue
        for day in sorted(set(lines) - known):
            if min(known) < day < max(known):
                yield _whole_day(day, "attempts", calendar, account)


def _whole_day(day: date, kind: str, calendar: WorkCalendar, account: str = "") -> BlindSpot:
    start = datetime.combine(day, time(0), calendar.zone)
    return BlindSpot(account, start, kind, calendar.end_of_day(start))
