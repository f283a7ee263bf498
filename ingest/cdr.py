"""The PBX's call detail record, whatever its form was, as rows of one kind."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, timedelta, tzinfo
from pathlib import Path

from ingest.cdr_forms import Columns, header_columns, headerless_columns
from ingest.cdr_values import (
    disposition_of,
    number_of,
    recording_of,
    seconds_of,
    shown_value,
    time_of,
    written_time,
)
from ingest.names.naming import direction_of
from ingest.tables import (
    LONGEST_LINE,
    delimiter_of,
    has_control,
    lines_of,
    read_bytes,
    split_line,
)
from models.vocabulary.call import CdrRow, Disposition
from models.vocabulary.errors import InvalidInputError

_EPOCH_OF_ID = re.compile(r"(\d{9,10})\.\d+$")
_MOST_PROBLEMS = 1000


@dataclass(frozen=True, slots=True)
class Cdr:
    """The rows of one file and what was wrong with others, as (line, sentence)."""

    rows: tuple[CdrRow, ...]
    problems: tuple[tuple[int, str], ...] = ()


def read_cdr(path: Path, zone: tzinfo, *, zone_is_set: bool = False, account: str = "") -> Cdr:
    """Reads the call records of a file; see `parse_cdr`.

    Raises:
        InvalidInputError: the file cannot be read or no row of it is a call record.
    """
    try:
        data = read_bytes(path)
    except (OSError, ValueError) as error:
        raise _unreadable(str(path), error) from error
    return parse_cdr(data, str(path), zone, zone_is_set=zone_is_set, account=account)


def parse_cdr(
    data: bytes, name: str, zone: tzinfo, *, zone_is_set: bool = False, account: str = ""
) -> Cdr:
    """Reads the call records of Asterisk, FreePBX, FreeSWITCH, FusionPBX, MikoPBX, 3CX...

    Dates without an offset are in `zone`; unless `zone_is_set` by the user, they are taken
    for UTC when the unique ids, which hold the second of the start, prove it
    (``usegmtime=yes``). Bad rows are listed, the others go on.

    Args:
        data: the bytes of a table in any encoding that spreadsheets write.
        name: what errors call it.
        zone: of dates without an offset.
        zone_is_set: whether the user named it.
        account: the telephone system that the rows are of.

    Raises:
        InvalidInputError: the bytes are no table or no row of it is a call record.
    """
    try:
        lines = lines_of(data)
    except ValueError as error:
        raise _unreadable(name, error) from error
    chosen = zone if zone_is_set else _zone_by_ids(lines, zone)
    rows: dict[CdrRow, None] = {}
    problems: list[tuple[int, str]] = []
    named = 0
    for at, columns, problem in _named(lines):
        named += columns is not None
        try:
            if columns is not None:
                rows[replace(_row(columns, chosen), account=account)] = None
        except ValueError as error:
            problem = str(error)  # noqa: PLW2901 - what is wrong with this line
        if problem and len(problems) < _MOST_PROBLEMS:
            problems.append((at, problem))
    if not named:
        raise InvalidInputError(
            name,
            "no line of it is a call record of a telephone system that is known"
            + (f" (line {problems[0][0]}: {problems[0][1]})" if problems else ""),
            "Give cdr-csv/Master.csv or an export with the columns calldate, src, dst, "
            "disposition, uniqueid.",
        )
    return Cdr(tuple(rows), tuple(problems))


def _unreadable(name: str, error: Exception) -> InvalidInputError:
    return InvalidInputError(
        name, f"cannot be read as a CDR: {error}", "Give the Master.csv of the PBX."
    )


def _named(lines: Sequence[str]) -> Iterator[tuple[int, Columns | None, str]]:
    """Number, named columns and complaint of every line that is not empty."""
    columns_of: Callable[[Sequence[str]], Columns | None] | None = None
    delimiter, header = ",", None
    for at, line in enumerate(lines, 1):
        if not line.strip() or (at == 1 and line.casefold().startswith("sep=")):
            continue
        if (problem := _spoilt(line)) is not None:
            yield at, None, problem
            continue
        if columns_of is None:
            delimiter = delimiter_of(line)
        try:
            fields = split_line(line, delimiter)
        except ValueError as error:
            yield at, None, str(error)
            continue
        if columns_of is None:
            header = header_columns(fields)
            columns_of = headerless_columns if header is None else _under(header)
        if header is not None and header_columns(fields) is not None:
            continue  # the first line, and those of files that were put together
        columns = columns_of(fields)
        strange = f"{len(fields)} fields in an order that no known CDR has"
        yield at, columns, strange if columns is None else ""


def _spoilt(line: str) -> str | None:
    if len(line) > LONGEST_LINE:
        return f"the line has {len(line)} characters, which no call record has"
    if has_control(line):
        return "the line holds characters that no text has"
    return "a quotation mark is not closed" if line.count('"') % 2 else None


def _under(header: Sequence[str]) -> Callable[[Sequence[str]], Columns | None]:
    def columns_of(fields: Sequence[str]) -> Columns | None:
        if len(fields) < len(header) - 1:
            return None
        columns: dict[str, str] = {}
        for name, field in zip(header, fields, strict=False):
            if name and not columns.get(name):
                columns[name] = field
        return columns

    return columns_of


def _row(columns: Columns, zone: tzinfo) -> CdrRow:
    """One call leg; raises ValueError with what is wrong."""

    def said(name: str) -> str:
        return columns.get(name, "").strip()

    started = time_of(said("start"), zone)
    if started is None:
        raise ValueError(f"start: expected a date with time, found {shown_value(said('start'))}")
    duration = seconds_of("duration", said("duration"))
    talk = seconds_of("billsec", said("billsec"))
    answered, ended = time_of(said("answer"), zone), time_of(said("end"), zone)
    if "billsec" not in columns and answered and ended:
        talk = max((ended - answered).total_seconds(), 0.0)
    if "disposition" in columns:
        disposition = disposition_of(said("disposition"), talk)
    else:
        disposition = _by_talk(talk, said("reason"))
    if answered is None and disposition is Disposition.ANSWERED and "answer" not in columns:
        answered = started + timedelta(seconds=max(duration - talk, 0))
    source, destination = number_of(said("src")), number_of(said("dst"))
    userfield, sequence = said("userfield") or None, said("sequence")
    return CdrRow(
        call_id=said("uniqueid")
        or said("linkedid")
        or said("row")
        or f"{started:%Y%m%d%H%M%S}-{source}-{destination}",
        linked_id=said("linkedid") or said("bleg") or None,
        started_at=started,
        answered_at=answered,
        ended_at=ended or started + timedelta(seconds=duration),
        source_number=source or number_of(said("cnum")),
        destination_number=destination,
        channel=said("channel"),
        destination_channel=_answering_channel(said("dstchannel"), number_of(said("spoke"))),
        duration_s=duration,
        talk_s=talk,
        disposition=disposition,
        did=said("did") or None,
        recording=recording_of(said("recordingfile"), userfield),
        userfield=userfield,
        context=said("dcontext"),
        application=said("lastapp"),
        direction=direction_of(said("direction")),
        sequence=int(sequence) if re.fullmatch(r"\d{1,9}", sequence, re.ASCII) else None,
    )


def _by_talk(talk_s: float, reason: str) -> Disposition:
    if talk_s:
        return Disposition.ANSWERED
    return Disposition.BUSY if "busy" in reason.casefold() else Disposition.NO_ANSWER


def _answering_channel(channel: str, extension: str) -> str:
    """The channel that was called; some systems name only who answered, some both."""
    return f"SIP/{extension}" if extension.isdecimal() and not channel else channel


def _zone_by_ids(lines: Sequence[str], zone: tzinfo) -> tzinfo:
    """UTC where more starts agree with their unique ids in UTC than in `zone`."""
    votes = {"utc": 0, "zone": 0}
    for _, columns, _ in _named(lines):
        if columns is None:
            continue
        epoch = _EPOCH_OF_ID.search(columns.get("uniqueid", "").strip())
        start = written_time(columns.get("start", "").strip())
        if epoch is None or start is None or start.utcoffset() is not None:
            continue
        second = int(epoch.group(1))
        votes["utc"] += abs(start.replace(tzinfo=UTC).timestamp() - second) <= 60
        votes["zone"] += abs(start.replace(tzinfo=zone).timestamp() - second) <= 60
    return UTC if votes["utc"] > votes["zone"] else zone
