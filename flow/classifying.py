"""`stagecheck classify`: texts in, actions out; no audio, and no database or network by itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from classify.checklist import Checklist, check_call
from classify.hear import CallContext
from core.judge_settings import JudgeSettings
from flow.judging import EngineAlone, Hearing, hearing
from flow.result import Json, classified
from flow.texts import TextCall
from models.store.mapping import plain


def classify_texts(
    calls: Iterable[TextCall],
    *,
    explain: bool,
    ears: Hearing | None = None,
    checklist: Checklist | None = None,
) -> list[Json]:
    """Gives outcome and actions of each call in the contract's shape, in the calls' order.

    With a checklist each call also says how it was led (docs/checklist.md).
    """
    answers = []
    for call in calls:
        context = _context(call)
        heard = (ears or EngineAlone()).hear(call.segments, context)
        answer = classified(call.call_id, heard, explain=explain)
        if checklist is not None:
            answer["checklist"] = plain(check_call(checklist, call.segments, context, heard))
        answers.append(answer)
    return answers


@contextmanager
def text_ears(judge: JudgeSettings, state: Path) -> Iterator[Hearing]:
    """Gives what hears texts; only a judge needs the state folder, which keeps its answers."""
    if judge.endpoint is None:
        yield EngineAlone()
        return
    from models.places import open_state

    database = open_state(state)
    try:
        with hearing(judge, database) as ears:
            yield ears
    finally:
        database.dispose()


def _context(call: TextCall) -> CallContext:
    return CallContext(started_at=call.started_at, direction=call.direction)
