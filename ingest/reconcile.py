"""Holds the PBX's ledger against the recordings and what became of them. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from ingest.cdr_calls import facts_of_rows, group_rows
from ingest.cdr_join import CallsByTime, CdrIndex, Wanted, rows_for_recordings, summary_of
from ingest.gaps import Line, gaps_of
from ingest.merging import call_of_facts
from ingest.parties import OurSide
from models.vocabulary.call import Call, CdrRow, Direction
from models.vocabulary.reconciliation import (
    DayTally,
    NumberTally,
    ReceivedRecording,
    Reconciliation,
    Selection,
    SourceTally,
    Tally,
)
from models.vocabulary.silence import Calendar


@dataclass(frozen=True, slots=True)
class Terms:
    """How the account is made up: whose numbers are whose and each system's zone, by account.

    `quiet` is the working time without a sign that is still no silence.
    """

    ours: Mapping[str, OurSide]
    zones: Mapping[str, tzinfo]
    calendar: Calendar
    quiet: timedelta


def reconcile(
    rows: Iterable[CdrRow],
    recordings: Iterable[ReceivedRecording],
    terms: Terms,
    as_of: datetime,
    selection: Selection | None = None,
) -> Reconciliation:
    """Tallies per system, day and client, and every gap between a call and its verdict.

    Args:
        rows: the ledger; a row of an account that `terms` does not know counts for the common one.
        recordings: what arrived, each with the call it was taken for.
        terms: accounts, zones and the calendar.
        as_of: the present moment; ages count to it.
        selection: the part that is wanted; everything where it is ``None``.
    """
    wanted = selection or Selection()
    lines = _lines(list(rows), list(recordings), terms)
    taken = [line for line in lines if wanted.takes(line.day, line.number)]
    return Reconciliation(
        as_of=as_of,
        sources=tuple(_sources(taken, lines)),
        days=tuple(_days(taken)),
        numbers=tuple(_numbers(taken)),
        gaps=tuple(gaps_of(lines, wanted, terms.calendar, terms.quiet, as_of)),
    )


def _lines(
    rows: Sequence[CdrRow], recordings: Sequence[ReceivedRecording], terms: Terms
) -> list[Line]:
    """One line per call of the ledger and per recording that it does not know."""
    lines: list[Line] = []
    left: dict[str, list[ReceivedRecording]] = defaultdict(list)
    for one in recordings:
        left[_account(one.call.account, terms)].append(one)
    for account in sorted(terms.ours, reverse=True):  # the common ledger takes what others left
        own = [row for row in rows if _account(row.account, terms) == account]
        there = left[account] + (left["#"] if account == "" else [])
        found, unknown = _matched(own, there, terms.ours[account])
        for call, files in found:
            lines += _line(account, call, files, terms)
        if account:
            left["#"] += unknown
        else:
            for one in unknown:
                lines += _line(_account(one.call.account, terms), None, [one], terms)
    return sorted(lines, key=lambda line: (line.at, line.account, line.call.call_id))


def _account(account: str, terms: Terms) -> str:
    return account if account in terms.ours else ""


def _matched(
    rows: Sequence[CdrRow], recordings: Sequence[ReceivedRecording], ours: OurSide
) -> tuple[list[tuple[Call, list[ReceivedRecording]]], list[ReceivedRecording]]:
    """The ledger's calls, each with its recordings, and the recordings that it does not know."""
    calls = group_rows(rows)
    index = CdrIndex(calls)
    wanted = [_wanted(one.call) for one in recordings]
    rows_of = rows_for_recordings(index, wanted)
    used = {row for own in rows_of for row in own}
    free = CallsByTime(summary_of(call, ours) for call in calls if used.isdisjoint(call.rows))
    files: dict[CdrRow, list[ReceivedRecording]] = defaultdict(list)
    unknown = []
    for one, told, own in zip(recordings, wanted, rows_of, strict=True):
        call = index.call_of(own[0]) if own else free.only_call(told)
        if call is None:
            unknown.append(one)
        else:
            files[call.rows[0]].append(one)
    found = []
    for group in calls:
        first = group.rows[0]
        call_there = call_of_facts(facts_of_rows(group.rows, ours), first.started_at, ours)
        found.append((call_there, files[first]))
    return found, unknown


def _wanted(call: Call) -> Wanted:
    return Wanted(
        names=((call.recording or "").rpartition("/")[2],),
        ids=tuple(each for each in (call.call_id.partition("~")[0], call.linked_id) if each),
        started_at=call.started_at,
        client=call.client_number,
        extension=call.extension,
    )


def _line(
    account: str, call: Call | None, files: Sequence[ReceivedRecording], terms: Terms
) -> Iterator[Line]:
    known = call or files[0].call
    at = known.started_at.astimezone(terms.zones[account])
    number = known.client_number or next((f.call.client_number for f in files), None)
    yield Line(account, at, number, known, call is not None, tuple(files))


def _tally(line: Line) -> Tally:
    internal = line.call.direction is Direction.INTERNAL
    return Tally(
        calls=int(line.in_cdr),
        internal=int(line.in_cdr and internal),
        answered=int(line.in_cdr and not internal and bool(line.call.answered)),
        recordings=len(line.files),
        transcribed=sum(one.state == "transcribed" for one in line.files),
        judged=sum(one.judged for one in line.files),
    )


def _sources(taken: Sequence[Line], lines: Sequence[Line]) -> Iterator[SourceTally]:
    for account in sorted({line.account for line in lines}):
        own = [line for line in lines if line.account == account]
        yield SourceTally(
            account,
            max((line.at for line in own if line.in_cdr), default=None),
            max((line.at for line in own if line.files), default=None),
            sum((_tally(line) for line in taken if line.account == account), Tally()),
        )


def _days(taken: Sequence[Line]) -> Iterator[DayTally]:
    by_day: dict[tuple[date, str], Tally] = defaultdict(Tally)
    for line in taken:
        by_day[line.day, line.account] += _tally(line)
    for day, account in sorted(by_day):
        yield DayTally(day, account, by_day[day, account])


def _numbers(taken: Sequence[Line]) -> Iterator[NumberTally]:
    by_number: dict[str | None, Tally] = defaultdict(Tally)
    for line in taken:
        by_number[line.number] += _tally(line)
    for number in sorted(by_number, key=lambda one: (-by_number[one].calls, one or "")):
        yield NumberTally(number, by_number[number])
