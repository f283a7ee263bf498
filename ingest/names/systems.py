"""Recording names of 3CX, Grandstream, Yeastar, MikoPBX, FusionPBX, RingCentral and Telesis."""

from __future__ import annotations

import re

from ingest.names.naming import UNIQUE_ID, UUID, NamedFile, direction_of
from ingest.names.when import from_epoch, moment
from models.vocabulary.call import CallFacts, Direction, MetadataSource

MIKOPBX_AGENT_CHANNEL = 1
"""MikoPBX mixes the outside party to the left, ours to the right (WorkerWav2Webm.php)."""

FUSIONPBX_AGENT_CHANNEL = 1
"""FusionPBX swaps the channels of outbound calls (`record_stereo_swap`), so that the party
that FreeSWITCH writes to the right is ours whoever called (050_user_record.xml)."""

_NAME = MetadataSource.FILENAME

_3CX = re.compile(
    r"^\[(?P<who>.*)\]_(?P<caller>.*)-(?P<callee>[^-]*)_(?P<stamp>\d{14})(?:\(\d+\))?$"
)
_GRANDSTREAM = re.compile(r"^auto-(?P<epoch>\d{10})-(?P<caller>.*?)-(?P<callee>[^-]*)(?:-\d)?$")
_YEASTAR = re.compile(
    rf"^(?P<stamp>\d{{14}})-(?P<uid>{UNIQUE_ID})-(?P<sides>.*)-(?P<way>Internal|Inbound|Outbound)$",
    re.IGNORECASE,
)
_MIKOPBX = re.compile(r"^(?P<linked>mikopbx-(?P<epoch>\d{9,10})\.\d+)(?:_\w+)?$")
_UUID = re.compile(rf"^{UUID}$")
_FUSIONPBX_FOLDERS = re.compile(r"(?:^|/)archive/20\d\d/[A-Z][a-z]{2}/\d\d/[^/]+$")
_RINGCENTRAL = re.compile(
    r"^(?P<date>\d{8})-(?P<time>\d{6})_(?:(?P<ext>\d*)_)?(?P<phone>[^_]*)"
    r"_(?P<way>Incoming|Outgoing)_(?P<mode>[^_]+)_(?P<id>\w+)$",
    re.IGNORECASE,
)
_TELESIS = re.compile(
    r"^(?P<user>[^_]+)_+(?P<date>\d{6})_(?P<time>\d{6})_[A-Z]?(?P<way>[IO])_(?P<party>[^_]*)"
    r"_(?P<dialled>[^_]*)_(?P<caller>[^_]*)_(?P<ref>[0-9A-Za-z]+)_(?P<ip>[0-9A-Fa-f]+)$"
)


def read_3cx(name: NamedFile) -> CallFacts | None:
    """``[Name]_caller-callee_YYYYMMDDHHMMSS(n)``; n restarts and is no id of the call.

    The name is the caller's, so it is our agent's only where the caller is an extension.
    Where neither side is one, the folder of the recording (``Recordings/<ext>/``) is.
    """
    match = _3CX.match(name.stem)
    if match is None:
        return None
    caller, callee, who = match["caller"].strip(), match["callee"].strip(), match["who"].strip()
    ours = name.is_extension(caller)
    extension = caller if ours else callee if name.is_extension(callee) else _folder(name)
    spoken_name = any(character.isalpha() for character in who)
    return CallFacts(
        _NAME,
        started_at=moment(match["stamp"], name.zone),
        direction=_by_sides(name, caller, callee),
        from_number=caller or None,
        to_number=callee or None,
        extension=extension,
        agent_name=who if ours and spoken_name else None,
    )


def read_grandstream(name: NamedFile) -> CallFacts | None:
    """``auto-<epoch>-<caller>-<callee>``; the callee may be a ring group, so no agent is read."""
    match = _GRANDSTREAM.match(name.stem)
    if match is None:
        return None
    caller = match["caller"]
    return CallFacts(
        _NAME,
        started_at=from_epoch(match["epoch"], name.zone),
        direction=_by_sides(name, caller, match["callee"]),
        from_number=caller or None,
        to_number=match["callee"] or None,
        extension=caller if name.is_extension(caller) else None,
    )


