"""What changed in a folder between two looks, also where nobody says that it did."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from ingest.sight import Sight
from ingest.stillness import Changes
from tests.fakes.unprivileged import unprivileged

LONG_AGO_S = 100_000.0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    day = tmp_path / "monitor" / "2026" / "08" / "12"
    day.mkdir(parents=True)
    (day / "a.wav").write_bytes(b"RIFF")
    (tmp_path / "monitor" / "Master.csv").write_text("row\n")
    return tmp_path / "monitor"


A = "2026/08/12/a.wav"


def _seen(changes: Changes) -> tuple[set[str], set[str]]:
    return set(changes.changed), set(changes.gone)


def test_the_first_look_sees_everything_and_the_second_nothing(folder: Path) -> None:
    sight = Sight(folder, 30)
    assert _seen(sight.look((), 0)) == ({A, "Master.csv"}, set())
    assert _seen(sight.look((), 1)) == (set(), set())


def test_new_grown_and_removed_files_are_seen(folder: Path) -> None:
    sight = Sight(folder, 30)
    sight.look((), 0)
    (folder / "2026" / "new").mkdir()
    (folder / "2026" / "new" / "b.wav").write_bytes(b"RIFF")
    (folder / A).write_bytes(b"RIFF and more")
    (folder / "Master.csv").unlink()
    assert _seen(sight.look((), 1)) == ({A, "2026/new/b.wav"}, {"Master.csv"})


def test_a_folder_left_alone_for_long_is_looked_at_every_so_many_looks(folder: Path) -> None:
    sight = Sight(folder, 5)
    for at in range(3):
        sight.look((), LONG_AGO_S * at)
    with (folder / A).open("ab") as stream:
        stream.write(b" and more")
    found = [set(sight.look((), LONG_AGO_S * at).changed) for at in range(3, 8)]
    assert sorted(found, key=len) == [set(), set(), set(), set(), {A}]


def test_what_is_waited_for_is_looked_at_each_time(folder: Path) -> None:
    sight = Sight(folder, 1000)
    for at in range(3):
        sight.look((), LONG_AGO_S * at)
    with (folder / A).open("ab") as stream:
        stream.write(b" and more")
    assert _seen(sight.look([A, "/elsewhere/crm.json"], LONG_AGO_S * 3)) == ({A}, set())


def test_a_file_that_comes_right_after_the_folder_was_read_is_seen(folder: Path) -> None:
    day = (folder / A).parent
    sight = Sight(folder, 1000)
    sight.look((), 0)
    times = (day.stat().st_atime_ns, day.stat().st_mtime_ns)
    (day / "b.wav").write_bytes(b"RIFF")
    os.utime(day, ns=times)  # as if the file system's clock had not ticked in between
    assert _seen(sight.look((), LONG_AGO_S)) == ({"2026/08/12/b.wav"}, set())


def test_another_file_of_the_same_size_and_time_is_a_change(folder: Path) -> None:
    sight = Sight(folder, 30)
    sight.look((), 0)
    info = (folder / A).stat()
    other = folder / "other"
    other.write_bytes(b"RIFX")
    os.utime(other, ns=(info.st_atime_ns, info.st_mtime_ns))
    other.replace(folder / A)
    assert _seen(sight.look((), 1)) == ({A}, set())


def test_a_new_owner_or_link_is_no_change(folder: Path) -> None:
    sight = Sight(folder, 30)
    sight.look((), 0)
    os.link(folder / A, folder.parent / "backup.wav")
    (folder / A).chmod(0o600)
    assert _seen(sight.look((), 1)) == (set(), set())


def test_a_removed_folder_takes_its_files_with_it(folder: Path) -> None:
    sight = Sight(folder, 30)
    sight.look((), 0)
    shutil.rmtree(folder / "2026")
    assert _seen(sight.look((), 1)) == (set(), {A})
    assert not sight.lost


def test_the_whole_folder_may_go_and_come_back(folder: Path) -> None:
    sight = Sight(folder, 30)
    sight.look((), 0)
    folder.rename(folder.with_name("away"))
    assert _seen(sight.look((), 1)) == (set(), {A, "Master.csv"})
    assert sight.lost
    folder.with_name("away").rename(folder)
    assert _seen(sight.look((), 2)) == ({A, "Master.csv"}, set())
    assert not sight.lost


def test_what_cannot_be_read_for_a_while_stands_as_it_was(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    day = (folder / A).parent
    sight = Sight(Path(), 1)
    with unprivileged():
        sight.look((), 0)
    day.chmod(0)
    try:
        with unprivileged():
            assert _seen(sight.look((), 1)) == (set(), set())
    finally:
        day.chmod(0o755)
    with unprivileged():
        assert _seen(sight.look((), 2)) == (set(), set())


def test_links_are_followed_to_files_and_never_in_circles(folder: Path) -> None:
    (folder / "latest.wav").symlink_to(folder / A)
    (folder / "itself.wav").symlink_to(folder / "itself.wav")
    (folder / "2026" / "up").symlink_to(folder)
    (folder / "gone.wav").symlink_to(folder / "nothing")
    sight = Sight(folder, 1)
    assert _seen(sight.look((), 0)) == ({A, "Master.csv", "latest.wav"}, set())
    with (folder / A).open("ab") as stream:
        stream.write(b" and more")
    assert _seen(sight.look((), 1)) == ({A, "latest.wav"}, set())


def test_a_file_that_becomes_a_folder(folder: Path) -> None:
    sight = Sight(folder, 1)
    sight.look((), 0)
    (folder / "Master.csv").unlink()
    (folder / "Master.csv").mkdir()
    (folder / "Master.csv" / "b.wav").write_bytes(b"RIFF")
    found = [_seen(sight.look((), at)) for at in (1, 2)]
    assert found == [(set(), {"Master.csv"}), ({"Master.csv/b.wav"}, set())]


def test_hidden_things_and_clutter_are_passed_over(folder: Path) -> None:
    for name in (".DS_Store", "Thumbs.db", ".in.b.wav"):
        (folder / name).write_bytes(b"x")
    (folder / "@eaDir").mkdir()
    (folder / "@eaDir" / "b.wav").write_bytes(b"x")
    assert _seen(Sight(folder, 30).look((), 0))[0] == {A, "Master.csv", ".in.b.wav"}


def test_names_in_foreign_bytes_are_seen(folder: Path) -> None:
    name = b"\xcf\xf0\xee\xe1\xe0.wav"
    with open(os.fsencode(folder) + b"/" + name, "wb") as stream:  # noqa: PTH123 - bytes it is
        stream.write(b"RIFF")
    sight = Sight(folder, 30)
    assert os.fsdecode(name) in sight.look((), 0).changed
    os.unlink(os.fsencode(folder) + b"/" + name)  # noqa: PTH108 - bytes it is
    assert _seen(sight.look((), 1)) == (set(), {os.fsdecode(name)})
