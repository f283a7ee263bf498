"""Facts of several sources become one call: the most trusted source wins, field by field."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, time, timedelta, tzinfo
from pathlib import PurePosixPath

from ingest.arrival import shown
from ingest.legs import LEGS_AGENT_CHANNEL, Recording
from ingest.names.when import date_in_path
from ingest.parties import OurSide, settle_parties
from models.vocabulary.call import Call, CallFacts, Direction, MetadataSource

_TRUST = list(MetadataSource)
_LATEST = 4_102_444_800  # file systems hold moments that no calendar does; this is 2100
_FIELDS = tuple(field.name for field in fields(CallFacts) if field.name != "source")


@dataclass(frozen=True, slots=True)
class Described:
    """A recording of a telephone system (`account`) and everything that sources say about it."""

    recording: Recording
    place: str
    facts: tuple[CallFacts, ...]
    account: str = ""


def merge_facts(facts: Sequence[CallFacts]) -> CallFacts:
    """One set of facts; `source` is the most trusted source that said anything at all."""
    ordered = sorted(facts, key=lambda each: _TRUST.index(each.source))
    telling = [(each.source, told) for each in ordered if (told := said(each))]
    merged: dict[str, object] = {}
    for _, told in reversed(telling):
        merged |= told
    source = telling[0][0] if telling else MetadataSource.FILE
    return replace(CallFacts(source), **merged)  # type: ignore[arg-type] # same fields, same types


def said(facts: CallFacts) -> dict[str, object]:
    """The fields in which a source says something, by name."""
    return {name: value for name in _FIELDS if (value := getattr(facts, name)) is not None}


def call_of_recording(described: Described, ours: OurSide, zone: tzinfo) -> Call:
    """The call behind a recording; without any date the file's own is taken, and said so."""
    recording, facts = described.recording, merge_facts(described.facts)
    parties = settle_parties(facts, ours)
    started_at = facts.started_at
    return Call(
        call_id=facts.call_id or shown(PurePosixPath(recording.stem)),
        recording=described.place,
        sha256=recording.sha256,
        started_at=started_at or file_date(recording, zone),
        direction=parties.direction,
        metadata_from=facts.source,
        client_number=parties.client_number,
        our_number=parties.our_number,
        extension=parties.extension,
        user_id=parties.user_id,
        agent_name=facts.agent_name,
        agent_channel=_agent_channel(described, parties.direction, ours),
        answered=facts.answered,
        talk_s=facts.talk_s,
        deal_id=facts.deal_id,
        linked_id=facts.linked_id,
        started_at_exact=started_at is not None,
        account=described.account,
        in_cdr=any(facts.source is MetadataSource.CDR for facts in described.facts),
    )


def call_of_facts(facts: CallFacts, started_at: datetime, ours: OurSide, account: str = "") -> Call:
    """A call that the CDR knows and no recording came of."""
    parties = settle_parties(facts, ours)
    return Call(
        call_id=facts.call_id or "",
        recording=None,
        sha256=None,
        started_at=started_at,
        direction=parties.direction,
        metadata_from=facts.source,
        client_number=parties.client_number,
        our_number=parties.our_number,
        extension=parties.extension,
        user_id=parties.user_id,
        agent_name=facts.agent_name,
        answered=facts.answered,
        talk_s=facts.talk_s,
        deal_id=facts.deal_id,
        linked_id=facts.linked_id,
        account=account,
        in_cdr=True,
    )


def file_date(recording: Recording, zone: tzinfo) -> datetime:
    """When the file was last written, in `zone`; where the path names another day, that day."""
    file = recording.files[0]
    written = datetime.fromtimestamp(min(max(int(file.modified), 0), _LATEST), zone)
    named = date_in_path(file.place)
    if named is None or timedelta(0) <= written.date() - named <= timedelta(days=1):
        return written
    return datetime.combine(named, time(0), zone)


def _agent_channel(described: Described, direction: Direction | None, ours: OurSide) -> int | None:
    """The sidecar's word, the layout of two legs, the setting, then the system's constant."""
    by_source: dict[MetadataSource, int] = {}
    for facts in described.facts:
        if facts.agent_channel is not None:
            by_source.setdefault(facts.source, facts.agent_channel)
    stated = by_source.get(MetadataSource.SIDECAR)
    if stated is not None:
        return stated
    if len(described.recording.files) > 1:
        return LEGS_AGENT_CHANNEL
    if ours.pbx.agent_channel is not None:
        return ours.pbx.agent_channel
    named = by_source.get(MetadataSource.FILENAME)
    return None if direction is Direction.INTERNAL else named
