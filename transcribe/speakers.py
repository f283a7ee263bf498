"""Two people on one channel are told apart by their voices.

Every stretch of speech gets a voice vector; Ward's clustering of the longer ones finds two
voices, two-means refines them, short stretches go to the nearer voice. What was compared and
measured stands in docs/decisions/0002-mono-speakers.md.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.cluster.hierarchy import fcluster, linkage

from transcribe.audio import SAMPLE_RATE, CallAudio
from transcribe.speech import Span
from transcribe.voices import Matrix, voice_vectors

ONE_VOICE = 0.9
_LONG_S = 0.8
_LONGEST_HEARD_S = 4.8
_MOST_FOR_CLUSTERING = 2000
_ROUNDS = 20

Lengths = npt.NDArray[np.float64]


def voices_of(audio: CallAudio, channel: int, spans: Sequence[Span]) -> list[int]:
    """Gives each stretch of speech its voice: 0 and 1, or all 0 where only one person speaks."""
    if len(spans) < 2:
        return [0] * len(spans)
    waves = (
        audio.waveform(
            channel,
            round(span.start * SAMPLE_RATE),
            round(min(span.end, span.start + _LONGEST_HEARD_S) * SAMPLE_RATE),
        )
        for span in spans
    )
    lengths = np.array([span.length for span in spans])
    return two_voices(voice_vectors(waves), lengths)


def two_voices(vectors: Matrix, lengths: Lengths) -> list[int]:
    """Groups voice vectors in two, or leaves them one where the groups sound alike.

    Args:
        vectors: unit vectors, (n, 256).
        lengths: seconds of sound behind each, (n,).
    """
    long = lengths >= min(_LONG_S, float(np.median(lengths)))
    chosen = np.flatnonzero(long)[:_MOST_FOR_CLUSTERING]
    if len(chosen) < 2:
        return [0] * len(vectors)
    groups = fcluster(linkage(vectors[chosen], "ward"), 2, "maxclust") - 1
    if len(set(groups.tolist())) < 2:
        return [0] * len(vectors)
    centres = _refined(vectors[chosen], lengths[chosen], groups)
    if float(centres[0] @ centres[1]) > ONE_VOICE:
        return [0] * len(vectors)
    return [int(voice) for voice in np.argmax(vectors @ centres.T, axis=1)]


def _refined(vectors: Matrix, lengths: Lengths, groups: npt.NDArray[np.int32]) -> Matrix:
    centres = _centres(vectors, lengths, groups)
    for _ in range(_ROUNDS):
        nearest = np.argmax(vectors @ centres.T, axis=1)
        if len(set(nearest.tolist())) < 2:
            break
        centres = _centres(vectors, lengths, nearest)
    return centres


def _centres(vectors: Matrix, lengths: Lengths, groups: npt.NDArray[np.integer]) -> Matrix:
    sums = [(vectors * lengths[:, np.newaxis])[groups == group].sum(axis=0) for group in (0, 1)]
    centres = np.stack(sums).astype(np.float32)
    unit: Matrix = centres / np.maximum(np.linalg.norm(centres, axis=1, keepdims=True), 1e-6)
    return unit
