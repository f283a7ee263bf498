"""Recordings that the tests make: two voices of sine waves, in every form a PBX writes."""

from __future__ import annotations

import random
import struct
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt

Sound = npt.NDArray[np.int16]
LEFT_HZ, RIGHT_HZ = 440.0, 1000.0


def tone(hertz: float, seconds: float = 2.0, rate: int = 8000, level: float = 0.4) -> Sound:
    """A sine wave that swells, so that it has a beginning and an end."""
    time = np.arange(round(seconds * rate)) / rate
    swell = 0.6 + 0.4 * np.sin(2 * np.pi * time / seconds)
    return np.asarray(level * swell * np.sin(2 * np.pi * hertz * time) * 32767, dtype=np.int16)


def both_parties(seconds: float = 2.0, rate: int = 8000) -> Sound:
    return np.stack([tone(LEFT_HZ, seconds, rate), tone(RIGHT_HZ, seconds, rate)])


def wav(
    sound: Sound, rate: int = 8000, *, riff: int | None = None, data: int | None = None
) -> bytes:
    """A PCM wav file; `riff` and `data` overrule the sizes in its header."""
    channels = 1 if sound.ndim == 1 else len(sound)
    body = sound.T.tobytes() if sound.ndim == 2 else sound.tobytes()
    return wav_of(1, 16, channels, rate, body, riff=riff, data=data)


def wav_of(
    tag: int,
    bits: int,
    channels: int,
    rate: int,
    body: bytes,
    *,
    riff: int | None = None,
    data: int | None = None,
) -> bytes:
    block = channels * bits // 8
    form = struct.pack("<HHIIHH", tag, channels, rate, rate * block, block, bits)
    header = b"RIFF" + struct.pack("<I", 36 + len(body) if riff is None else riff) + b"WAVE"
    header += b"fmt " + struct.pack("<I", 16) + form
    return header + b"data" + struct.pack("<I", len(body) if data is None else data) + body


def encoded(path: Path, sound: Sound, codec: str, form: str, *, out_rate: int = 8000) -> Path:
    """Writes `sound` with one of FFmpeg's encoders; the container's name is `form`."""
    layout = "mono" if sound.ndim == 1 else "stereo"
    planes = np.atleast_2d(sound)
    with av.open(str(path), "w", format=form) as container:
        stream = container.add_stream(codec, rate=out_rate, layout=layout)
        assert isinstance(stream, av.AudioStream)
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(planes), format="s16p", layout=layout
        )
        frame.sample_rate = 8000
        encoder = stream.codec_context
        resampler = av.AudioResampler(
            format=encoder.format, layout=layout, rate=out_rate, frame_size=encoder.frame_size
        )
        for piece in [*resampler.resample(frame), *resampler.resample(None)]:
            container.mux(stream.encode(piece))
        container.mux(stream.encode(None))
    return path


def raw_codec(sound: Sound, codec: str, rate: int = 8000) -> bytes:
    """The bare bytes that a codec makes of `sound`."""
    encoder = av.CodecContext.create(codec, "w")
    assert isinstance(encoder, av.AudioCodecContext)
    encoder.sample_rate = rate
    encoder.layout = "mono"
    encoder.format = "s16"
    frame = av.AudioFrame.from_ndarray(sound[np.newaxis], format="s16", layout="mono")
    frame.sample_rate = rate
    return b"".join(bytes(packet) for packet in [*encoder.encode(frame), *encoder.encode(None)])


def gsm_frames(count: int) -> bytes:
    """GSM 06.10 frames of noise: 33 bytes, the first half byte is 0xD."""
    chance = random.Random(7)  # noqa: S311 - noise, no secret
    return b"".join(
        bytes([0xD0 | chance.randrange(16)]) + chance.randbytes(32) for _ in range(count)
    )


def loudest_hertz(samples: Sound, rate: int = 16_000) -> float:
    spectrum = np.abs(np.fft.rfft(samples.astype(np.float64)))
    return float(np.argmax(spectrum) * rate / len(samples))
