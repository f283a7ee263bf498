"""What a recording is: told by its bytes, by its extension only where it has no header.

Sources: Asterisk `formats/format_*.c` (extensions, byte orders, sizes left at 0 while a call
runs), Microsoft's WAVE format tags (mmreg.h), GSM 06.10 frame layout (RFC 3551, 4.5.8).
"""

from __future__ import annotations

import os
import stat
import string
import struct
from dataclasses import dataclass
from pathlib import Path

from core.shown import shown_name
from models.vocabulary.errors import UnusableRecordingError
from transcribe.looks import (
    body,
    is_gsm,
    is_interleaved,
    is_mpeg,
    is_noise,
    is_text,
    roughness,
)

_HEAD = 1 << 16
_WAV_CODECS = {
    (1, 8): "pcm_u8",
    (1, 16): "pcm_s16le",
    (1, 24): "pcm_s24le",
    (1, 32): "pcm_s32le",
    (3, 32): "pcm_f32le",
    (3, 64): "pcm_f64le",
    (6, 8): "pcm_alaw",
    (7, 8): "pcm_mulaw",
}
_GSM_TAG = 0x31
_EXTENSIBLE_TAG = 0xFFFE
_HEADERLESS = {
    **dict.fromkeys(("alaw", "al", "alw"), ("pcm_alaw", 8000)),
    **dict.fromkeys(("ulaw", "ul", "mu", "ulw", "pcm"), ("pcm_mulaw", 8000)),
    **dict.fromkeys(("sln", "slin", "raw"), ("pcm_s16le", 8000)),
    **{
        f"{name}{rate}": ("pcm_s16le", rate * 1000 + (100 if rate == 44 else 0))
        for name in ("sln", "slin")
        for rate in (12, 16, 24, 32, 44, 48, 96, 192)
    },
    "g722": ("g722", 16000),
    "g729": ("g729", 8000),
}
_MAGIC = {
    b"OggS": "Ogg",
    b"fLaC": "FLAC",
    b"ID3": "MP3",
    b"\x1aE\xdf\xa3": "WebM",
    b".snd": "AU",
    b"#!AMR": "AMR",
    b"caff": "CAF",
    b"FORM": "AIFF",
    b"RF64": "RF64",
}
_SEALED = {
    b"Salted__": "encrypted by OpenSSL",
    b"age-encryption.org/": "encrypted by age",
    b"-----BEGIN PGP": "encrypted by PGP",
    b"PK\x03\x04": "a ZIP archive",
    b"\x1f\x8b": "a gzip archive",
    b"7z\xbc\xaf": "a 7-Zip archive",
    b"Rar!": "a RAR archive",
    b"\xfd7zXZ\x00": "an xz archive",
    b"BZh": "a bzip2 archive",
    b"\x28\xb5\x2f\xfd": "a Zstandard archive",
}


@dataclass(frozen=True, slots=True)
class Container:
    """A file whose header FFmpeg's libraries read themselves."""

    name: str


@dataclass(frozen=True, slots=True)
class RawBody:
    """Samples or codec frames that start at byte `offset` and take `size` bytes.

    `block` is how many bytes make one indivisible unit (a sample of every channel, a frame).
    """

    codec: str
    rate: int
    channels: int
    offset: int
    size: int
    block: int
    notes: tuple[str, ...] = ()


def recognise(path: Path) -> Container | RawBody:
    """Tells how the bytes of `path` are to be decoded.

    Raises:
        UnusableRecordingError: `unreadable`, `empty`, `header_only`, `not_audio`, `encrypted`.
    """
    try:
        info = path.stat()
        if not stat.S_ISREG(info.st_mode):
            raise UnusableRecordingError(
                "not_audio", f"{shown_name(path.name)} is no regular file; remove it"
            )
        size = info.st_size
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError as error:
        raise UnusableRecordingError(
            "unreadable",
            f"{shown_name(path.name)} cannot be read ({error.strerror}); check its permissions",
        ) from error
    if not size:
        raise UnusableRecordingError(
            "empty",
            f"{shown_name(path.name)} has no bytes; have the telephone system send it again",
        )
    if head[:4] in {b"RIFF", b"RIFX"} and head[8:12] == b"WAVE":
        return _wav(path, head, size)
    if head[:4] == b"GSFF":
        return _grandstream(path, head, size)
    if head[4:8] == b"ftyp":
        return Container("MP4")
    for magic, name in _MAGIC.items():
        if head.startswith(magic):
            return Container(name)
    _refuse_sealed(path, head)
    return _unmarked(path, head, size)


