"""The forms in which PBXs write call detail records, each made into named columns.

Asterisk cdr-csv and cdr-custom (no header, cdr/cdr_csv.c), FreeSWITCH mod_cdr_csv (no
header) and tables with a header: FreePBX's export, FusionPBX's v_xml_cdr.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

Columns = Mapping[str, str]

_DATE = re.compile(r"^(?:\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d|\d\d[./]\d\d[./]\d{4} \d\d:\d\d)")
_UNIQUE = re.compile(r"^(?:[\w.-]+-)?\d{9,10}\.\d+$")

_ASTERISK = [
    "accountcode",
    "src",
    "dst",
    "dcontext",
    "clid",
    "channel",
    "dstchannel",
    "lastapp",
    "lastdata",
    "start",
    "answer",
    "end",
    "duration",
    "billsec",
    "disposition",
    "amaflags",
]
_CUSTOM = [
    "clid",
    "src",
    "dst",
    "dcontext",
    "channel",
    "dstchannel",
    "lastapp",
    "lastdata",
    "start",
    "answer",
    "end",
    "duration",
    "billsec",
    "disposition",
    "amaflags",
    "accountcode",
    "uniqueid",
    "userfield",
]
_FREESWITCH = [
    "clid",
    "src",
    "dst",
    "dcontext",
    "start",
    "answer",
    "end",
    "duration",
    "billsec",
    "disposition",
    "uniqueid",
    "bleg",
    "accountcode",
]
_NEW_COLUMNS = ("peeraccount", "linkedid", "sequence")

_HEADERS = {
    "start": "calldate start start_stamp start_epoch start_time",
    "answer": "answer answer_stamp answer_epoch answer_time",
    "end": "end end_stamp end_epoch end_time",
    "src": "src source caller_id_number caller",
    "dst": "dst destination destination_number callee",
    "disposition": "disposition hangup_cause status",
    "uniqueid": "uniqueid uuid xml_cdr_uuid call_uuid",
    "linkedid": "linkedid",
    "bleg": "bleg_uuid bridge_uuid",
    "recordingfile": "recordingfile record_name",
    "dcontext": "dcontext context",
    "lastapp": "lastapp last_app",
}
_SAME_NAME = [
    "clid",
    "channel",
    "dstchannel",
    "duration",
    "billsec",
    "userfield",
    "did",
    "cnum",
    "direction",
]
_CANONICAL = {alias: name for name, aliases in _HEADERS.items() for alias in aliases.split()} | {
    name: name for name in _SAME_NAME
}


def header_columns(fields: Sequence[str]) -> list[str] | None:
    """Our names of the columns if `fields` is a header of call records, else ``None``."""
    names = [_CANONICAL.get(field.strip().casefold(), "") for field in fields]
    needed = {"start", "src", "dst"} <= set(names) and {"disposition", "billsec"} & set(names)
    return names if needed else None


def headerless_columns(fields: Sequence[str]) -> Columns | None:
    """Named columns of one row without a header, ``None`` if its form is not known."""
    if len(fields) >= 14 and _is_date(fields, 8):
        named = dict(zip(_CUSTOM, fields, strict=False))
        linked = [field for field in fields[len(_CUSTOM) :] if _UNIQUE.match(field)]
        return named | ({"linkedid": linked[0]} if linked else {})
    if len(fields) >= 16 and _is_date(fields, 9):
        return _asterisk(fields)
    if len(fields) >= 11 and _is_date(fields, 4):
        return dict(zip(_FREESWITCH, fields, strict=False))
    return None


def _asterisk(fields: Sequence[str]) -> Columns:
    """The 16 fixed columns and those that loguniqueid, loguserfield, newcdrcolumns add."""
    named = dict(zip(_ASTERISK, fields, strict=False))
    extra = list(fields[len(_ASTERISK) :])
    if len(extra) >= 3:
        named |= zip(_NEW_COLUMNS, extra[-3:], strict=True)
        extra = extra[:-3]
    if len(extra) == 1:
        return named | {_lone_column(extra[0]): extra[0]}
    return named | dict(zip(("uniqueid", "userfield"), extra, strict=False))


def _lone_column(value: str) -> str:
    return (
        "uniqueid" if _UNIQUE.match(value) or re.fullmatch(r"[0-9a-f-]{36}", value) else "userfield"
    )


def _is_date(fields: Sequence[str], at: int) -> bool:
    return _DATE.match(fields[at].strip()) is not None