def read_yeastar(name: NamedFile) -> CallFacts | None:
    """``YYYYMMDDHHMMSS-<uniqueid>-<caller>-<callee>-<Internal|Inbound|Outbound>`` (S series)."""
    match = _YEASTAR.match(name.stem)
    if match is None:
        return None
    direction = direction_of(match["way"])
    if direction is Direction.IN:
        caller, _, callee = match["sides"].rpartition("-")
    else:
        caller, _, callee = match["sides"].partition("-")
    ours = callee if direction is Direction.IN else caller
    return CallFacts(
        _NAME,
        call_id=match["uid"],
        started_at=moment(match["stamp"], name.zone),
        direction=direction,
        from_number=caller or None,
        to_number=callee or None,
        extension=ours if name.is_extension(ours) else None,
    )


def read_mikopbx(name: NamedFile) -> CallFacts | None:
    """``mikopbx-<epoch.seq>_<random>``: the linked id is known, the numbers are the CDR's."""
    match = _MIKOPBX.match(name.stem)
    if match is None:
        return None
    return CallFacts(
        _NAME,
        call_id=name.stem,
        linked_id=match["linked"],
        started_at=from_epoch(match["epoch"], name.zone),
        agent_channel=MIKOPBX_AGENT_CHANNEL,
    )


def read_fusionpbx(name: NamedFile) -> CallFacts | None:
    """``<domain>/archive/YYYY/Aug/DD/<uuid>``: the name is the call's id and nothing else."""
    if not _UUID.match(name.stem):
        return None
    archived = _FUSIONPBX_FOLDERS.search(str(name.path)) is not None
    channel = FUSIONPBX_AGENT_CHANNEL if archived else None
    return CallFacts(_NAME, call_id=name.stem, agent_channel=channel)


def read_ringcentral(name: NamedFile) -> CallFacts | None:
    """``YYYYMMDD-HHMMSS_EXT_PHONE_DIRECTION_AUTO_RECID``; EXT may be missing on incoming."""
    match = _RINGCENTRAL.match(name.stem)
    if match is None:
        return None
    direction = direction_of(match["way"])
    sides = (match["ext"] or None, match["phone"] or None)
    caller, callee = sides if direction is Direction.OUT else sides[::-1]
    return CallFacts(
        _NAME,
        call_id=match["id"],
        started_at=moment(match["date"] + match["time"], name.zone),
        direction=direction,
        from_number=caller,
        to_number=callee,
        extension=match["ext"] or None,
    )


def read_telesis(name: NamedFile) -> CallFacts | None:
    """``AAAAAAAA_YYMMDD_HHMMSS_AD_I_N_C_R_P``: recorded user, direction, party, dialled, caller.

    D is told from the recorded user's side (I: it began the call), and that user may be a
    trunk; so the lengths of the numbers decide, and D only where they cannot.
    """
    match = _TELESIS.match(name.stem)
    if match is None:
        return None
    user, party = match["user"], re.match(r"\d*", match["party"])
    inner = user if name.is_extension(user) else party.group() if party else ""
    incoming = len(match["caller"]) > name.longest_extension
    if incoming and len(match["dialled"]) > name.longest_extension:
        incoming = (match["way"] == "I") != name.is_extension(user)
    outgoing = not incoming and len(match["dialled"]) > name.longest_extension
    agent = inner if name.is_extension(inner) else None
    return CallFacts(
        _NAME,
        call_id=f"{match['ref']}_{match['ip']}",
        started_at=moment(match["date"] + match["time"], name.zone),
        direction=Direction.IN if incoming else Direction.OUT if outgoing else None,
        from_number=match["caller"] if incoming else agent,
        to_number=(agent if incoming else match["dialled"]) or None,
        extension=agent,
    )


def _by_sides(name: NamedFile, caller: str, callee: str) -> Direction | None:
    """Which side is inside tells the direction; two outside numbers tell none."""
    inside = (name.is_extension(caller), name.is_extension(callee))
    known = {
        (True, True): Direction.INTERNAL,
        (True, False): Direction.OUT,
        (False, True): Direction.IN,
    }
    return known.get(inside)


def _folder(name: NamedFile) -> str | None:
    parts = name.path.parts
    if len(parts) < 2 or not name.is_extension(parts[-2]):
        return None
    return parts[-2] if len(parts) == 2 or parts[-3].casefold() == "recordings" else None
