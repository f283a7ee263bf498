"""`work_accepted`: the client accepts the finished work or sends it back."""

from __future__ import annotations

from classify.actions.findings import Findings
from classify.dialogue import Hit, Talk, make_action
from models.vocabulary.action import Action, ActionStatus, ActionType
from models.vocabulary.transcript import Speaker


def find(talk: Talk, _: Findings) -> list[Action]:
    """The client's word on the finished work; a refusal stands unless it is taken back."""
    accepted = [*talk.all_hits("work.accepted", Speaker.CLIENT), *_answers(talk, "work.asked_fine")]
    returned = talk.all_hits("work.returned", Speaker.CLIENT)
    returned += [h for h in talk.all_hits("work.flawed", Speaker.CLIENT) if _of_delivery(talk, h)]
    if returned and (not accepted or _at(returned[-1]) > _at(accepted[-1])):
        return [_action(ActionStatus.DECLINED, returned[0])]
    return [_action(ActionStatus.DONE, accepted[0])] if accepted else []


def _at(hit: Hit) -> tuple[int, int]:
    return hit.turn.index, hit.start


def _answers(talk: Talk, cue: str) -> list[Hit]:
    """«Всё в порядке, замечаний нет?» — «Всё отлично»: praise that answers the agent's question."""
    return [
        praise
        for asked in talk.all_hits(cue, Speaker.AGENT)
        for turn in talk.near(asked.turn, 1, Speaker.CLIENT)
        for praise in talk.hits("work.praise", turn)
    ]


def _of_delivery(talk: Talk, hit: Hit) -> bool:
    around = [hit.turn, *talk.before(hit.turn, 2)]
    return any(talk.has("work.delivered", turn) for turn in around)


def _action(status: ActionStatus, hit: Hit) -> Action:
    return make_action(
        ActionType.WORK_ACCEPTED,
        status,
        hit.turn,
        (hit.start, hit.end),
        cues=(f"{hit.cue}: {hit.wording}",),
        confidence=0.8,
    )
