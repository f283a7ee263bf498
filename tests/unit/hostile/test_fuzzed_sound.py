"""Good recordings with their bytes turned over: sound or a refusal, never a crash or a hang."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from models.vocabulary.errors import UnusableRecordingError
from tests.unit.hostile.hostile_files import seeds
from transcribe.audio import CallAudio, load_audio

TRIES = 60
NUMBERS = (
    b"\xff\xff\xff\xff",
    b"\x7f\xff\xff\xff",
    b"\xff\xff\xff\x7f",
    b"\0\0\0\0",
    b"\0\0\0\x01",
)
REFUSALS = {"corrupt", "not_audio", "header_only", "no_sound", "empty", "encrypted", "too_big"}
REFUSALS |= {"too_long"}

# The same inputs every time: a build that fails here fails again.
FIXED = settings(
    max_examples=TRIES,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)


@pytest.fixture(scope="module")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return seeds(tmp_path_factory.mktemp("seeds"))


NAMES = (
    "pcm.wav", "alaw.wav", "float.wav", "gsm.wav", "bare.gsm", "bare.amr", "a.mp3", "a.ogg", "a.flac",
    "a.m4a", "alac.m4a", "a.webm", "a.mka", "a.aiff", "a.caf", "a.aac", "adpcm.wav",
)  # fmt: skip


def changes() -> some.SearchStrategy[list[tuple[str, float, bytes]]]:
    """Where (as a share of the file, most in its header) and how a file is changed."""
    where = some.one_of(some.floats(0, 0.05), some.floats(0, 1))
    how = some.one_of(
        some.tuples(some.just("write"), where, some.binary(min_size=1, max_size=8)),
        some.tuples(some.just("write"), where, some.sampled_from(NUMBERS)),
        some.tuples(some.just("insert"), where, some.binary(min_size=1, max_size=64)),
        some.tuples(some.just("drop"), where, some.binary(min_size=1, max_size=64)),
        some.tuples(some.just("cut"), where, some.just(b"")),
        some.tuples(some.just("splice"), where, some.just(b"")),
    )
    return some.lists(how, min_size=1, max_size=6)


def changed(data: bytes, plan: list[tuple[str, float, bytes]], other: bytes) -> bytes:
    for how, share, piece in plan:
        at = int(share * len(data))
        before, after = data[:at], data[at:]
        if how == "write":
            data = before + piece + after[len(piece) :]
        elif how == "insert":
            data = before + piece + after
        elif how == "drop":
            data = before + after[len(piece) :]
        elif how == "cut":
            data = before
        else:
            data = before + other[int(share * len(other)) :]
    return data


@pytest.mark.parametrize("name", NAMES)
def test_a_damaged_recording_is_heard_or_refused(
    name: str, recordings: dict[str, bytes], tmp_path: Path
) -> None:
    path = tmp_path / name

    @FIXED
    @given(plan=changes(), other=some.sampled_from(NAMES))
    def attempt(plan: list[tuple[str, float, bytes]], other: str) -> None:
        path.write_bytes(changed(recordings[name], plan, recordings[other]))
        try:
            outcome: CallAudio | UnusableRecordingError = load_audio([path])
        except UnusableRecordingError as error:
            outcome = error
        if isinstance(outcome, UnusableRecordingError):
            assert outcome.error in REFUSALS, outcome
            assert name in outcome.detail
        else:
            assert outcome.channels in {1, 2}
            assert 0 < outcome.duration_s < 3600

    attempt()


def test_every_form_is_fuzzed(recordings: dict[str, bytes]) -> None:
    assert set(NAMES) == set(recordings)
