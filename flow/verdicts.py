"""Verdicts on calls as they are known now: what the machine heard, with what people said of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from classify.corrected import as_corrected
from classify.judge import counted
from classify.verification.memory import VerdictMemory
from classify.verify import verify
from flow.question import Question
from flow.second_listening import ListenedAgain, Memory, Settled, listen_again
from flow.steps import Ears, Surroundings
from flow.watch import Watcher
from models.session import reading
from models.store.corrections import corrected_actions
from models.store.hearing import corrected_hearings
from models.store.hearing_copy import JudgedCopy
from models.store.waivers import waivers_by_deal
from models.vocabulary.verdict import JudgedCall, Verification, Waiver


@dataclass(frozen=True, slots=True)
class ToJudge:
    """The calls with what counts of what was heard in them, and by deal what people waived."""

    calls: Sequence[JudgedCall]
    waivers: Mapping[str, Sequence[Waiver]]


@dataclass(slots=True)
class Kept:
    """What one process keeps from one judging to the next.

    `calls` as they were read, `counted` what of each counts, `verdicts` as they were judged,
    `settled` what was heard again.
    """

    calls: JudgedCopy = field(default_factory=JudgedCopy)
    counted: dict[int, tuple[tuple[Any, ...], JudgedCall]] = field(default_factory=dict)
    verdicts: VerdictMemory = field(default_factory=VerdictMemory)
    settled: Settled = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What was judged, from which calls, and what a second listening came to."""

    verification: Verification
    calls: Sequence[JudgedCall]
    again: ListenedAgain


def judged(  # noqa: PLR0913 - what judges, what is judged, how long
    question: Question,
    around: Surroundings,
    ids: tuple[Sequence[int], Sequence[int]],
    ears: Ears,
    watch: Watcher,
    *,
    has_time: Callable[[], bool] = lambda: True,
    memory: Memory | None = None,
    kept: Kept | None = None,
) -> Judgement:
    """Judges all calls; what a verdict hangs on is heard again, and judged anew if it differs.

    What is `kept` from one judging to the next spares what nothing could have turned.
    """
    recorded, unrecorded = ids
    everything = [*recorded, *unrecorded]
    known = to_judge(question, around, everything, kept)
    verification = verdicts_on(question, known, kept=kept)
    again = listen_again(
        around,
        recorded,
        ears,
        verification,
        watch,
        has_time=has_time,
        memory=memory,
        settled=kept.settled if kept is not None else None,
        judged=dict(zip(everything, known.calls, strict=True)),
    )
    if again.otherwise:
        known = to_judge(question, around, everything, kept)
        verification = verdicts_on(question, known, kept=kept)
    return Judgement(verification, known.calls, again)


def to_judge(
    question: Question, around: Surroundings, ids: Sequence[int], kept: Kept | None = None
) -> ToJudge:
    """Reads what a question's deals are judged by."""
    kept = kept if kept is not None else Kept()
    with reading(around.engine) as session:
        calls = kept.calls.load(session, ids, around.zone)
        told = corrected_actions(session, ids, around.zone)
        anew = corrected_hearings(session, ids)
        waivers = waivers_by_deal(session, question.request.crm_source, around.zone)
    least = question.settings.judge.evidence_confidence
    known = []
    for id_, call in zip(ids, calls, strict=True):
        made_of = (call, told.get(id_, ()), anew.get(id_), least)
        before = kept.counted.get(id_)
        if before is None or before[0] != made_of:
            one = as_corrected(*made_of[:3])
            before = (made_of, replace(one, actions=counted(one.actions, least)))
            kept.counted[id_] = before
        known.append(before[1])
    return ToJudge(known, waivers)


def verdicts_on(
    question: Question,
    known: ToJudge,
    progress: Callable[[int], None] | None = None,
    kept: Kept | None = None,
) -> Verification:
    """What a question's rules say of what is known; nothing is written down."""
    return verify(
        question.snapshot,
        question.rules,
        known.calls,
        as_of=question.as_of,
        settings=question.settings.verification,
        progress=progress,
        waivers=known.waivers,
        memory=kept.verdicts if kept is not None else None,
    )
