"""A call to be played: its sound without the seconds in which personal numbers were said.

Both channels are silent then: what one side says is heard, softly, on the other's as well. The
sound is decoded, silenced and written piece by piece, so that a call of hours takes no more
memory than one of seconds.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import math
import os
import struct
import tempfile
import wave
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from datetime import timedelta
from pathlib import Path

import numpy as np

from models.sealed import NO_KEYS, Keys, clear_file
from models.vocabulary.errors import OutputError, UnusableRecordingError
from models.vocabulary.transcript import HiddenSpan
from transcribe.audio import SAMPLE_RATE, CallAudio, Samples, mixed
from transcribe.streaming import stream_samples

VERSION = 1
PLAYED_FOR = timedelta(days=7)  # how long a sound is kept that was made to be played


def silence(audio: CallAudio, spans: Sequence[HiddenSpan]) -> None:
    """Puts silence into the samples of a decoded call, on all channels."""
    for span in spans:
        first, last = _samples_of(span, SAMPLE_RATE)
        audio.samples[:, first:last] = 0


def write_silenced(  # noqa: PLR0913 - what the file is of, and where it goes
    files: Sequence[Path],
    spans: Sequence[HiddenSpan],
    folder: Path,
    *,
    sha256: str,
    agent_side: int | None = None,
    keys: Keys = NO_KEYS,
) -> Path:
    """Gives a WAV file of a call without the seconds of `spans`, made where it is not there yet.

    Args:
        files: the recording, or its two legs.
        spans: what is silent (`Transcript.hidden`).
        folder: where such files are kept; made where it is not there.
        sha256: the recording's hash, by which `forget_silenced` finds its files.
        agent_side: the channel of the agent (`Transcript.agent_side`), who is left in the result;
            the channels stay as they are where it is not known.
        keys: what opens sealed recordings.

    Returns:
        16-bit PCM at the recording's own rate (16 kHz at most), mono or stereo. The file is
        whole or not there; several processes may ask for it at once.

    Raises:
        UnusableRecordingError: the recording is gone or cannot be decoded.
        SealedError: the recording is sealed for another key.
        OutputError: there is no room for the result.
    """
    if not files:
        raise UnusableRecordingError("gone", "no file of the recording is known")
    with ExitStack() as opened:
        sources = [opened.enter_context(clear_file(path, keys)) for path in files[:2]]
        for source, path in zip(sources, files, strict=False):
            if not source.exists():
                raise UnusableRecordingError(
                    "gone",
                    f"{path.name} is no longer where it was; put it back to hear the call, "
                    "its transcript and verdicts stay",
                )
        target = folder / silenced_name(sha256, spans, agent_side)
        if not target.exists():
            sound = _sound(sources)
            first = next(sound, None)
            if first is None:
                raise UnusableRecordingError(
                    "no_sound", f"{files[0].name} decodes to nothing; there is nothing to play"
                )
            pieces = _silenced(itertools.chain([first], sound), spans)
            _write(target, pieces, swapped=agent_side == 1)
    return target


def forget_silenced(folder: Path, sha256: str) -> int:
    """Removes what was kept of a recording to be played, waveforms and drafts as well.

    Gives how many files these were.
    """
    found = list(folder.glob(f"{sha256}-*.wav*"))
    for path in found:
        path.unlink(missing_ok=True)
    return len(found)


def kept_sounds(folder: Path) -> dict[str, list[Path]]:
    """What is kept to be played, by recording (SHA-256): sounds, waveforms and drafts."""
    kept: dict[str, list[Path]] = defaultdict(list)
    for path in folder.glob("*-*.wav*"):
        kept[path.name.partition("-")[0]].append(path)
    return dict(kept)


def forget_silenced_but(kept: Mapping[str, Sequence[Path]], names: Collection[str]) -> int:
    """Removes of what is kept all that does not belong to one of the sounds `names`.

    Gives how many files these were.
    """
    gone = [
        path
        for path in itertools.chain(*kept.values())
        if f"{path.name.partition('.')[0]}.wav" not in names
    ]
    for path in gone:
        path.unlink(missing_ok=True)
    return len(gone)


def forget_silenced_before(folder: Path, moment: float) -> int:
    """Removes what was made before a moment (seconds since 1970), drafts of the dead as well."""
    old = [path for path in folder.glob("*.wav*") if _changed(path) < moment]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _changed(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return math.inf


def silenced_name(sha256: str, spans: Sequence[HiddenSpan], agent_side: int | None) -> str:
    """What the file of a call is called that is silent in `spans`; tells its contents apart."""
    settled = json.dumps([VERSION, agent_side, [[one.start, one.end] for one in spans]])
    return f"{sha256}-{hashlib.sha256(settled.encode()).hexdigest()[:16]}.wav"


def _sound(sources: Sequence[Path]) -> Iterator[tuple[int, Samples]]:
    """Rate and samples of a recording piece by piece, two legs side by side."""
    if len(sources) == 1:
        yield from stream_samples(sources[0])
        return
    first = stream_samples(sources[0])
    begun = next(first, None)
    if begun is None:
        return
    rate = begun[0]
    legs = (
        (mixed(piece) for _, piece in itertools.chain([begun], first)),
        (mixed(piece) for _, piece in stream_samples(sources[1], rate)),
    )
    for left, right in itertools.zip_longest(
        *(_seconds(leg, rate) for leg in legs), fillvalue=np.zeros(0, dtype=np.int16)
    ):
        both = np.zeros((2, max(len(left), len(right))), dtype=np.int16)
        both[0, : len(left)], both[1, : len(right)] = left, right
        yield rate, both


def _seconds(pieces: Iterator[Samples], length: int) -> Iterator[Samples]:
    """The same sound of one channel in pieces of `length` samples, the last one shorter."""
    rest = np.zeros(0, dtype=np.int16)
    for piece in pieces:
        rest = np.concatenate([rest, piece])
        while len(rest) >= length:
            yield rest[:length]
            rest = rest[length:]
    if len(rest):
        yield rest


def _silenced(
    sound: Iterator[tuple[int, Samples]], spans: Sequence[HiddenSpan]
) -> Iterator[tuple[int, Samples]]:
    at = 0
    for rate, piece in sound:
        for span in spans:
            first, last = _samples_of(span, rate)
            piece[:, max(0, first - at) : max(0, last - at)] = 0
        at += piece.shape[1]
        yield rate, piece


def _samples_of(span: HiddenSpan, rate: int) -> tuple[int, int]:
    return math.floor(span.start * rate), math.ceil(span.end * rate)


def _write(target: Path, pieces: Iterator[tuple[int, Samples]], *, swapped: bool) -> None:
    """Writes the pieces as one WAV file, through a draft of this process's own."""
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(prefix=f"{target.name}.", dir=target.parent)
    except OSError as error:
        raise _no_room(target, error) from error
    draft = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as out:
            with wave.open(out, "wb") as sound:
                for rate, piece in pieces:
                    if not sound.getnframes():
                        sound.setparams((len(piece), 2, rate, 0, "NONE", ""))
                    ordered = piece[::-1] if swapped else piece
                    sound.writeframesraw(np.ascontiguousarray(ordered.T).tobytes())
            out.flush()
            os.fsync(out.fileno())
        draft.replace(target)
    except (OSError, struct.error) as error:
        raise _no_room(target, error) from error
    finally:
        with suppress(OSError):
            draft.unlink()


def _no_room(target: Path, error: Exception) -> OutputError:
    reason = getattr(error, "strerror", None) or error
    return OutputError(
        f"{target.parent}: the call cannot be kept there to be played ({reason}). "
        "Free some space and try again."
    )
