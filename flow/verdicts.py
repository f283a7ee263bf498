"""Verdicts on calls as they are known now: what the machine heard, with what people said of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from classify.corrected import as_corrected
from classify.judge import counted
from classify.verify import verify
from flow.question import Question
from flow.second_listening import ListenedAgain, Memory, listen_again
from flow.steps import Ears, Surroundings
from flow.watch import Watcher
from models.session import reading
from models.store.corrections import corrected_actions
from models.store.hearing import corrected_hearings, load_judged_calls
from models.store.waivers import waivers_by_deal
from models.vocabulary.verdict import JudgedCall, Verification, Waiver


@dataclass(frozen=True, slots=True)
class ToJudge:
    """The calls with what counts of what was heard in them, and by deal what people waived."""

    calls: Sequence[JudgedCall]
    waivers: Mapping[str, Sequence[Waiver]]


def judged(  # noqa: PLR0913 - what judges, what is judged, how long
    question: Question,
    around: Surroundings,
    ids: tuple[Sequence[int], Sequence[int]],
    ears: Ears,
    watch: Watcher,
    *,
    has_time: Callable[[], bool] = lambda: True,
    memory: Memory | None = None,
) -> tuple[Verification, ListenedAgain]:
    """Judges all calls; what a verdict hangs on is heard again, and judged anew if it differs."""
    recorded, unrecorded = ids
    everything = [*recorded, *unrecorded]
    verification = verdicts_on(question, to_judge(question, around, everything))
    again = listen_again(
        around, recorded, ears, verification, watch, has_time=has_time, memory=memory
    )
    if again.otherwise:
        verification = verdicts_on(question, to_judge(question, around, everything))
    return verification, again


def to_judge(question: Question, around: Surroundings, ids: Sequence[int]) -> ToJudge:
    """Reads what a question's deals are judged by."""
    with reading(around.engine) as session:
        calls = load_judged_calls(session, ids, around.zone)
        told = corrected_actions(session, ids, around.zone)
        anew = corrected_hearings(session, ids)
        waivers = waivers_by_deal(session, question.request.crm_source, around.zone)
    least = question.settings.judge.evidence_confidence
    known = [
        as_corrected(call, told.get(id_, ()), anew.get(id_))
        for id_, call in zip(ids, calls, strict=True)
    ]
    return ToJudge([replace(one, actions=counted(one.actions, least)) for one in known], waivers)


def verdicts_on(
    question: Question, known: ToJudge, progress: Callable[[int], None] | None = None
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
    )
