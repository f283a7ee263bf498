"""Rows of the call detail record that belong to one call, and what they say about it."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ingest.channels import ChannelKind, channel_extension, channel_kind
from ingest.names import stem_of
from ingest.parties import OurSide, Side
from models.vocabulary.call import CallFacts, CdrRow, Direction, Disposition, MetadataSource

_UNIQUE = re.compile(r"\d{9,10}\.\d+$")
_DEAL = re.compile(
    r"\b(?:deal|deal_id|lead|lead_id|сделка)\s*[:=#№]\s*(?P<id>[\w-]+)", re.IGNORECASE
)
_INCOMING = re.compile(
    r"^(?:from-(?:did|trunk|pstn|zaptel|dahdi)|ext-(?:queues|group|did)|ivr-|public|incoming)",
    re.IGNORECASE,
)
_GROUPS = re.compile(r"^ext-(?:queues|group)", re.IGNORECASE)
_MACHINES = re.compile(
    r"^(?:queue|background|playback|waitexten|read|hangup|busy|congestion|echo|ivr)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class CdrCall:
    """All rows of one call, in the order of their starts."""

    rows: tuple[CdrRow, ...]


def id_key(call_id: str) -> str:
    """A call id without the system's name before it, so that two spellings of it meet."""
    match = _UNIQUE.search(call_id)
    return match.group() if match else call_id.strip().casefold()


def name_key(recording: str) -> str:
    """A recording's name without extension in one Unicode form, so that copies of it meet."""
    return unicodedata.normalize("NFC", stem_of(recording)).casefold()


def group_rows(rows: Iterable[CdrRow]) -> list[CdrCall]:
    """Rows joined to calls by linked id; without one, by unique id."""
    groups: dict[str, list[CdrRow]] = defaultdict(list)
    aliases: dict[str, str] = {}
    for row in sorted(rows, key=lambda row: row.started_at):
        own, linked = id_key(row.call_id), id_key(row.linked_id or row.call_id)
        key = aliases.get(linked) or aliases.get(own) or linked
        aliases.setdefault(own, key)
        aliases.setdefault(linked, key)
        groups[key].append(row)
    return [CdrCall(tuple(group)) for group in groups.values()]


def facts_of_rows(rows: Sequence[CdrRow], ours: OurSide) -> CallFacts:
    """What the rows of one call (at least one, earliest first) say about it.

    The start is the first row's; of the legs of a transferred call the answered one that
    talked longest tells who of ours spoke.
    """
    directions = [direction_of_row(row, ours) for row in rows]
    outer = [kind for kind in directions if kind in {Direction.IN, Direction.OUT}]
    direction = outer[0] if outer else next((kind for kind in directions if kind), None)
    first = rows[directions.index(direction)]
    answered = [row for row in rows if _somebody_answered(row)]
    return CallFacts(
        MetadataSource.CDR,
        call_id=rows[0].call_id,
        linked_id=next((row.linked_id for row in rows if row.linked_id), None),
        started_at=rows[0].started_at,
        direction=direction,
        from_number=first.source_number or None,
        to_number=first.did or first.destination_number or None,
        extension=_agent(rows, first, answered, direction, ours),
        answered=bool(answered),
        talk_s=_talk(answered),
        deal_id=_deal(rows),
    )


def direction_of_row(row: CdrRow, ours: OurSide) -> Direction | None:
    """Which way a row went: by its channels, else its numbers, else its dialplan context."""
    if row.direction is not None:
        return row.direction
    caller, callee = (
        channel_kind(channel, ours.extensions, ours.pbx.extension_max_digits)
        for channel in (row.channel, row.destination_channel)
    )
    source, target = ours.side(row.source_number), ours.side(row.destination_number)
    if caller is ChannelKind.OUTSIDE:
        return Direction.IN
    if caller is ChannelKind.INSIDE and callee is ChannelKind.OUTSIDE:
        return Direction.INTERNAL if _is_colleague(row, ours) else Direction.OUT
    if caller is ChannelKind.INSIDE:
        return Direction.OUT if target is Side.OUTSIDE else _inside(row, source)
    if _INCOMING.match(row.context) and source is not Side.OURS:
        return Direction.IN
    return _by_numbers(source, target)


def learned_numbers(rows: Iterable[CdrRow], ours: OurSide) -> list[str]:
    """Outside numbers that the rows show to be ours: DIDs called, caller ids we show."""
    found: list[str | None] = []
    for row in rows:
        found.append(row.did)
        direction = direction_of_row(row, ours)
        longest = ours.pbx.extension_max_digits
        if direction is Direction.IN and channel_extension(
            row.destination_channel, ours.extensions, longest
        ):
            found.append(row.destination_number)
        if direction is Direction.OUT and channel_extension(row.channel, ours.extensions, longest):
            found.append(row.source_number)
    return [number for number in found if number]


def _is_colleague(row: CdrRow, ours: OurSide) -> bool:
    """Whether somebody of ours was called, reached over an outside line (follow me)."""
    phone = ours.read(row.destination_number)
    return phone is not None and (phone.e164 in ours.numbers or phone.extension in ours.extensions)


def _inside(row: CdrRow, source: Side) -> Direction:
    """A call begun on a Local channel for an outside caller still came from outside."""
    local = row.channel.casefold().startswith("local/")
    return Direction.IN if local and source is Side.OUTSIDE else Direction.INTERNAL


def _by_numbers(source: Side, target: Side) -> Direction | None:
    if target is Side.OURS:
        return Direction.INTERNAL if source is Side.OURS else Direction.IN
    return Direction.OUT if source is Side.OURS and target is Side.OUTSIDE else None


def _somebody_answered(row: CdrRow) -> bool:
    """Whether a person was reached: a menu, a voice mailbox or a queue's music is nobody."""
    application = row.application.casefold()
    if row.disposition is not Disposition.ANSWERED or application.startswith("voicemail"):
        return False
    return bool(row.destination_channel) or not _MACHINES.match(application)


def _agent(
    rows: Sequence[CdrRow],
    first: CdrRow,
    answered: Sequence[CdrRow],
    direction: Direction | None,
    ours: OurSide,
) -> str | None:
    longest = ours.pbx.extension_max_digits
    if direction is not Direction.IN:
        caller = channel_extension(first.channel, ours.extensions, longest)
        return caller or ours.extension(first.source_number)
    legs = sorted(answered, key=lambda row: -row.talk_s) or list(rows)
    for row in legs:
        spoke = channel_extension(row.destination_channel, ours.extensions, longest)
        if spoke is not None:
            return spoke
    dialled = ours.extension(first.destination_number)
    rings_one = not _GROUPS.match(first.context) and first.application.casefold() != "queue"
    return dialled if rings_one or dialled in ours.extensions else None


def _talk(answered: Sequence[CdrRow]) -> float | None:
    """Seconds from the first answer to the last end; overlapping legs count once."""
    if not answered:
        return 0.0
    longest = max(row.talk_s for row in answered)
    begins = [row.answered_at for row in answered if row.answered_at]
    ends = [row.ended_at for row in answered if row.ended_at]
    if len(answered) == 1 or not (begins and ends):
        return longest
    return max(longest, (max(ends) - min(begins)).total_seconds())


def _deal(rows: Sequence[CdrRow]) -> str | None:
    matches = (_DEAL.search(row.userfield or "") for row in rows)
    return next((match["id"] for match in matches if match), None)
