"""How well each call was led: the checklist held against what was heard, written down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from classify.checklist import Checklist, check_call
from classify.checklist.history import History
from flow.hints import call_context
from flow.steps import Surroundings
from models.session import reading, transaction
from models.store.calls import load_calls
from models.store.hearing import UnderstoodCall, load_judged_calls, load_understood
from models.store.scores import load_score, save_score
from models.vocabulary.action import HeardCall
from models.vocabulary.checklist import CallScore

Scores = Mapping[str, CallScore]  # by recording


def score_calls(
    around: Surroundings, ids: Sequence[int], unrecorded: Sequence[int], checklist: Checklist
) -> Scores:
    """Scores the calls that were understood and forgets the scores of the others.

    A call whose words are not kept any more stays scored as it was.

    `unrecorded` are the calls that only the CDR knows: with them a client may have been spoken to.
    """
    scores: dict[str, CallScore] = {}
    with reading(around.engine) as session:
        history = History.of(load_judged_calls(session, [*ids, *unrecorded], around.zone))
    for id_ in ids:
        with reading(around.engine) as session:
            [stored] = load_calls(session, [id_], around.zone)
            if stored.words_expired:
                if (kept := load_score(session, id_)) is not None:
                    scores[stored.call.recording or ""] = kept
                continue
            understood = load_understood(session, [id_], around.zone)
        score = _score(around, understood[0], checklist, history) if understood else None
        if score is not None:
            scores[understood[0].judged.call.recording or ""] = score
        with transaction(around.engine) as session:
            save_score(session, id_, score)
    return scores


def _score(
    around: Surroundings, one: UnderstoodCall, checklist: Checklist, history: History
) -> CallScore | None:
    judged, transcript = one.judged, one.transcript
    if judged.outcome is None:
        return None
    context = call_context(judged.call, transcript, around.index, around.snapshot, around.settings)
    heard = HeardCall(judged.outcome, judged.actions)
    earlier = history.earlier(judged, around.snapshot, around.settings.verification.lead_in_hours)
    return check_call(checklist, transcript.segments, context, heard, earlier=earlier)
