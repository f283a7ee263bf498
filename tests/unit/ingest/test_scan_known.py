"""A scan reads no file twice, and takes only files that are whole."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ingest.arrival import Arrivals, scan_folder
from ingest.kinds import FileKind, kind_of
from ingest.listing import mark_of
from ingest.sight import Sight
from models.vocabulary.files import KnownFile, Mark
from tests.fakes.recordings_folder import WAV, RecordingsFolder, cdr_row

LATER_NS = 10**10


class Notebook:
    """Known files in a dictionary."""

    def __init__(self) -> None:
        self.files: dict[str, KnownFile] = {}

    def find(self, place: str, mark: Mark) -> KnownFile | None:
        file = self.files.get(place)
        return file if file is not None and file.mark == mark else None

    def learn(self, place: str, file: KnownFile) -> None:
        self.files[place] = file


@pytest.fixture
def notebook() -> Notebook:
    return Notebook()


def _clock(path: Path, after_ns: int) -> Callable[[], int]:
    return lambda: path.stat().st_ctime_ns + after_ns


def _scan(recordings: RecordingsFolder, notebook: Notebook, path: Path) -> Arrivals:
    return scan_folder(recordings.folder, files=notebook, clock_ns=_clock(path, LATER_NS))


def _claim(notebook: Notebook, place: str, sha256: str = "claimed") -> None:
    notebook.files[place] = KnownFile(notebook.files[place].mark, sha256)


def test_a_known_file_is_not_read(recordings: RecordingsFolder, notebook: Notebook) -> None:
    path = recordings.wav("2026/a.wav")
    first = _scan(recordings, notebook, path)
    assert notebook.files["2026/a.wav"].sha256 == first.audio[0].sha256
    _claim(notebook, "2026/a.wav")
    assert _scan(recordings, notebook, path).audio[0].sha256 == "claimed"


def _put_another(path: Path) -> None:
    other = path.with_name("other")
    other.write_bytes(path.read_bytes())
    other.replace(path)


@pytest.mark.parametrize(
    "change",
    [
        lambda path: path.write_bytes(WAV + b"longer" * 1000),
        lambda path: os.utime(path, (1, 1)),
        lambda path: path.chmod(0o600),
        _put_another,
    ],
    ids=["size", "mtime", "ctime", "inode"],
)
def test_a_changed_file_is_read_again(
    recordings: RecordingsFolder, notebook: Notebook, change: Callable[[Path], Any]
) -> None:
    path = recordings.wav("a.wav")
    _scan(recordings, notebook, path)
    _claim(notebook, "a.wav")
    change(path)
    assert _scan(recordings, notebook, path).audio[0].sha256 != "claimed"


@pytest.mark.parametrize("after_ns", [-(10**15), -1, 0, 1_900_000_000])
def test_a_file_changed_just_now_is_not_trusted(
    recordings: RecordingsFolder, notebook: Notebook, after_ns: int
) -> None:
    path = recordings.wav("a.wav")
    arrivals = scan_folder(recordings.folder, files=notebook, clock_ns=_clock(path, after_ns))
    assert len(arrivals.audio) == 1
    assert notebook.files == {}


def test_what_is_no_recording_is_known_again_with_its_reason(
    recordings: RecordingsFolder, notebook: Notebook
) -> None:
    recordings.write("a.wav", b"")
    path = recordings.write("probe.txt", "test")
    first = _scan(recordings, notebook, path).problems
    assert [problem.error for problem in first] == ["empty", "not_audio"]
    notebook.files["a.wav"] = KnownFile(notebook.files["a.wav"].mark, None, "empty", "claimed")
    second = _scan(recordings, notebook, path).problems
    assert [(problem.error, problem.detail) for problem in second] == [
        ("empty", "claimed"),
        ("not_audio", first[1].detail),
    ]


def test_names_in_foreign_bytes_are_known_by_text(
    recordings: RecordingsFolder, notebook: Notebook
) -> None:
    name = os.fsdecode(b"\xcf\xf0\xee.wav")
    path = recordings.folder / name
    path.write_bytes(WAV + b"sound")
    _scan(recordings, notebook, path)
    assert list(notebook.files) == [r"\xcf\xf0\xee.wav"]
    _claim(notebook, r"\xcf\xf0\xee.wav")
    assert _scan(recordings, notebook, path).audio[0].sha256 == "claimed"


def test_a_file_written_to_while_it_is_read_is_left(
    recordings: RecordingsFolder, notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = recordings.wav("a.wav")
    recordings.wav("b.wav")

    def grown(head: bytes, size: int, name: str) -> FileKind:
        if name == "a.wav":
            with path.open("ab") as stream:
                stream.write(b"more")
        return kind_of(head, size, name)

    monkeypatch.setattr("ingest.arrival.kind_of", grown)
    arrivals = _scan(recordings, notebook, path)
    assert [file.path.name for file in arrivals.audio] == ["b.wav"]
    (problem,) = arrivals.problems
    assert (problem.recording, problem.error) == ("a.wav", "still_uploading")
    assert list(notebook.files) == ["b.wav"]


def test_a_file_taken_away_meanwhile_is_no_problem(
    recordings: RecordingsFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    recordings.wav("a.wav")
    gone = recordings.wav("b.wav")

    def vanishing(name: str) -> bool:
        if name == gone.name:
            gone.unlink()
        return False

    monkeypatch.setattr("ingest.arrival.is_uploading", vanishing)
    arrivals = scan_folder(recordings.folder)
    assert [file.path.name for file in arrivals.audio] == ["a.wav"]
    assert arrivals.problems == []


def test_links_in_circles_are_listed_and_stop_nothing(recordings: RecordingsFolder) -> None:
    recordings.wav("good.wav")
    (recordings.folder / "itself.wav").symlink_to(recordings.folder / "itself.wav")
    (recordings.folder / "up").symlink_to(recordings.folder)
    gathered = recordings.gather()
    assert [arrived.call.recording for arrived in gathered.arrived] == ["good.wav"]
    assert [(one.recording, one.error) for one in gathered.problems] == [
        ("itself.wav", "outside_link")
    ]


def test_a_tree_is_walked_so_deep_and_no_deeper(recordings: RecordingsFolder) -> None:
    deep = "d/" * 64
    recordings.wav(f"{deep}deep.wav")
    assert not scan_folder(recordings.folder).problems
    recordings.wav(f"{deep}d/deeper.wav")
    arrivals = scan_folder(recordings.folder)
    assert [str(file.place) for file in arrivals.audio] == [f"{deep}deep.wav"]
    assert [problem.error for problem in arrivals.problems] == ["too_deep"]
    assert list(Sight(recordings.folder, 1).look((), 0).changed) == [f"{deep}deep.wav"]


def _whole(recordings: RecordingsFolder, *places: str) -> dict[str, Mark]:
    return {place: mark_of((recordings.folder / place).stat()) for place in places}


def test_only_whole_files_count(recordings: RecordingsFolder) -> None:
    for name in ("a.wav", "grown.wav", "new.wav"):
        recordings.wav(name)
    whole = _whole(recordings, "a.wav", "grown.wav")
    with (recordings.folder / "grown.wav").open("ab") as stream:
        stream.write(b"more")
    arrivals = scan_folder(recordings.folder, whole=whole)
    assert [file.path.name for file in arrivals.audio] == ["a.wav"]
    assert [(one.recording, one.error) for one in arrivals.problems] == [
        ("grown.wav", "still_uploading"),
        ("new.wav", "still_uploading"),
    ]


def test_a_ledger_that_is_continued_counts(recordings: RecordingsFolder) -> None:
    recordings.wav("a.wav")
    ledger = recordings.write("Master.csv", "row\n")
    whole = _whole(recordings, "a.wav", "Master.csv")
    with ledger.open("a") as stream:
        stream.write("row\n")
    assert len(scan_folder(recordings.folder, whole=whole).csv_files) == 1


@pytest.mark.parametrize(
    ("whole", "growing"),
    [
        ("call_in.wav", "call_out.wav"),
        ("call.wav", "call.json"),
        ("call.wav", "call.wav.json"),
        ("call_in.wav", "call.json"),
    ],
)
def test_what_belongs_to_an_unfinished_file_waits_with_it(
    recordings: RecordingsFolder, whole: str, growing: str
) -> None:
    for place in (f"2026/{whole}", f"2026/{growing}", "2026/other.wav", "call.wav"):
        recordings.wav(place)
    known = _whole(recordings, f"2026/{whole}", "2026/other.wav", "call.wav")
    gathered = recordings.gather(whole=known)
    assert {one.call.recording for one in gathered.arrived} == {"2026/other.wav", "call.wav"}
    assert {(one.recording, one.error) for one in gathered.problems} == {
        (f"2026/{whole}", "still_uploading"),
        (f"2026/{growing}", "still_uploading"),
    }


@pytest.mark.parametrize("named", ["", "q-700-79161234567-20260812-101530-1786518930.42.wav"])
def test_a_call_comes_with_its_recording_not_before(
    recordings: RecordingsFolder, named: str
) -> None:
    recordings.wav("other.wav")
    recordings.wav("q-700-79161234567-20260812-101530-1786518930.42.wav")
    uid = "1786518931.99" if named else "1786518930.42"
    row = cdr_row("79161234567", "700", "PJSIP/t-1", "PJSIP/101-1", uid=uid, userfield=named)
    recordings.cdr(row)
    early = recordings.gather(whole=_whole(recordings, "other.wav", "Master.csv"))
    assert (len(early.arrived), early.unrecorded, early.cdr) == (1, (), ())
    late = recordings.gather()
    assert (len(late.arrived), late.unrecorded, len(late.cdr)) == (2, (), 1)


def test_a_call_whose_recording_never_came_is_known_all_the_same(
    recordings: RecordingsFolder,
) -> None:
    recordings.wav("other.wav")
    recordings.wav("1786518930.42.wav.part")
    recordings.cdr(cdr_row("79161234567", "700", "PJSIP/t-1", "PJSIP/101-1"))
    whole = _whole(recordings, "other.wav", "Master.csv")
    assert len(recordings.gather(whole=whole).unrecorded) == 1
