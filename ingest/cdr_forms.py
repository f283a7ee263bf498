"""The forms in which PBXs write call detail records, each made into named columns.

Asterisk cdr-csv and cdr-custom (cdr/cdr_csv.c), FreeSWITCH mod_cdr_csv and FreePBX's table
without a header; tables with one: FreePBX, FusionPBX's v_xml_cdr, MikoPBX, 3CX, Grandstream,
Yeastar.
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
_FREEPBX = [
    "start",
    "clid",
    "src",
    "dst",
    "dcontext",
    "channel",
    "dstchannel",
    "lastapp",
    "lastdata",
    "duration",
    "billsec",
    "disposition",
    "amaflags",
    "accountcode",
    "uniqueid",
    "userfield",
    "did",
    "cnum",
    "cnam",
    "outbound_cnum",
    "outbound_cnam",
    "dst_cnam",
    "recordingfile",
    "linkedid",
    "peeraccount",
    "sequence",
]
_NEW_COLUMNS = ("peeraccount", "linkedid", "sequence")

# The names of FreePBX, FusionPBX, MikoPBX (cdr_general), 3CX (CDR and call log), Grandstream
# and Yeastar (export and API), in small letters with _ for everything else.
_HEADERS = {
    "start": "calldate start start_stamp start_epoch start_time time_start timestart call_time "
    "time",
    "answer": "answer answer_stamp answer_epoch answer_time time_answered",
    "end": "end end_stamp end_epoch end_time time_end endtime",
    "src": "src source caller_id_number caller src_num from_no callfrom call_from caller_id",
    "dst": "dst destination destination_number callee dst_num to_no callto call_to",
    "duration": "duration call_duration call_duration_s callduration callduraction",
    "billsec": "billsec talk_duration talk_duration_s talkduration talkduraction talking",
    "disposition": "disposition hangup_cause status call_status",
    "reason": "reason_terminated",
    "uniqueid": "uniqueid uuid xml_cdr_uuid call_uuid historyid",
    "linkedid": "linkedid session callid",
    "row": "id cdrid acctid",
    "bleg": "bleg_uuid bridge_uuid",
    "recordingfile": "recordingfile record_name recording_file recordfiles",
    "dcontext": "dcontext context",
    "lastapp": "lastapp last_app appname",
    "channel": "channel src_chan",
    "dstchannel": "dstchannel dst_chan",
    "spoke": "dstanswer final_number",
    "did": "did did_ddi didnumber did_number",
    "direction": "direction communication_type call_type type",
}
_SAME_NAME = ["clid", "userfield", "cnum", "sequence"]
_CANONICAL = {alias: name for name, aliases in _HEADERS.items() for alias in aliases.split()} | {
    name: name for name in _SAME_NAME
}


def header_columns(fields: Sequence[str]) -> list[str] | None:
    """Our names of the columns if `fields` is a header of call records, else ``None``."""
    names = [_CANONICAL.get(_plain(field), "") for field in fields]
    tells_end = {"disposition", "billsec", "answer"} & set(names)
    return names if {"start", "src", "dst"} <= set(names) and tells_end else None


def _plain(name: str) -> str:
    return re.sub(r"\W+", "_", name.strip().casefold()).strip("_")


def headerless_columns(fields: Sequence[str]) -> Columns | None:
    """Named columns of one row without a header, ``None`` if its form is not known."""
    if len(fields) >= 14 and _is_date(fields, 8):
        named = dict(zip(_CUSTOM, fields, strict=False))
        return named | _further(fields[len(_CUSTOM) :])
    if len(fields) >= 16 and _is_date(fields, 9):
        return _asterisk(fields)
    if len(fields) >= 11 and _is_date(fields, 4):
        return dict(zip(_FREESWITCH, fields, strict=False))
    if len(fields) >= 15 and _is_date(fields, 0) and fields[9].isdecimal():
        return dict(zip(_FREEPBX, fields, strict=False))
    return None


def _further(fields: Sequence[str]) -> dict[str, str]:
    """What sites add behind the columns of cdr-custom: the linked id, the sequence."""
    linked = [field for field in fields if _UNIQUE.match(field)]
    counted = [field for field in fields if field.isdecimal()]
    return {
        name: found[0] for name, found in (("linkedid", linked), ("sequence", counted)) if found
    }


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
