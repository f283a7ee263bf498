"""What a PBX's channel name says: an extension of ours or a line to the outside."""

from __future__ import annotations

import re
from collections.abc import Collection
from enum import StrEnum

_CHANNEL = re.compile(
    r"^(?P<technology>[A-Za-z0-9_]+)/(?P<peer>.+?)(?:-[0-9a-fA-F]{3,8})?(?:;[12])?$"
)
_WRAPPED = re.compile(r"^(?:[A-Z]{2,4}-)+(?:\d+-)?(?P<inner>\d+)$")  # FMPR-101, RG-600-101


class ChannelKind(StrEnum):
    """Where a channel leads."""

    INSIDE = "inside"
    OUTSIDE = "outside"
    NONE = "none"


def channel_extension(channel: str, extensions: Collection[str], longest: int) -> str | None:
    """The extension behind a channel (``PJSIP/101-0000002b``, ``Local/101@from-queue-1;1``).

    `extensions` are those known to be ours, so that devices of theirs (``PJSIP/99101``,
    ``SIP/101_web``) are found too. ``None`` for trunks and for no channel.
    """
    match = _CHANNEL.match(channel.strip())
    if match is None:
        return None
    peer = match["peer"].rpartition("/")[2].partition("@")[0]
    if match["technology"].casefold() in {"dahdi", "zap", "motif", "console"}:
        return peer if peer in extensions else None
    wrapped = _WRAPPED.match(peer)
    peer = wrapped["inner"] if wrapped else peer
    if peer in extensions:
        return peer
    device = re.fullmatch(r"9[0-9](\d+)", peer) or re.fullmatch(r"(\d+)[_-]?[A-Za-z]\w*", peer)
    if device is not None and device.group(1) in extensions:
        return device.group(1)
    return peer if peer.isdecimal() and len(peer) <= longest else None


def channel_kind(channel: str, extensions: Collection[str], longest: int) -> ChannelKind:
    """Whether a channel leads to an extension, to the outside, or is not there."""
    if not channel.strip():
        return ChannelKind.NONE
    inside = channel_extension(channel, extensions, longest) is not None
    return ChannelKind.INSIDE if inside else ChannelKind.OUTSIDE
