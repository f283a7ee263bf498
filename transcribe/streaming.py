"""The sound of a recording piece by piece, at its own rate: for playing, whatever its length."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np

from core.shown import shown_name
from models.vocabulary.errors import UnusableRecordingError
from transcribe.containers import SecondFileError, opened
from transcribe.decoding import container_frames, raw_frames, regular_file, undecodable
from transcribe.formats import RawBody, recognise
from transcribe.rows import SAMPLE_RATE, Samples


def stream_samples(path: Path, rate: int | None = None) -> Iterator[tuple[int, Samples]]:
    """Decodes a recording that was transcribed before, behind the same walls round FFmpeg.

    Args:
        path: the file.
        rate: samples per second; the file's own, at most 16,000, where not given.

    Returns:
        The rate and int16 samples of shape (channels, n), one or two channels.

    Raises:
        UnusableRecordingError: there is no sound to be had from the file.
    """
    form = recognise(path)
    try:
        with regular_file(path) as file:
            if isinstance(form, RawBody):
                yield from _pieces(raw_frames(file, form), rate)
                return
            with opened(file) as container:
                if not container.streams.audio:
                    name = shown_name(path.name)
                    raise UnusableRecordingError("not_audio", f"{name} has no sound track")
                stream = container.streams.audio[0]
                yield from _pieces(container_frames(container, stream, [0, 0]), rate)
    except (av.FFmpegError, ValueError, SecondFileError) as error:
        raise undecodable(path, form) from error


def _pieces(frames: Iterator[av.AudioFrame], rate: int | None) -> Iterator[tuple[int, Samples]]:
    resampler: av.AudioResampler | None = None
    for frame in frames:
        if resampler is None:
            rate = rate or min(frame.sample_rate, SAMPLE_RATE)
            layout = "stereo" if frame.layout.nb_channels >= 2 else "mono"
            resampler = av.AudioResampler(format="s16p", layout=layout, rate=rate)
        frame.pts = None
        yield from _samples_of(resampler, frame)
    if resampler is not None:
        yield from _samples_of(resampler, None)


def _samples_of(
    resampler: av.AudioResampler, frame: av.AudioFrame | None
) -> Iterator[tuple[int, Samples]]:
    for one in resampler.resample(frame):
        samples: Samples = one.to_ndarray().astype(np.int16, copy=False)
        yield resampler.rate, samples
