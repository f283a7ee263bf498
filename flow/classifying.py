"""`stagecheck classify`: texts in, actions out; no audio, and no database or network by itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from classify.hear import CallContext
from core.judge_settings import JudgeSettings
from flow.judging import EngineAlone, Hearing, hearing
from flow.result import Json, classified
from flow.texts import TextCall


def classify_texts(
    calls: Iterable[TextCall], *, explain: bool, ears: Hearing | None = None
) -> list[Json]:
    """Gives outcome and actions of each call in the contract's shape, in the calls' order."""
    listener = ears or EngineAlone()
    return [
        classified(call.call_id, listener.hear(call.segments, _context(call)), explain=explain)
        for call in calls
    ]


@contextmanager
def text_ears(judge: JudgeSettings, state: Path) -> Iterator[Hearing]:
    """Gives what hears texts; only a judge needs the state folder, which keeps its answers."""
    if judge.endpoint is None:
        yield EngineAlone()
        return
    from flow.run import open_state

    database = open_state(state)
    try:
        with hearing(judge, database) as ears:
            yield ears
    finally:
        database.dispose()


def _context(call: TextCall) -> CallContext:
    return CallContext(started_at=call.started_at, direction=call.direction)