def _unmarked(path: Path, head: bytes, size: int) -> Container | RawBody:
    if is_text(head):
        raise UnusableRecordingError(
            "not_audio",
            f"{shown_name(path.name)} holds text, not sound; remove it from the recordings folder",
        )
    if is_gsm(head):
        return RawBody("gsm", 8000, 1, 0, size, 33)
    if is_mpeg(head):
        return Container("MPEG audio")
    if is_noise(path):
        raise UnusableRecordingError(
            "encrypted",
            f"{shown_name(path.name)} looks encrypted: every byte value is equally frequent; "
            "have the telephone system send it in clear",
        )
    extension = path.suffix.lstrip(".").lower()
    if extension not in _HEADERLESS:
        return Container("unknown")
    codec, rate = _HEADERLESS[extension]
    if codec == "g729":
        return RawBody(codec, rate, 1, 0, size, 10)
    if codec != "pcm_s16le":
        return RawBody(codec, rate, 1, 0, size, 1)
    channels = 2 if is_interleaved(body(path)) else 1
    return RawBody(codec, rate, channels, 0, size, 2 * channels)


def _refuse_sealed(path: Path, head: bytes) -> None:
    for magic, what in _SEALED.items():
        if head.startswith(magic):
            raise UnusableRecordingError(
                "encrypted" if "encrypted" in what else "not_audio",
                f"{shown_name(path.name)} is {what}; unpack it or have it sent as plain audio",
            )


def _wav(path: Path, head: bytes, size: int) -> Container | RawBody:
    chunks = _wav_chunks(head)
    if b"fmt " not in chunks or b"data" not in chunks or chunks[b"fmt "][1] < 14:
        if size <= 44 or (b"data" not in chunks and size <= _HEAD):
            raise _nobody(path)
        return Container("WAV")
    start = chunks[b"fmt "][0]
    tag, channels, rate, _, _ = struct.unpack_from("<HHIIH", head, start)
    bits = struct.unpack_from("<H", head, start + 14)[0] if chunks[b"fmt "][1] >= 16 else 8
    if tag == _EXTENSIBLE_TAG and chunks[b"fmt "][1] >= 26:
        tag = struct.unpack_from("<H", head, start + 24)[0]
    offset, stated = chunks[b"data"]
    left = size - offset
    if left <= 0:
        raise _nobody(path)
    length, notes = _wav_length(path, offset, stated, left)
    if not channels or not rate:
        return Container("WAV")
    if tag == _GSM_TAG:
        return RawBody("gsm_ms", rate, 1, offset, length, 65, notes)
    codec = _WAV_CODECS.get((tag, bits))
    if codec is None:
        return Container("WAV")
    return RawBody(codec, rate, channels, offset, length, channels * bits // 8, notes)


def _wav_chunks(head: bytes) -> dict[bytes, tuple[int, int]]:
    """Gives offset and stated size of the chunks up to `data`."""
    found: dict[bytes, tuple[int, int]] = {}
    spot = 12
    while spot + 8 <= len(head) and b"data" not in found:
        name, length = struct.unpack_from("<4sI", head, spot)
        found[name] = (spot + 8, length)
        spot += 8 + length + (length & 1)
    return found


def _wav_length(path: Path, offset: int, stated: int, left: int) -> tuple[int, tuple[str, ...]]:
    """Believes the header only where the file bears it out."""
    if stated == left or (0 < stated < left and _chunk_follows(path, offset + stated)):
        return stated, ()
    if stated in {0, 0xFFFFFFFF}:
        return left, ("the header states no length (the call was still running); read to the end",)
    return left, ("the header states a wrong length; read by the file's length",)


def _chunk_follows(path: Path, spot: int) -> bool:
    spot += spot & 1
    with path.open("rb") as file:
        file.seek(spot)
        name = file.read(8)
        end = file.seek(0, os.SEEK_END)
    if len(name) < 8:
        return spot + 8 >= end
    printable = all(chr(byte) in string.ascii_letters + string.digits + " _" for byte in name[:4])
    return printable and spot + 8 + struct.unpack("<I", name[4:])[0] <= end + 1


def _nobody(path: Path) -> UnusableRecordingError:
    return UnusableRecordingError(
        "header_only",
        f"{shown_name(path.name)} has a header and no sound (the call was not answered or the "
        "upload broke off); send it again if the call was held",
    )


def _grandstream(path: Path, head: bytes, size: int) -> RawBody:
    """Grandstream's own container: a header of unknown length before 8 kHz 16-bit samples."""
    offset = _grandstream_offset(head, size)
    if size - offset < 2:
        raise _nobody(path)
    note = f"Grandstream file: samples taken from byte {offset}"
    return RawBody("pcm_s16le", 8000, 1, offset, (size - offset) & ~1, 2, (note,))


def _grandstream_offset(head: bytes, size: int) -> int:
    """A field that tells the body's length settles it; then a `data` mark; then the waveform."""
    for spot in range(4, min(len(head), 512) - 4):
        length = int.from_bytes(head[spot : spot + 4], "little")
        if spot + 4 <= size - length <= 4096 and length > size // 2:
            return size - length
    mark = head.find(b"data", 4, 4096)
    if mark >= 0:
        return mark + 8
    parity = min((0, 1), key=lambda start: roughness(head[start:]))
    return min(44 + parity, size)
