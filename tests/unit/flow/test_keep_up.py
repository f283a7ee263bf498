"""A watched folder is judged at once, again after a change, and never while a file still grows."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from core.watch_settings import WatchSettings
from flow.keep_up import Tidings, keep_up
from flow.run import RunReport, RunRequest
from ingest.listing import mark_of
from ingest.stillness import Why
from models.vocabulary.errors import InvalidInputError
from models.vocabulary.files import KnownFile
from tests.fakes.result import STAGE_KEYS, result, snapshot

AT_ONCE = WatchSettings(still_s=0)
REPORT = RunReport(result(), snapshot(), STAGE_KEYS, ())


@pytest.fixture
def request_of(tmp_path: Path) -> RunRequest:
    recordings = tmp_path / "monitor"
    recordings.mkdir()
    (recordings / "a.wav").write_bytes(b"first")
    crm = tmp_path / "crm.json"
    crm.write_text("{}", encoding="utf-8")
    return RunRequest(recordings=recordings, crm=crm)


def _watch(request: RunRequest, *between_looks: Callable[[], object]) -> list[Tidings]:
    steps = iter(between_looks)

    def look_again() -> bool:
        step = next(steps, None)
        if step is not None:
            step()
        return step is not None

    return list(keep_up(request, lambda _: REPORT, look_again, settings=AT_ONCE))


def _nothing() -> None:
    return


def test_what_lies_there_is_judged_at_once(request_of: RunRequest) -> None:
    assert len(_watch(request_of)) == 1


def test_nothing_new_means_no_second_run(request_of: RunRequest) -> None:
    assert len(_watch(request_of, _nothing, _nothing, _nothing)) == 1


def test_a_new_recording_is_judged_once_it_lies_still(request_of: RunRequest) -> None:
    new = request_of.recordings / "2026" / "b.wav"
    new.parent.mkdir()
    growing = [
        lambda: new.write_bytes(b"RIFF"),
        lambda: new.write_bytes(b"RIFF and more"),
    ]
    assert len(_watch(request_of, _nothing, *growing)) == 1
    assert len(_watch(request_of, _nothing, *growing, _nothing, _nothing)) == 2


def test_a_new_snapshot_is_judged(request_of: RunRequest) -> None:
    def moved() -> None:
        request_of.crm.write_text('{"moved": true}', encoding="utf-8")

    assert len(_watch(request_of, moved, _nothing)) == 2


def test_a_wrong_snapshot_is_told_and_the_watch_goes_on(request_of: RunRequest) -> None:
    wrong = InvalidInputError("crm.json", "not JSON", "Export it again.")

    def judge(request: RunRequest) -> RunReport:
        if request.crm.read_text(encoding="utf-8") == "{}":
            raise wrong
        return REPORT

    steps = iter([lambda: request_of.crm.write_text('{"a": 1}', encoding="utf-8"), _nothing])

    def look_again() -> bool:
        step = next(steps, None)
        if step is not None:
            step()
        return step is not None

    first, second = keep_up(request_of, judge, look_again, settings=AT_ONCE)
    assert first.problem == str(wrong)
    assert second.report is REPORT


class Office:
    """A watch with a clock of its own; keeps the requests that were judged."""

    def __init__(self, request: RunRequest, known: Mapping[str, KnownFile] | None = None) -> None:
        self.request, self.known = request, known
        self.judged: list[RunRequest] = []
        self._now_s = 0.0

    def watch(self, *between_looks: Callable[[], object]) -> list[Tidings]:
        """Looks once, then after each step with ten seconds in between."""
        steps = iter(between_looks)

        def look_again() -> bool:
            self._now_s += 10
            step = next(steps, None)
            if step is not None:
                step()
            return step is not None

        def judge(request: RunRequest) -> RunReport:
            self.judged.append(replace(request, whole=dict(request.whole or {})))
            return REPORT

        found = keep_up(
            self.request, judge, look_again, known=self.known, clock=lambda: self._now_s
        )
        return list(found)

    def whole(self) -> list[set[str]]:
        """The recordings that each run was told to be whole."""
        crm = str(self.request.crm)
        return [set(one.whole or ()) - {crm} for one in self.judged]


def test_nothing_is_judged_before_it_lay_still(request_of: RunRequest) -> None:
    office = Office(request_of)
    waiting, judged = office.watch(_nothing)
    assert (waiting.report, waiting.waiting) == (None, {Why.GROWING: 2})
    assert (judged.report, judged.waiting) == (REPORT, {})
    assert office.whole() == [{"a.wav"}]


def test_a_recording_that_grows_holds_up_no_other(request_of: RunRequest) -> None:
    growing = request_of.recordings / "growing.wav"

    def grow() -> None:
        with growing.open("ab") as stream:
            stream.write(b"sound")

    def one_more() -> None:
        (request_of.recordings / "b.wav").write_bytes(b"second")
        grow()

    grow()
    office = Office(request_of)
    tidings = office.watch(one_more, grow, grow, _nothing)
    assert office.whole() == [{"a.wav"}, {"a.wav", "b.wav"}, {"a.wav", "b.wav", "growing.wav"}]
    assert [dict(one.waiting) for one in tidings[1:]] == [
        {Why.GROWING: 2},
        {Why.GROWING: 1},
        {},
    ]


def test_after_a_restart_what_was_judged_waits_for_the_snapshot_only(
    request_of: RunRequest,
) -> None:
    mark = mark_of((request_of.recordings / "a.wav").stat())
    office = Office(request_of, {"a.wav": KnownFile(mark, "hash")})
    waiting, judged = office.watch(_nothing)
    assert waiting.waiting == {Why.GROWING: 1}
    assert judged.report is REPORT


def test_a_recording_that_stays_empty_is_told_once(request_of: RunRequest) -> None:
    (request_of.recordings / "b.wav").touch()
    tidings = Office(request_of).watch(*[_nothing] * 70)
    assert [dict(one.given_up) for one in tidings] == [{}, {}, {Why.EMPTY: 1}]


def test_a_missing_folder_is_left_to_the_run_to_tell(request_of: RunRequest) -> None:
    folder = request_of.recordings
    away = folder.with_name("away")
    office = Office(request_of)
    office.watch(_nothing, lambda: folder.rename(away), _nothing, lambda: away.rename(folder))
    assert office.whole() == [{"a.wav"}, set(), set()]


def test_a_new_snapshot_is_waited_for(request_of: RunRequest) -> None:
    def begun() -> None:
        request_of.crm.write_text('{"deals": [', encoding="utf-8")
        (request_of.recordings / "b.wav").write_bytes(b"second")

    office = Office(request_of)
    assert len(office.watch(_nothing, begun)) == 2
    assert len(office.judged) == 1
