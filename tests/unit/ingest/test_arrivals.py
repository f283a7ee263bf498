"""What a recordings folder may hold: each file is used, or listed with why and what to do."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from ingest.kinds import FileKind, kind_of
from models.vocabulary.errors import InvalidInputError
from tests.fakes.recordings_folder import RecordingsFolder

MP3_FRAME = b"\xff\xfb\x90\x64" + b"\x00" * 400


@pytest.mark.parametrize(
    ("name", "head", "kind"),
    [
        ("a.wav", b"RIFF\x24\x08\x00\x00WAVEfmt ", FileKind.AUDIO),
        ("a.wav", b"RF64\xff\xff\xff\xffWAVEds64", FileKind.AUDIO),
        ("a.wav", b"OggS\x00\x02", FileKind.AUDIO),
        ("a.wav", b"GSFF\x01\x00", FileKind.AUDIO),
        ("a", b"ID3\x04\x00", FileKind.AUDIO),
        ("a", MP3_FRAME, FileKind.AUDIO),
        ("a.aac", b"\xff\xf1\x50\x80\x00\x1f\xfc\x00", FileKind.AUDIO),
        ("a", b"fLaC\x00\x00", FileKind.AUDIO),
        ("a.webm", b"\x1a\x45\xdf\xa3\x01", FileKind.AUDIO),
        ("a.m4a", b"\x00\x00\x00\x20ftypM4A ", FileKind.AUDIO),
        ("a.au", b".snd\x00\x00\x00\x18", FileKind.AUDIO),
        ("a.amr", b"#!AMR\n\x3c", FileKind.AUDIO),
        ("a.gsm", b"\xd8\x20\xa2\xe1\x5a\x50", FileKind.AUDIO),
        ("a.ULAW", b"\xff\x7f\xfe\x7e", FileKind.AUDIO),
        ("a.alaw", b"\xd5\x55\xd4\x54", FileKind.AUDIO),
        ("a.sln16", b"\x00\x00\x01\x00", FileKind.AUDIO),
        ("a.bin", b"\xd8\x20\xa2\xe1\x5a\x50", FileKind.OTHER),
        ("a.wav", b"PK\x03\x04\x14\x00\x00\x00", FileKind.OTHER),
        ("a.raw", b"this is a test upload", FileKind.TEXT),
        ("a.mp3", b"<html><body>404</body></html>", FileKind.TEXT),
        ("a.mp3", "проба связи".encode(), FileKind.TEXT),
        ("a.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF", FileKind.OTHER),
    ],
)
def test_the_bytes_say_what_a_file_is(name: str, head: bytes, kind: FileKind) -> None:
    assert kind_of(head, len(head) + 10_000, name) is kind


def test_a_header_alone_is_empty() -> None:
    header = b"RIFF\x24\x00\x00\x00WAVEfmt " + b"\x00" * 28
    assert kind_of(header, 44, "a.wav") is FileKind.EMPTY
    assert kind_of(b"", 0, "a.wav") is FileKind.EMPTY


@pytest.mark.parametrize(
    ("name", "content", "error", "remedy"),
    [
        ("empty.wav", b"", "empty", "copy it again"),
        ("probe.txt", b"test", "not_audio", "remove it"),
        ("a.mp3", b'{"error": "not found"}', "not_audio", "fetch the recording again"),
        ("week.zip", b"PK\x03\x04\x14\x00\x00\x00\x08\x00", "not_audio", "unpack it"),
        ("call.pcap", b"\xd4\xc3\xb2\xa1\x02\x00\x04\x00", "not_audio", "export its audio"),
        ("noise.bin", bytes(range(128, 256)), "not_audio", "convert it"),
        ("a.wav.part", b"RIFF", "still_uploading", "run again"),
        ("a.wav.filepart", b"RIFF", "still_uploading", "run again"),
        (".in.a.wav", b"RIFF", "still_uploading", "run again"),
        (".in.a.wav.", b"RIFF", "still_uploading", "run again"),
        (".a.wav.X1y2Z3", b"RIFF", "still_uploading", "run again"),
        ("a.wav.ocTransferId77.part", b"RIFF", "still_uploading", "run again"),
        (".sftpgo-upload.abc.a.wav", b"RIFF", "still_uploading", "run again"),
        ("notes.csv", b"name,age\nAnna,7\n", "unusable_table", "correct or remove it"),
    ],
)
def test_an_unusable_file_is_listed_and_the_others_go_on(
    recordings: RecordingsFolder, name: str, content: bytes, error: str, remedy: str
) -> None:
    recordings.wav("2026/good.wav")
    recordings.write(f"2026/{name}", content)
    gathered = recordings.gather()
    assert [arrived.call.recording for arrived in gathered.arrived] == ["2026/good.wav"]
    (problem,) = gathered.problems
    assert (problem.recording, problem.error) == (f"2026/{name}", error)
    assert remedy in problem.detail


@pytest.mark.parametrize(
    "clutter",
    [".DS_Store", "._call.wav", "Thumbs.db", ".stagecheck/state.db", "@eaDir/call.wav"],
)
def test_what_computers_leave_behind_is_passed_over(
    recordings: RecordingsFolder, clutter: str
) -> None:
    recordings.wav("good.wav")
    recordings.write(clutter, b"\x00\x01binary")
    gathered = recordings.gather()
    assert len(gathered.arrived) == 1
    assert gathered.problems == ()


def test_the_same_bytes_are_one_recording_the_better_described(
    recordings: RecordingsFolder,
) -> None:
    recordings.wav("backup/1.wav", b"same" * 100)
    recordings.wav("in-74951234567-79161234567-20260812-101530-1786518930.42.wav", b"same" * 100)
    recordings.wav("other.wav")
    gathered = recordings.gather()
    assert [arrived.call.recording for arrived in gathered.arrived] == [
        "in-74951234567-79161234567-20260812-101530-1786518930.42.wav",
        "other.wav",
    ]
    assert gathered.problems == ()
    (duplicate,) = gathered.duplicates
    assert (duplicate.recording, duplicate.error) == ("backup/1.wav", "duplicate")


def test_other_bytes_under_one_name_are_two_recordings_with_ids_of_their_own(
    recordings: RecordingsFolder,
) -> None:
    for folder in ("monday", "tuesday"):
        recordings.wav(f"{folder}/in-1-79161234567-20260812-101530-1786518930.42.wav")
    ids = [arrived.call.call_id for arrived in recordings.gather().arrived]
    assert ids[0] == "1786518930.42"
    assert ids[1].startswith("1786518930.42~")


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match=r"nowhere: is no folder\. Give "):
        RecordingsFolder(tmp_path / "nowhere").gather()


def test_a_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(b"RIFF")
    with pytest.raises(InvalidInputError, match="is no folder"):
        RecordingsFolder(tmp_path / "a.wav").gather()


def test_an_empty_folder(recordings: RecordingsFolder) -> None:
    with pytest.raises(InvalidInputError, match="holds no files"):
        recordings.gather()


def test_a_folder_of_bad_files_only_lists_them(recordings: RecordingsFolder) -> None:
    recordings.write("a.wav", b"")
    gathered = recordings.gather()
    assert gathered.arrived == ()
    assert len(gathered.problems) == 1


def test_links_out_of_the_folder_are_listed_and_not_followed(
    recordings: RecordingsFolder, tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "a.wav").write_bytes(b"RIFF" + b"x" * 100)
    recordings.wav("good.wav")
    (recordings.folder / "a.wav").symlink_to(secret / "a.wav")
    (recordings.folder / "all").symlink_to(secret)
    (recordings.folder / "gone.wav").symlink_to(recordings.folder / "nothing.wav")
    gathered = recordings.gather()
    assert [arrived.call.recording for arrived in gathered.arrived] == ["good.wav"]
    assert [(problem.recording, problem.error) for problem in gathered.problems] == [
        ("a.wav", "outside_link"),
        ("all", "outside_link"),
        ("gone.wav", "unreadable"),
    ]


def test_a_link_inside_the_folder_is_a_duplicate(recordings: RecordingsFolder) -> None:
    path = recordings.wav("in-1-79161234567-20260812-101530-1786518930.42.wav")
    (recordings.folder / "latest.wav").symlink_to(path)
    gathered = recordings.gather()
    assert len(gathered.arrived) == 1
    assert [duplicate.recording for duplicate in gathered.duplicates] == ["latest.wav"]


def test_sockets_and_pipes_never_block(
    recordings: RecordingsFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    recordings.wav("good.wav")
    os.mkfifo(recordings.folder / "pipe.wav")
    monkeypatch.chdir(recordings.folder)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("control.wav")
        gathered = recordings.gather()
    assert {problem.recording for problem in gathered.problems} == {"pipe.wav", "control.wav"}


def test_a_file_that_may_not_be_read_is_listed(
    recordings: RecordingsFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    recordings.wav("good.wav")
    locked = recordings.wav("locked.wav")
    real_open = Path.open

    def guarded(path: Path, mode: str = "r") -> object:
        if path == locked:
            raise PermissionError(13, "Permission denied")
        return real_open(path, mode)

    monkeypatch.setattr(Path, "open", guarded)  # tests may run as root, whom nothing is denied
    gathered = recordings.gather()
    (problem,) = gathered.problems
    assert (problem.recording, problem.error) == ("locked.wav", "unreadable")
    assert "Permission denied" in problem.detail


def test_names_that_are_no_utf8_do_not_break_the_result(recordings: RecordingsFolder) -> None:
    path = os.fsencode(recordings.folder) + b"/\xcf\xf0\xee\xe1\xe0.wav"
    with open(path, "wb") as stream:  # noqa: PTH123 - a pathlib path would hide what is tested
        stream.write(b"RIFF" + b"x" * 100)
    call = recordings.only_call()
    assert call.recording is not None
    call.recording.encode("utf-8")
    call.call_id.encode("utf-8")
