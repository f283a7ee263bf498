"""The PBX's call detail record, whatever its form was, as rows of one kind."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path, PurePosixPath

from ingest.cdr_forms import Columns, header_columns, headerless_columns
from ingest.names.naming import direction_of
from ingest.tables import delimiter_of, read_text, split_line
from models.vocabulary.call import CdrRow, Disposition
from models.vocabulary.errors import InvalidInputError

_DISPOSITIONS = {
    Disposition.ANSWERED: "answered answer normal_clearing success",
    Disposition.NO_ANSWER: "no_answer noanswer cancel originator_cancel no_user_response "
    "allotted_timeout missed lose_race picked_off",
    Disposition.BUSY: "busy user_busy call_rejected",
    Disposition.FAILED: "failed congestion unallocated_number no_route_destination "
    "normal_temporary_failure recovery_on_timer_expire destination_out_of_order "
    "user_not_registered subscriber_absent normal_circuit_congestion invalid_number_format "
    "incompatible_destination network_out_of_order call_failed chanunavail normal_unspecified",
}
_BY_WORD = {word: kind for kind, words in _DISPOSITIONS.items() for word in words.split()}
_FORMATS = ("%Y-%m-%d %H:%M:%S", "%d.%m.%Y %H:%M:%S", "%d/%m/%Y %H:%M:%S", "%d.%m.%Y %H:%M")
_EPOCH_OF_ID = re.compile(r"(\d{9,10})\.\d+$")
_NAMED_RECORDING = re.compile(r"(?:audio|recording|record|file)\s*[:=]\s*(.+)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Cdr:
    """The rows of one file and what was wrong with others, as (line, sentence)."""

    rows: tuple[CdrRow, ...]
    problems: tuple[tuple[int, str], ...] = ()


def read_cdr(path: Path, zone: tzinfo, *, zone_is_set: bool = False) -> Cdr:
    """Reads Asterisk's, FreePBX's or FreeSWITCH's call records.

    Dates without an offset are in `zone`; unless `zone_is_set` by the user, they are taken
    for UTC when the unique ids, which hold the second of the start, prove it
    (``usegmtime=yes``). Bad rows are listed, the others go on.

    Raises:
        InvalidInputError: the file cannot be read or no row of it is a call record.
    """
    try:
        text = read_text(path)
    except (OSError, ValueError) as error:
        raise InvalidInputError(
            str(path), f"cannot be read as a CDR: {error}", "Give the Master.csv of the PBX."
        ) from error
    named, problems = name_columns(text)
    if not named:
        raise InvalidInputError(
            str(path),
            "no line of it is a call record of Asterisk, FreePBX or FreeSWITCH",
            "Give cdr-csv/Master.csv or an export with the columns calldate, src, dst, "
            "disposition, uniqueid.",
        )
    chosen = zone if zone_is_set else _zone_by_ids([columns for _, columns in named], zone)
    rows: list[CdrRow] = []
    for line, columns in named:
        try:
            rows.append(_row(columns, chosen))
        except ValueError as error:
            problems.append((line, str(error)))
    return Cdr(tuple(dict.fromkeys(rows)), tuple(sorted(problems)))


def name_columns(text: str) -> tuple[list[tuple[int, Columns]], list[tuple[int, str]]]:
    """Every line of a table of calls as named columns, and the lines that are none."""
    lines = [(at, line) for at, line in enumerate(text.splitlines(), 1) if line.strip()]
    if not lines:
        return [], []
    delimiter = delimiter_of(lines[0][1])
    header = header_columns(split_line(lines[0][1], delimiter))
    named: list[tuple[int, Columns]] = []
    problems: list[tuple[int, str]] = []
    for at, line in lines[1:] if header else lines:
        if line.count('"') % 2:
            problems.append((at, "a quotation mark is not closed"))
            continue
        fields = split_line(line, delimiter)
        columns = _under(header, fields) if header else headerless_columns(fields)
        if columns is None:
            problems.append((at, f"{len(fields)} fields in an order that no known CDR has"))
        else:
            named.append((at, columns))
    return named, problems


def _under(header: Sequence[str], fields: Sequence[str]) -> Columns | None:
    if len(fields) < len(header) - 1:
        return None
    columns: dict[str, str] = {}
    for name, field in zip(header, fields, strict=False):
        if name and not columns.get(name):
            columns[name] = field
    return columns


def _row(columns: Columns, zone: tzinfo) -> CdrRow:
    """One call leg; raises ValueError with what is wrong."""
    started = _time(columns.get("start", ""), zone)
    if started is None:
        raise ValueError(f"start: expected a date with time, found {columns.get('start', '')!r}")
    duration, talk = _seconds(columns, "duration"), _seconds(columns, "billsec")
    disposition = _disposition(columns.get("disposition", ""), talk)
    answered = _time(columns.get("answer", ""), zone)
    if answered is None and disposition is Disposition.ANSWERED and "answer" not in columns:
        answered = started + timedelta(seconds=max(duration - talk, 0))
    ended = _time(columns.get("end", ""), zone) or started + timedelta(seconds=duration)
    source, destination = columns.get("src", "").strip(), columns.get("dst", "").strip()
    userfield = columns.get("userfield", "").strip() or None
    return CdrRow(
        call_id=columns.get("uniqueid", "").strip()
        or columns.get("linkedid", "").strip()
        or f"{started:%Y%m%d%H%M%S}-{source}-{destination}",
        linked_id=columns.get("linkedid", "").strip() or columns.get("bleg", "").strip() or None,
        started_at=started,
        answered_at=answered,
        ended_at=ended,
        source_number=source or columns.get("cnum", "").strip(),
        destination_number=destination,
        channel=columns.get("channel", "").strip(),
        destination_channel=columns.get("dstchannel", "").strip(),
        duration_s=duration,
        talk_s=talk,
        disposition=disposition,
        did=columns.get("did", "").strip() or None,
        recording=_recording(columns.get("recordingfile", ""), userfield),
        userfield=userfield,
        context=columns.get("dcontext", "").strip(),
        application=columns.get("lastapp", "").strip(),
        direction=direction_of(columns.get("direction", "")),
    )


def _recording(column: str, userfield: str | None) -> str | None:
    """The base name of the recording that a row names in its column or its user field."""
    named = _NAMED_RECORDING.search(userfield or "")
    text = column.strip().rstrip("@") or (named.group(1).strip() if named else "")
    return PurePosixPath(text.replace("\\", "/")).name or None


def _seconds(columns: Columns, name: str) -> float:
    text = columns.get(name, "").strip()
    if not re.fullmatch(r"\d+(?:\.\d+)?|", text):
        raise ValueError(f"{name}: expected seconds, found {text!r}")
    return float(text or 0)


def _disposition(word: str, talk_s: float) -> Disposition:
    key = re.sub(r"[\s-]+", "_", word.strip().casefold())
    kind = _BY_WORD.get(key)
    if kind is None and re.fullmatch(r"[a-z]+(?:_[a-z0-9]+)+|", key):  # a rarer hangup cause
        kind = Disposition.ANSWERED if talk_s else Disposition.FAILED if key else None
    if kind is None:
        raise ValueError(f"disposition: expected ANSWERED, NO ANSWER, BUSY..., found {word!r}")
    unanswered = kind is Disposition.ANSWERED and key == "normal_clearing" and not talk_s
    return Disposition.NO_ANSWER if unanswered else kind


def _time(text: str, zone: tzinfo) -> datetime | None:
    text = text.strip()
    if re.fullmatch(r"\d{9,10}(?:\.\d+)?", text):
        return datetime.fromtimestamp(int(text.partition(".")[0]), UTC)
    at = _parse(text)
    if at is None or at.year < 2000:
        return None
    return at if at.utcoffset() is not None else at.replace(tzinfo=zone)


def _parse(text: str) -> datetime | None:
    with suppress(ValueError):
        return datetime.fromisoformat(text)  # what most lines have, and many times faster
    for form in _FORMATS:
        with suppress(ValueError):
            return datetime.strptime(text, form)  # noqa: DTZ007 - the zone is the caller's
    return None


def _zone_by_ids(rows: Sequence[Columns], zone: tzinfo) -> tzinfo:
    """UTC where more starts agree with their unique ids in UTC than in `zone`."""
    votes = {"utc": 0, "zone": 0}
    for columns in rows:
        epoch = _EPOCH_OF_ID.search(columns.get("uniqueid", "").strip())
        start = _parse(columns.get("start", "").strip())
        if epoch is None or start is None or start.utcoffset() is not None:
            continue
        second = int(epoch.group(1))
        votes["utc"] += abs(start.replace(tzinfo=UTC).timestamp() - second) <= 60
        votes["zone"] += abs(start.replace(tzinfo=zone).timestamp() - second) <= 60
    return UTC if votes["utc"] > votes["zone"] else zone
