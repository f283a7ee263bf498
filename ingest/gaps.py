"""Names what is missing between the ledger, the recordings and their transcripts. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby, pairwise

from models.vocabulary.call import Call, Direction
from models.vocabulary.reconciliation import Gap, GapKind, ReceivedRecording, Selection
from models.vocabulary.silence import Calendar, silent_since

_LONGEST_HOLE = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Line:
    """One call of the account: known from the ledger (`in_cdr`), from `files`, or from both.

    `at` is its start in its telephone system's zone.
    """

    account: str
    at: datetime
    number: str | None
    call: Call
    in_cdr: bool
    files: tuple[ReceivedRecording, ...]

    @property
    def day(self) -> date:
        """Its day there."""
        return self.at.date()


def gaps_of(
    lines: Sequence[Line],
    selection: Selection,
    calendar: Calendar,
    quiet: timedelta,
    as_of: datetime,
) -> list[Gap]:
    """Every gap of the selected part, the oldest first.

    What a system as a whole does not send is told where no single client was asked for.
    """
    gaps: list[Gap] = []
    by_account = sorted(lines, key=lambda line: (line.account, line.at))
    for _, group in groupby(by_account, key=lambda line: line.account):
        own = list(group)
        with_ledger = any(line.in_cdr for line in own)
        for line in own:
            if selection.takes(line.day, line.number):
                gaps += _of_line(line, as_of, with_ledger=with_ledger)
        if selection.number is None:
            gaps += [
                gap
                for gap in (*_holes(own, calendar, as_of), *_silence(own, calendar, quiet, as_of))
                if selection.takes_day(gap.day) or gap.kind is GapKind.SOURCE_SILENT
            ]
    return sorted(gaps, key=lambda gap: (gap.since, gap.kind, gap.account, gap.call_id or ""))


def _of_line(line: Line, as_of: datetime, *, with_ledger: bool) -> Iterator[Gap]:
    call, outside = line.call, line.call.direction is not Direction.INTERNAL
    if line.in_cdr and not line.files and outside and call.answered:
        ended = line.at + timedelta(seconds=call.talk_s or 0)
        yield _gap(GapKind.NO_RECORDING, line, ended, as_of, normal=True)
    if not line.in_cdr and with_ledger:
        yield _gap(GapKind.NOT_IN_CDR, line, line.at, as_of, normal=True, file=line.files[0])
    for file in line.files:
        kind = _kind(file)
        if kind is not None:
            since = (file.arrived_at or line.at).astimezone(line.at.tzinfo)
            yield _gap(kind, line, since, as_of, normal=False, file=file)


def _kind(file: ReceivedRecording) -> GapKind | None:
    if file.state == "unusable":
        return GapKind.UNUSABLE
    if file.state != "transcribed":
        return GapKind.NOT_TRANSCRIBED
    return None if file.judged else GapKind.NOT_JUDGED


def _gap(  # noqa: PLR0913 - a gap's facts
    kind: GapKind,
    line: Line,
    since: datetime,
    as_of: datetime,
    *,
    normal: bool,
    file: ReceivedRecording | None = None,
) -> Gap:
    return Gap(
        kind=kind,
        account=line.account,
        since=since,
        age_s=max((as_of - since).total_seconds(), 0.0),
        normal=normal,
        day=line.day,
        call_id=line.call.call_id,
        number=line.number,
        recording=file.call.recording if file else None,
        detail=file.error if file and kind is GapKind.UNUSABLE else None,
    )


def _holes(own: Sequence[Line], calendar: Calendar, as_of: datetime) -> Iterator[Gap]:
    """Days without the ledger between days that have it: working days, or with recordings."""
    known = sorted({line.day for line in own if line.in_cdr})
    recorded = {line.day for line in own if line.files}
    for before, after in pairwise(known):
        if after - before > _LONGEST_HOLE:
            continue
        for day in (before + timedelta(days=n) for n in range(1, (after - before).days)):
            if day in recorded or calendar.is_working_day(day):
                since = datetime.combine(day, time(0), own[0].at.tzinfo)
                age = max((as_of - since).total_seconds(), 0.0)
                kind, account = GapKind.DAY_WITHOUT_CDR, own[0].account
                yield Gap(kind, account, since, age, normal=day not in recorded, day=day)


def _silence(
    own: Sequence[Line], calendar: Calendar, quiet: timedelta, as_of: datetime
) -> Iterator[Gap]:
    since = silent_since([line.at for line in own], as_of, calendar, quiet)
    if since is not None:
        age = (as_of - since).total_seconds()
        kind, account = GapKind.SOURCE_SILENT, own[0].account
        yield Gap(kind, account, since, age, normal=False, day=since.date())
