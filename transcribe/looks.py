"""What bytes without a known header look like: text, noise, codec frames, two parties."""

from __future__ import annotations

from pathlib import Path

import numpy as np


def roughness(body: bytes) -> float:
    """Tells how much neighbouring 16-bit samples differ, relative to their power."""
    samples = np.frombuffer(body[: len(body) & ~1], dtype="<i2").astype(np.float64)
    if len(samples) < 2:
        return 0.0
    return float(np.mean(np.diff(samples) ** 2) / (np.mean(samples**2) + 1.0))


def is_text(head: bytes) -> bool:
    """Tells whether the bytes are readable text."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        return True
    sample = head[:4096]
    if b"\x00" in sample:
        return False
    try:
        text = sample.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(sample) - 4:
            return False
        text = sample[: error.start].decode("utf-8")
    shown = sum(char.isprintable() or char in "\r\n\t" for char in text)
    return bool(text) and shown >= 0.95 * len(text) and len(set(text)) > 3


def is_gsm(head: bytes) -> bool:
    """Tells whether every 33 bytes begin with the signature of a GSM 06.10 frame."""
    frames = head[: len(head) // 33 * 33 : 33]
    return len(frames) >= 3 and all(byte >> 4 == 0xD for byte in frames)


def is_mpeg(head: bytes) -> bool:
    """Tells whether the bytes begin with the sync word of MPEG audio."""
    return len(head) > 4 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0 and head[1] & 0x06 != 0


def body(path: Path) -> bytes:
    """Gives the first mebibyte of a file."""
    with path.open("rb") as file:
        return file.read(1 << 20)


def is_noise(path: Path) -> bool:
    """Whether byte values are spread as evenly as only encryption and compression do it."""
    content = np.frombuffer(body(path), dtype=np.uint8)
    if len(content) < 4096:
        return False
    counts = np.bincount(content, minlength=256)
    expected = len(content) / 256
    return bool(np.sum((counts - expected) ** 2) / expected < 400)


def is_interleaved(body: bytes) -> bool:
    """Whether 16-bit samples are two parties in turn (MixMonitor's `D`).

    In one voice at 8 kHz neighbouring samples are close; in two interleaved ones every second
    sample is. Two equal channels show in pairs that do not differ at all.
    """
    samples = np.frombuffer(body[: len(body) & ~3], dtype="<i2").astype(np.float64)
    if len(samples) < 400:
        return False
    steps = np.diff(samples) ** 2
    within, between = float(np.mean(steps[::2])), float(np.mean(steps[1::2]))
    second = float(np.mean((samples[2:] - samples[:-2]) ** 2))
    if min(within, between) * 4 < max(within, between):
        return True
    return (within + between) / 2 > second * 1.3
