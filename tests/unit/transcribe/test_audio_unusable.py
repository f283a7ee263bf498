"""A recording that gives no sound is refused with a code, its name and what to do."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from models.vocabulary.errors import UnusableRecordingError
from tests.unit.transcribe.recorded_files import both_parties, encoded, tone, wav
from transcribe.audio import load_audio

NOISE = random.Random(3).randbytes(60_000)  # noqa: S311 - stands for ciphertext


def refused(path: Path) -> UnusableRecordingError:
    with pytest.raises(UnusableRecordingError) as caught:
        load_audio([path])
    assert path.name in caught.value.detail
    return caught.value


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("call.wav", b"", "empty"),
        ("call.wav", wav(tone(440))[:44], "header_only"),
        ("call.wav", wav(tone(440))[:20], "header_only"),
        ("call.wav", "Ошибка: файл записи не найден на сервере\n".encode() * 30, "not_audio"),
        ("call.alaw", b"<html><body>502 Bad Gateway</body></html>", "not_audio"),
        ("call.mp3", b'{"error": "not found"}', "not_audio"),
        ("call.wav", b"Salted__" + NOISE, "encrypted"),
        ("call.mp3", NOISE, "encrypted"),
        ("call.raw", NOISE, "encrypted"),
        ("call.wav", b"PK\x03\x04" + NOISE, "not_audio"),
        ("call.ogg", b"OggS" + bytes(500), "corrupt"),
        ("call.wav", b"GSFF", "header_only"),
    ],
)
def test_each_kind_has_its_code(tmp_path: Path, name: str, content: bytes, code: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert refused(path).error == code


def test_an_m4a_cut_before_its_index_is_corrupt(tmp_path: Path) -> None:
    whole = encoded(
        tmp_path / "whole.m4a", both_parties(), "aac", "mp4", out_rate=16000
    ).read_bytes()
    path = tmp_path / "cut.m4a"
    path.write_bytes(whole[: len(whole) // 2])
    assert refused(path).error == "corrupt"


def test_a_flac_of_rubbish_is_corrupt(tmp_path: Path) -> None:
    whole = encoded(tmp_path / "whole.flac", both_parties(), "flac", "flac").read_bytes()
    path = tmp_path / "damaged.flac"
    path.write_bytes(whole[:100] + NOISE[:20_000])
    assert refused(path).error in {"corrupt", "no_sound"}


def test_a_cut_mp3_gives_what_is_there(tmp_path: Path) -> None:
    whole = encoded(tmp_path / "whole.mp3", both_parties(), "libmp3lame", "mp3").read_bytes()
    path = tmp_path / "cut.mp3"
    path.write_bytes(whole[: len(whole) // 2])
    assert load_audio([path]).duration_s == pytest.approx(1.0, abs=0.3)


def test_a_missing_file_is_unreadable(tmp_path: Path) -> None:
    assert refused(tmp_path / "gone.wav").error == "unreadable"
