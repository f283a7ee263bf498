"""Keeps a folder of recordings judged: looks again and again, runs when something changed."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from core.watch_settings import WatchSettings
from flow.run import RunReport, RunRequest
from ingest.stillness import Why
from ingest.watched import Looked, Watched, place_of
from models.vocabulary.errors import StagecheckError
from models.vocabulary.files import KnownFile


@dataclass(frozen=True, slots=True)
class Tidings:
    """What came of a look: a report, the sentence that says why there is none, or only waiting.

    `waiting` counts the files that are not whole yet, `given_up` those that were taken now though
    they look unfinished, by why.
    """

    report: RunReport | None
    problem: str | None = None
    waiting: Mapping[Why, int] = field(default_factory=dict)
    given_up: Mapping[Why, int] = field(default_factory=dict)


def keep_up(  # noqa: PLR0913 - what is watched, how, and what is done about it
    request: RunRequest,
    judge: Callable[[RunRequest], RunReport],
    look_again: Callable[[], bool],
    *,
    settings: WatchSettings | None = None,
    known: Mapping[str, KnownFile] | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[Tidings]:
    """Runs `judge` as soon as there are whole files, and whenever they or the snapshot changed.

    A file counts once it is whole (`ingest.watched`), so that one still being written is left
    alone and holds up no other. An input that turns out wrong is told and waits for the next
    change; nothing ends the watch but `look_again`.

    Args:
        request: the run to repeat; each is told which files are whole.
        judge: does one run; raises `StagecheckError` where the input is wrong.
        look_again: waits until the next look is due; false ends the watch.
        settings: how long files are waited for.
        known: files of the folder that were judged before and need not be waited for.
        clock: seconds that cannot be set.
    """
    watched = Watched(
        request.recordings,
        settings or WatchSettings(),
        beside=[request.crm],
        tables=[request.cdr] if request.cdr else [],
        known=known,
    )
    due, judged, told = True, False, False
    given_up: Counter[Why] = Counter()
    watched.look(clock())
    while True:
        looked = watched.look(clock())
        due = due or bool(looked.news)
        given_up.update(looked.given_up.values())
        if due and _can_begin(request, looked, judged=judged):
            due, judged = False, True
            yield _judged(request, judge, looked, given_up)
            given_up = Counter()
        elif due and not told:
            yield Tidings(None, None, Counter(looked.waiting.values()))
        told = True
        if not look_again():
            return


def _can_begin(request: RunRequest, looked: Looked, *, judged: bool) -> bool:
    """Whether the snapshot is whole and, at the start, any file is, or none is waited for."""
    crm = place_of(request.crm)
    if looked.waiting.get(crm) is not None:
        return False
    return judged or not looked.waiting or any(place != crm for place in looked.whole)


def _judged(
    request: RunRequest,
    judge: Callable[[RunRequest], RunReport],
    looked: Looked,
    given_up: Mapping[Why, int],
) -> Tidings:
    waiting = Counter(looked.waiting.values())
    try:
        report = judge(replace(request, whole=looked.whole))
    except StagecheckError as error:
        return Tidings(None, str(error), waiting, given_up)
    return Tidings(report, None, waiting, given_up)
