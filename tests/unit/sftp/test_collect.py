"""Finished uploads go to the recordings: quietly, once, and whatever dies in between."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pytest

from ingest.sftp import collect as collecting
from ingest.sftp.box import Box, Room, Stage
from ingest.sftp.collect import Taken, Waiting, collect, forget_receipts

A = PurePosixPath("/a.wav")
LATER = 3600.0


@pytest.fixture
def box(tmp_path: Path) -> Box:
    return Box(tmp_path / "inbox" / "pbx", Room(1 << 20, 100, 0))


def upload(box: Box, place: PurePosixPath, text: str) -> None:
    box.begin(place, anew=True).write_text(text)
    box.finish(place)


def take(box: Box, after: float = LATER) -> list[Taken]:
    found = list(look(box, after))
    assert all(isinstance(one, Taken) for one in found), found
    return [one for one in found if isinstance(one, Taken)]


def look(box: Box, after: float = LATER) -> Iterator[Taken | Waiting]:
    inbox = box.folder.parent
    return collect(inbox, inbox.parent / "calls", quiet_s=60, at=time.time() + after)


def kept(box: Box) -> dict[str, str]:
    folder = box.folder.parent.parent / "calls" / "pbx"
    return {f.name: f.read_text() for f in folder.rglob("*") if f.is_file()}


def left(box: Box) -> list[Path]:
    stages = ("received", "taking")
    return [f for stage in stages for f in (box.folder / stage).rglob("*") if f.is_file()]


def test_a_quiet_file_is_taken_and_still_seen_by_its_client(box: Box) -> None:
    box.make_folder(PurePosixPath("/2026"))
    place = PurePosixPath("/2026/a.wav")
    upload(box, place, "one")
    (taken,) = take(box)
    assert (taken.account, taken.place, taken.size, taken.repeated) == ("pbx", place, 3, False)
    assert taken.path.read_text() == "one"
    assert taken.path.relative_to(box.folder.parent.parent) == Path("calls/pbx/2026/a.wav")
    seen = box.look(place)
    assert seen is not None
    assert (seen.stage, seen.size) == (Stage.RECEIPTS, 3)
    assert not left(box)
    assert take(box) == []


def test_a_file_that_was_just_closed_is_left_alone(box: Box) -> None:
    upload(box, A, "one")
    assert take(box, after=30) == []
    assert kept(box) == {}


def test_a_client_that_sets_an_old_time_does_not_shorten_the_quiet(box: Box) -> None:
    upload(box, A, "one")
    os.utime(box.path(Stage.RECEIVED, A), (0, 0))
    assert take(box, after=30) == []


def test_a_client_that_sets_a_coming_time_does_not_prolong_it(box: Box) -> None:
    upload(box, A, "one")
    ahead = time.time() + 10 * LATER
    os.utime(box.path(Stage.RECEIVED, A), (ahead, ahead))
    assert len(take(box)) == 1


def test_the_same_file_again_is_told_and_kept_once(box: Box) -> None:
    upload(box, A, "one")
    take(box)
    upload(box, A, "one")
    (taken,) = take(box)
    assert taken.repeated
    assert kept(box) == {"a.wav": "one"}


def test_another_file_of_the_name_is_kept_beside_the_first(box: Box) -> None:
    upload(box, A, "one")
    upload(box, A, "two")
    assert len(take(box)) == 2
    assert sorted(kept(box).values()) == ["one", "two"]
    assert {name.partition("~")[0].removesuffix(".wav") for name in kept(box)} == {"a"}
    assert all(name.endswith(".wav") for name in kept(box))


@pytest.mark.parametrize("step", ["_put", "Box.taken", "Path.unlink"])
def test_a_death_at_any_step_loses_and_doubles_nothing(
    box: Box, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload(box, A, "one")

    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    owner, _, name = step.rpartition(".")
    with monkeypatch.context() as patched:
        patched.setattr(getattr(collecting, owner) if owner else collecting, name, die)
        with pytest.raises(KeyboardInterrupt):
            take(box)
    assert "one" in [f.read_text() for f in left(box)]
    take(box)
    assert kept(box) == {"a.wav": "one"}
    assert not left(box)


def test_another_disk_is_reached_by_a_copy(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_link(*_: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr("ingest.sftp.collect.os.link", no_link)
    upload(box, A, "one")
    take(box)
    assert kept(box) == {"a.wav": "one"}


def test_an_upload_that_is_not_finished_is_not_taken(box: Box) -> None:
    box.begin(A, anew=True).write_text("half")
    assert take(box) == []
    assert box.path(Stage.RECEIVING, A).read_text() == "half"


def test_receipts_are_forgotten_in_time(box: Box) -> None:
    upload(box, A, "one")
    take(box)
    forget_receipts(box.folder.parent, before=time.time() - LATER)
    assert box.look(A) is not None
    forget_receipts(box.folder.parent, before=time.time() + LATER)
    assert box.look(A) is None
    assert kept(box) == {"a.wav": "one"}


def test_an_upload_that_cannot_be_taken_stops_no_other(box: Box) -> None:
    blocked = PurePosixPath("/day/a.wav")
    box.make_folder(blocked.parent)
    upload(box, blocked, "blocked")
    upload(box, PurePosixPath("/z.wav"), "free")
    calls = box.folder.parent.parent / "calls" / "pbx"
    calls.mkdir(parents=True)
    (calls / "day").write_text("a file where the folder should be")
    waiting, taken = look(box)
    assert isinstance(waiting, Waiting)
    assert (waiting.account, waiting.place) == ("pbx", blocked)
    assert str(calls / "day") in waiting.reason
    assert isinstance(taken, Taken)
    (calls / "day").unlink()
    assert [one.place for one in take(box)] == [blocked]
    assert sorted(kept(box).values()) == ["blocked", "free"]


def test_a_box_that_cannot_be_read_stops_no_other(box: Box) -> None:
    (box.folder.parent / "broken").mkdir()
    (box.folder.parent / "broken" / "received").write_text("a file where the folder should be")
    upload(box, A, "one")
    waiting, taken = look(box)
    assert isinstance(waiting, Waiting)
    assert waiting.account == "broken"
    assert isinstance(taken, Taken)
