"""The service looks for calls once files are whole, in whole ones only, and tells what waits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath

import pytest

from core.sealing_settings import SealingSettings
from core.settings import Settings
from flow.service.bells import NoBell
from flow.service.lookout import Lookout, Seen
from flow.service.scan import look_for_calls
from flow.service.scheduler import Scheduler
from flow.service.workplace import Workplace
from ingest.sftp.box import Box, Room
from models.sealed import make_key, read_keys, seal_in_place
from models.session import reading
from models.store.files import load_known_files
from tests.fakes.office import add_recording, build_cdr, write_crm
from tests.fakes.small_service import build_office, opened

SOUNDS = {f"2026/call-{seconds}.wav" for seconds in (3, 4, 5)}


class Post:
    """A lookout with a clock of its own, ten seconds between two looks."""

    def __init__(self, place: Workplace) -> None:
        self._now_s = 0.0
        self._lookout = Lookout(place, lambda: self._now_s)

    def look(self, *placed: Path) -> Seen:
        seen = self._lookout.look(placed)
        self._now_s += 10
        if seen.whole is not None:
            seen = Seen(dict(seen.whole), seen.waiting, seen.lines)
            self._lookout.done()
        return seen

    def sounds(self, *placed: Path) -> set[str] | None:
        """The recordings that calls are to be looked for in, if they are."""
        whole = self.look(*placed).whole
        return None if whole is None else {one for one in whole if one.endswith((".wav", ".age"))}


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Workplace]:
    with opened(build_office(tmp_path)) as opened_here:
        yield opened_here


def test_nothing_counts_before_it_lay_still(place: Workplace) -> None:
    post = Post(place)
    first = post.look()
    assert first.whole is None
    assert first.lines == ("7 files wait (7 still being written)",)
    assert post.sounds() == SOUNDS
    assert post.look() == Seen(None, "", ())


def test_a_recording_that_grows_holds_up_no_other_and_is_told_once(place: Workplace) -> None:
    growing = place.request.recordings / "growing.mp3"
    post = Post(place)
    told = []
    for look in range(6):
        with growing.open("ab") as stream:
            stream.write(b"ID3\x04 sound")
        if look == 3:
            add_recording(place.request.recordings, "new.wav", 6, {})
        told.append(post.look())
    wholes = [one.whole for one in told if one.whole is not None]
    assert [set(whole) >= SOUNDS for whole in wholes] == [True, True]
    assert ["new.wav" in whole for whole in wholes] == [False, True]
    assert not any("growing.mp3" in whole for whole in wholes)
    assert told[1].waiting == "1 file waits (1 still being written)"
    assert not any(one.lines for one in told[1:])


def test_after_a_restart_known_files_wait_for_the_snapshot_only(
    place: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.arrival._FRESH_NS", 0)
    look_for_calls(place)
    post = Post(place)
    assert post.look().lines == ("1 file waits (1 still being written)",)
    assert post.sounds() == SOUNDS


def test_a_snapshot_that_is_being_written_is_waited_for(place: Workplace) -> None:
    post = Post(place)
    post.look()
    assert post.sounds() == SOUNDS
    place.request.crm.write_text('{"deals": [', encoding="utf-8")
    add_recording(place.request.recordings, "new.wav", 6, {})
    assert post.sounds() is None
    write_crm(place.request.crm)
    assert post.sounds() is None  # the recording is whole, the snapshot not yet
    assert post.sounds() == {*SOUNDS, "new.wav"}


def test_new_and_changed_rules_are_news(tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    rules.mkdir()
    settings = Settings.model_validate({"verification": {"pipelines_folder": rules}})
    with opened(build_office(tmp_path), settings=settings) as place:
        post = Post(place)
        post.look()
        assert post.sounds() == SOUNDS
        rule = rules / "own.yaml"
        for text in ("key: one\n", "key: another\n"):
            rule.write_text(text)
            assert post.sounds() is None
            assert post.sounds() == SOUNDS
        rule.unlink()
        assert post.sounds() == SOUNDS


def test_a_ledger_beside_is_news_when_it_grows(tmp_path: Path) -> None:
    ledger = build_cdr(tmp_path / "Master")
    with opened(replace(build_office(tmp_path), cdr=ledger)) as place:
        post = Post(place)
        post.look()
        assert post.sounds() == SOUNDS
        with ledger.open("a") as stream:
            stream.write(ledger.read_text().replace("1794488400.77", "1794488400.78"))
        assert post.sounds() is None
        assert post.sounds() == SOUNDS


def test_a_file_that_stays_empty_is_told_once(place: Workplace) -> None:
    (place.request.recordings / "empty.wav").touch()
    post = Post(place)
    lines = [line for _ in range(70) for line in post.look().lines]
    assert lines == [
        "8 files wait (1 empty so far, 7 still being written)",
        "1 file is taken as it is (empty all the time)",
    ]


def test_what_was_put_there_whole_need_not_lie_still(place: Workplace) -> None:
    post = Post(place)
    post.look()
    post.look()
    new = add_recording(place.request.recordings, "office/new.wav", 6, {})
    assert post.sounds(new, new.with_suffix(".json")) == {*SOUNDS, "office/new.wav"}


def test_a_recording_that_is_sealed_stays_whole(place: Workplace, tmp_path: Path) -> None:
    post = Post(place)
    post.look()
    post.look()
    call = place.request.recordings / "2026" / "call-3.wav"
    make_key(tmp_path / "key")
    seal_in_place(call, read_keys(SealingSettings(key_file=tmp_path / "key")))
    assert post.sounds() == {*SOUNDS - {"2026/call-3.wav"}, "2026/call-3.wav.age"}


def test_a_look_leaves_out_what_grows_and_reads_nothing_twice(
    place: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.arrival._FRESH_NS", 0)
    post = Post(place)
    post.look()
    whole = dict(post.look().whole or {})
    grown = place.request.recordings / "2026" / "call-5.wav"
    with grown.open("ab") as stream:
        stream.write(b"more")
    assert look_for_calls(place, whole).recorded == 2
    with reading(place.database) as session:
        known = load_known_files(session, place.source)
    assert {one for one, file in known.items() if file.sha256} == SOUNDS - {"2026/call-5.wav"}

    def read(path: Path, *_: object) -> None:
        raise AssertionError(f"{path} was read")

    monkeypatch.setattr("ingest.arrival._read", read)
    looked = look_for_calls(place, whole)
    assert (looked.recorded, looked.problems) == (2, 0)


def test_an_upload_is_found_by_the_look_that_takes_it(tmp_path: Path) -> None:
    settings = Settings.model_validate(
        {"watch": {"still_s": 0}, "service": {"look_s": 1e-6}, "sftp": {"quiet_s": 0}}
    )
    request = build_office(tmp_path)
    box = Box(request.state / "inbox" / "pbx", Room(1 << 30, 100, 0))
    lines: list[str] = []
    with opened(request, settings=settings) as place:
        scheduler = Scheduler(place, NoBell(), lines.append)
        scheduler.turn()
        scheduler.turn()
        assert lines[-1].startswith("3 recordings")
        sent = add_recording(tmp_path, "sent.wav", 6, {})
        at = PurePosixPath("/sent.wav")
        sent.replace(box.begin(at, anew=True))
        box.finish(at)
        scheduler.turn()
        assert lines[-1].startswith("4 recordings")
