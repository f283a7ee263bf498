"""Folders that OpenSSH, ProFTPD or a PBX write to: which files are whole, and which wait."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from core.watch_settings import WatchSettings
from ingest.listing import mark_of
from ingest.stillness import Why
from ingest.watched import Watched, is_header_open, place_of
from models.vocabulary.files import KnownFile
from tests.fakes.recordings_folder import WAV, RecordingsFolder
from tests.fakes.unprivileged import unprivileged

SETTINGS = WatchSettings()
OPEN_WAV = b"RIFF\0\0\0\0" + WAV[8:40] + b"\0\0\0\0"
SOUND = b"\1\2" * 4000


def _watch(recordings: RecordingsFolder, **more: object) -> Watched:
    return Watched(recordings.folder, SETTINGS, **more)  # type: ignore[arg-type]  # its keywords


def test_a_recording_counts_after_ten_quiet_seconds(recordings: RecordingsFolder) -> None:
    recordings.wav("2026/a.wav")
    watched = _watch(recordings)
    assert watched.look(0).waiting == {"2026/a.wav": Why.GROWING}
    assert watched.look(10).news == {"2026/a.wav"}


def test_a_recording_that_grows_does_not(recordings: RecordingsFolder) -> None:
    path = recordings.write("a.mp3", b"ID3\x04")
    watched = _watch(recordings)
    for second in range(0, 90, 9):
        with path.open("ab") as stream:
            stream.write(SOUND)
        assert not watched.look(second).whole
    assert not watched.look(90).whole
    assert watched.look(91).news == {"a.mp3"}


def test_a_call_that_goes_on_is_known_by_its_header(recordings: RecordingsFolder) -> None:
    path = recordings.write("a.wav", OPEN_WAV + SOUND)
    watched = _watch(recordings)
    watched.look(0)
    assert watched.look(3600).waiting == {"a.wav": Why.CALL}
    size = len(WAV) + len(SOUND)
    path.write_bytes(b"RIFF" + (size - 8).to_bytes(4, "little") + WAV[8:] + SOUND)
    watched.look(3610)
    assert watched.look(3620).news == {"a.wav"}


def test_a_recording_continued_after_it_was_taken_is_taken_again(
    recordings: RecordingsFolder,
) -> None:
    path = recordings.wav("a.wav", SOUND[:2048])
    watched = _watch(recordings)
    watched.look(0)
    watched.look(10)
    with path.open("ab") as stream:
        stream.write(SOUND)
    looked = watched.look(20)
    assert (dict(looked.whole), looked.waiting) == ({}, {"a.wav": Why.GROWING})
    # The header still tells the length of the first part.
    assert watched.look(30).waiting == {"a.wav": Why.CALL}
    whole = path.stat().st_size
    with path.open("r+b") as stream:
        stream.seek(4)
        stream.write((whole - 8).to_bytes(4, "little"))
    watched.look(40)
    looked = watched.look(50)
    assert looked.news == {"a.wav"}
    assert looked.whole["a.wav"].size == whole


@pytest.mark.parametrize(
    ("head", "size", "still_open"),
    [
        (OPEN_WAV, 44, True),
        (OPEN_WAV, 90_000, True),
        (b"RIFF" + (8992).to_bytes(4, "little") + b"WAVE", 9000, False),
        (b"RIFF" + (8992).to_bytes(4, "little") + b"WAVE", 9300, False),  # tags after the sound
        (b"RIFF" + (8992).to_bytes(4, "little") + b"WAVE", 90_000, True),
        (b"RIFF\xff\xff\xff\xffWAVE", 90_000, False),  # streamed: nobody will fill it in
        (b"RF64\xff\xff\xff\xffWAVE", 90_000, False),
        (b"ID3\x04", 90_000, False),
        (b"RIFF", 4, False),
    ],
)
def test_what_headers_say(head: bytes, size: int, still_open: bool) -> None:
    assert is_header_open(head, size) is still_open


def test_after_a_restart_what_was_judged_need_not_wait(recordings: RecordingsFolder) -> None:
    known = {"a.wav": KnownFile(mark_of(recordings.wav("a.wav").stat()), "hash")}
    recordings.wav("b.wav")
    looked = _watch(recordings, known=known).look(0)
    assert looked.news == looked.whole.keys() == {"a.wav"}
    assert looked.waiting == {"b.wav": Why.GROWING}


def test_after_a_restart_what_grew_meanwhile_waits(recordings: RecordingsFolder) -> None:
    path = recordings.wav("a.wav")
    known = {"a.wav": KnownFile(mark_of(path.stat()), "hash")}
    with path.open("ab") as stream:
        stream.write(SOUND)
    assert _watch(recordings, known=known).look(0).waiting == {"a.wav": Why.GROWING}


def test_an_upload_counts_under_its_final_name(recordings: RecordingsFolder) -> None:
    path = recordings.wav("a.wav.filepart")
    watched = _watch(recordings)
    watched.look(0)
    assert watched.look(100).waiting == {"a.wav.filepart": Why.NAMED}
    path.rename(path.with_suffix(""))
    assert watched.look(110).waiting == {"a.wav": Why.GROWING}
    assert watched.look(120).news == {"a.wav"}


def test_a_file_that_stays_empty_is_told_once(recordings: RecordingsFolder) -> None:
    recordings.write("a.wav", b"")
    watched = _watch(recordings)
    watched.look(0)
    assert watched.look(500).waiting == {"a.wav": Why.EMPTY}
    assert watched.look(600).given_up == {"a.wav": Why.EMPTY}
    looked = watched.look(700)
    assert (looked.news, looked.given_up) == (frozenset(), {})


def test_files_dated_to_come_count_like_others(recordings: RecordingsFolder) -> None:
    path = recordings.wav("a.wav")
    recordings.touch(path, path.stat().st_mtime + 10**9)
    watched = _watch(recordings)
    watched.look(0)
    assert watched.look(10).news == {"a.wav"}


@pytest.mark.parametrize("jump_s", [-(10**9), 10**9])
def test_a_jump_of_the_clock_changes_nothing(recordings: RecordingsFolder, jump_s: int) -> None:
    path = recordings.write("a.mp3", b"ID3\x04")
    recordings.write("call.wav", OPEN_WAV + SOUND)
    watched = _watch(recordings)
    now_ns = path.stat().st_mtime_ns
    watched.look(0, now_ns)
    with path.open("ab") as stream:
        stream.write(SOUND)
    recordings.touch(path, path.stat().st_mtime + jump_s)
    watched.look(5, now_ns + jump_s * 10**9)
    assert not watched.look(14, now_ns + jump_s * 10**9).news & {"a.mp3"}
    assert watched.look(15, now_ns + jump_s * 10**9).news >= {"a.mp3"}


def test_files_beside_the_folder_are_watched(recordings: RecordingsFolder, tmp_path: Path) -> None:
    recordings.wav("a.wav")
    crm, cdr = tmp_path / "crm.json", tmp_path / "Master"
    crm.write_text("{}")
    cdr.write_text("row\n")
    watched = _watch(recordings, beside=[crm], tables=[cdr])
    watched.look(0)
    assert watched.look(10).news == {"a.wav", place_of(crm), place_of(cdr)}
    crm.write_text('{"grown": 1}')
    with cdr.open("a") as stream:
        stream.write("row\n")
    looked = watched.look(20)
    assert place_of(crm) not in looked.whole
    assert place_of(cdr) in looked.whole  # a ledger that is continued can be read at any time
    assert watched.look(30).news == {place_of(crm), place_of(cdr)}
    crm.unlink()
    assert watched.look(40).news == {place_of(crm)}


def test_a_folder_that_is_not_there_is_looked_for_again(recordings: RecordingsFolder) -> None:
    recordings.wav("a.wav")
    watched = _watch(recordings)
    watched.look(0)
    watched.look(10)
    away = recordings.folder.rename(recordings.folder.with_name("away"))
    assert watched.look(20).news == {"a.wav", "."}
    assert watched.look(30).news == frozenset()
    away.rename(recordings.folder)
    assert watched.look(40).news == {"."}
    assert watched.look(50).news == {"a.wav"}


def test_a_file_that_goes_between_two_looks_is_not_missed(recordings: RecordingsFolder) -> None:
    path = recordings.write("a.wav", OPEN_WAV + SOUND)
    watched = _watch(recordings)
    watched.look(0)
    path.unlink()
    looked = watched.look(10)
    assert (looked.news, dict(looked.waiting)) == (frozenset(), {})


def test_nothing_in_the_folder_is_touched_and_it_may_be_read_only(
    recordings: RecordingsFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    recordings.wav("2026/a.wav")
    recordings.write("2026/b.wav", OPEN_WAV + SOUND)
    paths = [recordings.folder, *recordings.folder.rglob("*")]
    for path in paths:
        path.chmod(0o555 if path.is_dir() else 0o444)
    before = [(path, path.stat().st_mtime_ns, path.stat().st_ctime_ns) for path in paths]
    monkeypatch.chdir(recordings.folder)
    with unprivileged():
        watched = Watched(Path(), SETTINGS)
        watched.look(0)
        assert watched.look(10).news == {"2026/a.wav"}
    after = [(path, path.stat().st_mtime_ns, path.stat().st_ctime_ns) for path in paths]
    assert after == before
    recordings.folder.chmod(0o755)
    (recordings.folder / "2026").chmod(0o755)


def test_a_recording_that_may_not_be_read_is_left_to_the_scan(
    recordings: RecordingsFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    recordings.write("a.wav", OPEN_WAV + SOUND).chmod(0)
    recordings.folder.chmod(0o755)
    monkeypatch.chdir(recordings.folder)
    with unprivileged():
        watched = Watched(Path(), SETTINGS)
        watched.look(0)
        assert watched.look(10).news == {"a.wav"}


def test_a_known_name_in_foreign_bytes_is_known_again(recordings: RecordingsFolder) -> None:
    path = os.fsencode(recordings.folder) + b"/\xcf\xf0\xee.wav"
    with open(path, "wb") as stream:  # noqa: PTH123 - bytes it is
        stream.write(WAV + SOUND)
    known = {r"\xcf\xf0\xee.wav": KnownFile(mark_of(Path(os.fsdecode(path)).stat()), "hash")}
    looked = _watch(recordings, known=known).look(0)
    assert looked.news == {os.fsdecode(b"\xcf\xf0\xee.wav")}
