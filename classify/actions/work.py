"""`work_accepted`: the client accepts the finished work or sends it back."""

from __future__ import annotations

from classify.actions.findings import Findings
from classify.dialogue import Hit, Talk, Turn, make_action
from models.vocabulary.action import Action, ActionStatus, ActionType
from models.vocabulary.transcript import Speaker


def find(talk: Talk, _: Findings) -> list[Action]:
    """The client's word on the finished work; a refusal stands unless it is taken back."""
    accepted = [*talk.all_hits("work.accepted", Speaker.CLIENT), *_answers(talk), *_praised(talk)]
    accepted.sort(key=_at)
    returned = talk.all_hits("work.returned", Speaker.CLIENT)
    loose = [c for cue in LOOSE for c in talk.all_hits(cue, Speaker.CLIENT)]
    returned += [h for h in loose if _of_delivery(talk, h)]
    returned.sort(key=_at)
    if returned and (not accepted or _at(returned[-1]) > _at(accepted[-1])):
        return [_action(ActionStatus.DECLINED, returned[0])]
    return [_action(ActionStatus.DONE, accepted[0])] if accepted else []


LOOSE = ("work.flawed", "work.returned_loose")
MEMORY = 3  # turns for which a delivery stays what is spoken of


def _at(hit: Hit) -> tuple[int, int]:
    return hit.turn.index, hit.start


def _answers(talk: Talk) -> list[Hit]:
    """«Всё в порядке, замечаний нет?» — «Всё отлично»: praise that answers the agent's question."""
    return [
        said
        for asked in talk.all_hits("work.asked_fine", Speaker.AGENT)
        if _delivered(talk, asked.turn) or talk.has("work.object", asked.turn)
        for turn in talk.near(asked.turn, 1, Speaker.CLIENT)
        for cue in ("work.praise", "work.pleased")
        for said in talk.hits(cue, turn)
    ]


def _praised(talk: Talk) -> list[Hit]:
    """«Потолки натянули, красота»: unasked praise of what was delivered."""
    return [
        hit
        for hit in talk.all_hits("work.pleased", Speaker.CLIENT)
        if _of_work(talk, hit.turn) and not hit.turn.asks(hit.start)
    ]


def _of_work(talk: Talk, turn: Turn) -> bool:
    return talk.has("work.delivered", turn) or talk.has("work.object", turn)


def _delivered(talk: Talk, turn: Turn) -> bool:
    return any(talk.has("work.delivered", t) for t in (turn, *talk.before(turn, MEMORY)))


def _of_delivery(talk: Talk, hit: Hit) -> bool:
    return _delivered(talk, hit.turn)


def _action(status: ActionStatus, hit: Hit) -> Action:
    return make_action(
        ActionType.WORK_ACCEPTED,
        status,
        hit.turn,
        (hit.start, hit.end),
        cues=(f"{hit.cue}: {hit.wording}",),
        confidence=0.8,
    )
