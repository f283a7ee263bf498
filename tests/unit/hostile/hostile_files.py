"""Files as an attacker, a broken PBX or a broken disk would send them."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np

from tests.unit.transcribe.recorded_files import (
    Sound,
    both_parties,
    encoded,
    raw_codec,
    tone,
    wav,
    wav_of,
)


def short_sound() -> Sound:
    return both_parties(0.5)


def good(folder: Path, name: str, codec: str, form: str, rate: int = 8000) -> bytes:
    return encoded(folder / f"good-{name}", short_sound(), codec, form, out_rate=rate).read_bytes()


def seeds(folder: Path) -> dict[str, bytes]:
    """One small good file of every form that recorders write, by name."""
    one = tone(440, 0.5)
    found = {
        "pcm.wav": wav(short_sound()),
        "alaw.wav": wav_of(6, 8, 1, 8000, raw_codec(one, "pcm_alaw")),
        "float.wav": wav_of(3, 32, 1, 8000, (one / 32768).astype("<f4").tobytes()),
        "gsm.wav": wav_of(0x31, 0, 1, 8000, bytes(65) * 25),
        "bare.gsm": (b"\xd2" + bytes(32)) * 25,
        "bare.amr": b"#!AMR\n" + (b"\x3c" + bytes(31)) * 25,
    }
    for name, codec, form, rate in (
        ("a.mp3", "libmp3lame", "mp3", 8000),
        ("a.ogg", "libopus", "ogg", 16000),
        ("a.flac", "flac", "flac", 8000),
        ("a.m4a", "aac", "mp4", 16000),
        ("alac.m4a", "alac", "mp4", 8000),
        ("a.webm", "libopus", "webm", 16000),
        ("a.mka", "pcm_s16le", "matroska", 8000),
        ("a.aiff", "pcm_s16be", "aiff", 8000),
        ("a.caf", "pcm_s16be", "caf", 8000),
        ("a.aac", "aac", "adts", 16000),
        ("adpcm.wav", "adpcm_ms", "wav", 8000),
    ):
        found[name] = good(folder, name, codec, form, rate)
    return found


def flac_of_silence(seconds: float, rate: int = 8000, channels: int = 1) -> bytes:
    """FLAC whose frames are 65,535 samples of silence in a dozen bytes each."""
    block = 65_535
    packed = (rate << 44) | ((channels - 1) << 41) | (15 << 36)
    info = struct.pack(">HH", block, block) + bytes(6) + packed.to_bytes(8, "big") + bytes(16)
    frames = (_flac_frame(at, block, channels) for at in range(int(seconds * rate / block) + 1))
    return b"fLaC\x80\x00\x00\x22" + info + b"".join(frames)


def _flac_frame(number: int, block: int, channels: int) -> bytes:
    # Fixed block size, block size in 16 bits, rate and bits per sample as STREAMINFO says.
    head = bytes([0xFF, 0xF8, 0x70, (channels - 1) << 4]) + _flac_number(number)
    head += struct.pack(">H", block - 1)
    head += bytes([_crc(head, 8, 0x07)])
    body = head + bytes(3) * channels  # constant subframes: type, and a sample of 0
    return body + struct.pack(">H", _crc(body, 16, 0x8005))


def _flac_number(number: int) -> bytes:
    return chr(number).encode("utf-8", "surrogatepass")


def _crc(data: bytes, bits: int, polynomial: int) -> int:
    value, top, mask = 0, 1 << (bits - 1), (1 << bits) - 1
    for byte in data:
        value ^= byte << (bits - 8)
        for _ in range(8):
            value = ((value << 1) ^ (polynomial if value & top else 0)) & mask
    return value


def ogg_pages(data: bytes) -> Iterator[bytes]:
    while data:
        count = data[26]
        size = 27 + count + sum(data[27 : 27 + count])
        yield data[:size]
        data = data[size:]


def opus_bomb(folder: Path, pages: int) -> bytes:
    """Ogg/Opus whose packets hold 120 ms each in two bytes; a page of 255 is half a minute."""
    head = b"".join(list(ogg_pages(good(folder, "bomb.ogg", "libopus", "ogg", 16000)))[:2])
    serial = head[14:18]
    packet = bytes([1 << 3 | 3, 6])  # SILK of 20 ms, six of them, all of them empty
    return head + b"".join(
        _ogg_page(serial, 2 + at, (at + 1) * 255 * 5760, [packet] * 255) for at in range(pages)
    )


def _ogg_page(serial: bytes, number: int, granule: int, packets: list[bytes]) -> bytes:
    head = b"OggS\x00\x00" + struct.pack("<q", granule) + serial + struct.pack("<I", number)
    lacing = bytes([len(packets)]) + bytes(len(packet) for packet in packets)
    body = b"".join(packets)
    crc = _crc(head + bytes(4) + lacing + body, 32, 0x04C11DB7)
    return head + struct.pack("<I", crc) + lacing + body


def many_tracks(path: Path, tracks: int) -> Path:
    """A film with a picture and many sound tracks."""
    with av.open(str(path), "w", format="matroska") as container:
        picture = container.add_stream("mpeg4", rate=25)
        assert isinstance(picture, av.VideoStream)
        picture.width = picture.height = 64
        picture.pix_fmt = "yuv420p"
        sounds = [
            container.add_stream("pcm_s16le", rate=8000, layout="mono") for _ in range(tracks)
        ]
        frame = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")
        container.mux(picture.encode(frame))
        container.mux(picture.encode(None))
        for stream in sounds:
            assert isinstance(stream, av.AudioStream)
            sound = av.AudioFrame.from_ndarray(tone(440, 0.5)[np.newaxis], "s16", "mono")
            sound.sample_rate = 8000
            container.mux(stream.encode(sound))
    return path


def silent_film(path: Path) -> Path:
    return many_tracks(path, 0)


def matroska_zlib_bomb(unpacked: int) -> bytes:
    """Matroska whose only packet is zeros, deflated a thousandfold."""
    squeezer = zlib.compressobj(1)
    zeros = bytes(1 << 20)
    packed = b"".join(squeezer.compress(zeros) for _ in range(unpacked >> 20)) + squeezer.flush()
    audio = _ebml("E1", _ebml("B5", struct.pack(">f", 8000.0)) + _ebml("9F", b"\x01"))
    encoding = _ebml("6D80", _ebml("6240", _ebml("5033", b"\x00") + _ebml("5034", b"")))
    track = _ebml("D7", b"\x01") + _ebml("73C5", b"\x01") + _ebml("83", b"\x02")
    track += _ebml("86", b"A_PCM/INT/LIT") + audio + encoding
    cluster = _ebml("E7", b"\x00") + _ebml("A3", b"\x81\x00\x00\x80" + packed)
    header = _ebml("1A45DFA3", _ebml("4282", b"matroska"))
    info = _ebml("1549A966", _ebml("2AD7B1", (1_000_000).to_bytes(3, "big")))
    tracks = _ebml("1654AE6B", _ebml("AE", track))
    return header + _ebml("18538067", info + tracks + _ebml("1F43B675", cluster))


def _ebml(name: str, content: bytes) -> bytes:
    return bytes.fromhex(name) + (len(content) | 1 << 56).to_bytes(8, "big") + content


def with_id3(size: int, content: bytes, *, stated: int | None = None) -> bytes:
    """Something behind an ID3 tag: FFmpeg skips the tag before it looks at what follows."""
    told = size if stated is None else stated
    syncsafe = bytes(told >> shift & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3\x04\x00\x00" + syncsafe + bytes(size) + content


def with_picture(size: int, content: bytes) -> bytes:
    """Something behind an ID3 tag with a cover picture of `size` bytes."""
    body = b"\x00image/png\x00\x03\x00" + b"\x89PNG\r\n\x1a\n" + bytes(size)
    frame = b"APIC" + struct.pack(">I", len(body)) + b"\x00\x00" + body
    syncsafe = bytes(len(frame) >> shift & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3\x03\x00\x00" + syncsafe + frame + content


def patched(data: bytes, mark: bytes, offset: int, new: bytes) -> bytes:
    """`data` with bytes replaced, `offset` behind the first `mark`."""
    at = data.index(mark) + len(mark) + offset
    return data[:at] + new + data[at + len(new) :]
