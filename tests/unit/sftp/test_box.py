"""One account's box: three stages shown as one tree, and no finished upload ever lost."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest

from ingest.sftp.box import Box, FullError, Room, Stage

ROOM = Room(file_bytes=1 << 20, files=100, free_bytes=0)
A = PurePosixPath("/day/a.wav")


@pytest.fixture
def box(tmp_path: Path) -> Box:
    made = Box(tmp_path / "pbx", ROOM)
    made.make_folder(PurePosixPath("/day"))
    return made


def upload(box: Box, place: PurePosixPath, text: str) -> Path:
    box.begin(place, anew=True).write_text(text)
    return box.finish(place)


def stored(box: Box, stage: Stage) -> list[str]:
    return sorted(path.read_text() for path in (box.folder / stage).rglob("*") if path.is_file())


def test_a_file_goes_from_receiving_to_received(box: Box) -> None:
    box.begin(A, anew=True).write_text("one")
    seen = box.look(A)
    assert seen is not None
    assert (seen.stage, seen.size) == (Stage.RECEIVING, 3)
    path = box.finish(A)
    assert path == box.folder / "received" / "day" / "a.wav"
    assert stored(box, Stage.RECEIVING) == []
    assert list(box.names(A.parent)) == ["a.wav"]


def test_a_second_file_of_the_name_shelves_the_first(box: Box) -> None:
    upload(box, A, "one")
    upload(box, A, "two")
    assert stored(box, Stage.RECEIVED) == ["one", "two"]
    assert list(box.names(A.parent)) == ["a.wav"]


def test_a_received_file_is_continued_by_taking_it_back(box: Box) -> None:
    upload(box, A, "one")
    with box.begin(A, anew=False).open("a") as more:
        more.write(" and more")
    assert stored(box, Stage.RECEIVED) == []
    assert box.finish(A).read_text() == "one and more"


def test_a_file_that_was_taken_is_still_seen_and_cannot_be_continued(box: Box) -> None:
    path = upload(box, A, "one")
    path.unlink()
    box.taken(A, size=5_000_000, modified=1_786_518_930)
    seen = box.look(A)
    assert seen is not None
    assert (seen.stage, seen.size, seen.modified) == (Stage.RECEIPTS, 5_000_000, 1_786_518_930)
    assert box.path(Stage.RECEIPTS, A).stat().st_blocks == 0
    with pytest.raises(FileNotFoundError):
        box.begin(A, anew=False)
    assert upload(box, A, "again").read_text() == "again"


def test_removing_hides_what_was_received_and_deletes_what_was_not(box: Box) -> None:
    upload(box, A, "one")
    box.hide(A)
    assert box.look(A) is None
    assert stored(box, Stage.RECEIVED) == ["one"]
    box.begin(A, anew=True).write_text("half")
    box.hide(A)
    assert stored(box, Stage.RECEIVING) == []
    with pytest.raises(FileNotFoundError):
        box.hide(A)


def test_a_temporary_file_gets_its_name(box: Box) -> None:
    draft = PurePosixPath("/day/a.wav.part")
    box.begin(draft, anew=True).write_text("one")
    box.move(draft, A)
    assert box.finish(A).read_text() == "one"
    with pytest.raises(FileNotFoundError):
        box.move(draft, A)


def test_a_finished_file_may_be_renamed_until_it_is_taken(box: Box) -> None:
    upload(box, A, "one")
    other = PurePosixPath("/day/b.wav")
    box.move(A, other)
    box.finish(other)
    assert list(box.names(A.parent)) == ["b.wav"]


def test_a_folder_has_to_be_made_and_emptied(box: Box) -> None:
    with pytest.raises(FileNotFoundError):
        box.begin(PurePosixPath("/night/a.wav"), anew=True)
    with pytest.raises(FileExistsError):
        box.make_folder(A.parent)
    upload(box, A, "one")
    with pytest.raises(OSError, match="not empty"):
        box.remove_folder(A.parent)
    with pytest.raises(FileExistsError):
        box.begin(A.parent, anew=True)
    box.make_folder(PurePosixPath("/night"))
    box.remove_folder(PurePosixPath("/night"))
    assert list(box.names(PurePosixPath("/"))) == ["day"]


def test_a_folder_that_only_the_taken_files_remember_can_be_written_to(tmp_path: Path) -> None:
    box = Box(tmp_path, ROOM)
    box.taken(A, 3, 0)
    assert upload(box, PurePosixPath("/day/b.wav"), "two").read_text() == "two"
    assert list(box.names(PurePosixPath("/day"))) == ["a.wav", "b.wav"]


def test_a_full_box_takes_no_more_until_the_intake_took_some(tmp_path: Path) -> None:
    box = Box(tmp_path, Room(1 << 20, files=2, free_bytes=0))
    first = upload(box, PurePosixPath("/1.wav"), "one")
    upload(box, PurePosixPath("/2.wav"), "two")
    with pytest.raises(FullError, match="2 files"):
        box.begin(PurePosixPath("/3.wav"), anew=True)
    first.unlink()  # as the intake does, in another process
    upload(box, PurePosixPath("/3.wav"), "three")


def test_a_full_disk_is_told_before_it_is_full(tmp_path: Path) -> None:
    box = Box(tmp_path, Room(1 << 20, files=2, free_bytes=1 << 62))
    with pytest.raises(FullError, match="MB left"):
        box.begin(PurePosixPath("/1.wav"), anew=True)


def test_what_was_broken_off_survives_a_restart(tmp_path: Path) -> None:
    Box(tmp_path, ROOM).begin(PurePosixPath("/1.wav"), anew=True).write_text("half")
    again = Box(tmp_path, ROOM)
    seen = again.look(PurePosixPath("/1.wav"))
    assert seen is not None
    assert (seen.stage, seen.size) == (Stage.RECEIVING, 4)
    assert again.begin(PurePosixPath("/1.wav"), anew=False).read_text() == "half"


def test_a_rename_that_fails_leaves_a_finished_file_finished(box: Box) -> None:
    upload(box, A, "one")
    with pytest.raises(FileNotFoundError):
        box.move(A, PurePosixPath("/night/a.wav"))
    assert stored(box, Stage.RECEIVED) == ["one"]


def test_a_rename_onto_a_folder_leaves_a_finished_file_finished(box: Box) -> None:
    upload(box, A, "one")
    box.make_folder(PurePosixPath("/folder.wav"))
    with pytest.raises(FileExistsError):
        box.move(A, PurePosixPath("/folder.wav"))
    assert stored(box, Stage.RECEIVED) == ["one"]


def test_what_was_taken_cannot_be_renamed(box: Box) -> None:
    box.taken(A, 3, 0)
    with pytest.raises(FileNotFoundError):
        box.move(A, PurePosixPath("/b.wav"))


def test_processes_that_share_a_box_do_not_fill_it_twice(tmp_path: Path) -> None:
    room = Room(1 << 20, files=10, free_bytes=0)
    first, second = Box(tmp_path, room, sharers=2), Box(tmp_path, room, sharers=2)
    begun = 0
    for number in range(10):
        for box in (first, second):
            try:
                path = box.begin(PurePosixPath(f"/{id(box)}-{number}.wav"), anew=True)
            except FullError:
                continue
            path.write_text("one")
            begun += 1
    assert 10 <= begun <= 11
