"""A watched folder is judged at once, again after a change, and never while a file still grows."""

from collections.abc import Callable
from pathlib import Path

import pytest

from core.watch_settings import WatchSettings
from flow.keep_up import Tidings, keep_up
from flow.run import RunReport, RunRequest
from models.vocabulary.errors import InvalidInputError
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
