"""What a file is: its bytes say, not its name. Only headerless codecs need the name."""

from __future__ import annotations

import codecs
from enum import StrEnum
from pathlib import PurePath

HEAD_BYTES = 4096
_WAV_HEADER_BYTES = 44

_HEADERLESS = frozenset(
    {".gsm", ".alaw", ".al", ".alw", ".ulaw", ".ul", ".mu", ".ulw", ".pcm", ".g722", ".g729"}
    | {".raw", ".sln", ".slin"}
    | {f".sln{khz}" for khz in (12, 16, 24, 32, 44, 48, 96, 192)}
)
_CONTAINERS = frozenset(
    {".wav", ".wav16", ".wav48", ".wav49", ".mp3", ".mpga", ".ogg", ".oga", ".opus", ".spx"}
    | {".m4a", ".mp4", ".aac", ".flac", ".webm", ".mka", ".mkv", ".wma", ".amr", ".3gp"}
    | {".au", ".snd", ".aif", ".aiff", ".caf"}
)
AUDIO_EXTENSIONS = _HEADERLESS | _CONTAINERS

_MAGIC: tuple[tuple[int, bytes], ...] = (
    (0, b"RIFF"),
    (0, b"RIFX"),
    (0, b"RF64"),
    (0, b"BW64"),
    (0, b"OggS"),
    (0, b"ID3"),
    (0, b"fLaC"),
    (0, b"\x1a\x45\xdf\xa3"),  # EBML: WebM, Matroska
    (4, b"ftyp"),  # ISO-BMFF: M4A, MP4, 3GP
    (0, b"GSFF"),  # Grandstream's own wrapper in files called .wav
    (0, b".snd"),
    (0, b"#!AMR"),
    (0, b"FORM"),
    (0, b"caff"),
    (0, b"wvpk"),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11"),  # ASF: WMA
)
_STRANGERS: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "a ZIP archive; unpack it here"),
    (b"\x1f\x8b", "a gzip archive; unpack it here"),
    (b"7z\xbc\xaf", "a 7-Zip archive; unpack it here"),
    (b"Rar!", "a RAR archive; unpack it here"),
    (b"\xfd7zXZ\x00", "an xz archive; unpack it here"),
    (b"BZh", "a bzip2 archive; unpack it here"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive; unpack it here"),
    (b"%PDF", "a PDF document; remove it from the recordings folder"),
    (b"\xff\xd8\xff", "a picture; remove it from the recordings folder"),
    (b"\x89PNG", "a picture; remove it from the recordings folder"),
    (b"\xd4\xc3\xb2\xa1", "a packet capture; export its audio (Wireshark: Telephony, RTP)"),
    (b"\xa1\xb2\xc3\xd4", "a packet capture; export its audio (Wireshark: Telephony, RTP)"),
    (b"\x0a\x0d\x0d\x0a", "a packet capture; export its audio (Wireshark: Telephony, RTP)"),
    (b"SQLite format 3", "a database; remove it from the recordings folder"),
)


class FileKind(StrEnum):
    """What may be done with a file of the recordings folder."""

    AUDIO = "audio"
    EMPTY = "empty"
    TEXT = "text"
    OTHER = "other"


def kind_of(head: bytes, size: int, name: str) -> FileKind:
    """What a file with the first bytes `head` (up to 4096), `size` bytes and `name` is.

    AUDIO means: worth decoding. Whether it decodes is for the decoder to say.
    """
    if size == 0 or (head[:4] in {b"RIFF", b"RF64"} and size <= _WAV_HEADER_BYTES):
        return FileKind.EMPTY
    if any(head[at : at + len(magic)] == magic for at, magic in _MAGIC):
        return FileKind.AUDIO
    if looks_like_text(head):
        return FileKind.TEXT
    if any(head.startswith(magic) for magic, _ in _STRANGERS):
        return FileKind.OTHER
    extension = PurePath(name).suffix.lower()
    if _mpeg_frame(head) or extension in _HEADERLESS or extension in {".mp3", ".mpga"}:
        return FileKind.AUDIO
    return FileKind.OTHER


def describe_stranger(head: bytes, kind: FileKind) -> str:
    """Why a file that is no audio cannot be used and what to do, as one sentence."""
    if kind is FileKind.EMPTY:
        return (
            "the file holds no sound (0 bytes or a header only); "
            "copy it again, or remove it if the PBX recorded nothing"
        )
    if kind is FileKind.TEXT:
        return (
            "the file is text, not audio (an upload probe or an error page saved as a "
            "recording); remove it, or fetch the recording again"
        )
    for magic, what in _STRANGERS:
        if head.startswith(magic):
            return f"the file is {what}"
    return (
        "the bytes belong to no audio format; check that the file is a recording and fetch "
        "it again, or convert it (ffmpeg -i FILE out.wav)"
    )


def looks_like_text(head: bytes) -> bool:
    """Whether the bytes read as UTF-8 without control characters, or as marked UTF-16."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return True
    decoder = codecs.getincrementaldecoder("utf-8")(errors="strict")
    try:
        text = decoder.decode(head)
    except UnicodeDecodeError:
        return False
    return all(character.isprintable() or character in "\t\r\n\f\ufeff" for character in text)


def _mpeg_frame(head: bytes) -> bool:
    """Whether an MPEG audio or ADTS frame starts at byte 0."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return False
    adts = head[1] & 0xF6 == 0xF0
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    bitrate, rate = head[2] >> 4, head[2] >> 2 & 3
    return adts or (version != 1 and layer != 0 and bitrate != 15 and rate != 3)
