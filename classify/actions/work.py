"""`work_accepted`: the client accepts the finished work or sends it back."""

from __future__ import annotations

from collections.abc import Iterable

from classify.actions.english_work import accepted, sent_back
from classify.actions.findings import Findings
from classify.citation import make_action
from classify.dialogue import Hit, Talk, Turn, read_once
from models.vocabulary.action import Action, ActionStatus, ActionType
from models.vocabulary.transcript import Speaker

ACCEPTING = ("work.no_claims", "work.takes", "work.signed_it")  # where work was handed over
DEMANDS = ("work.returned_loose", "work.redo")  # these only with a complaint
MEMORY = 8  # turns for which work handed over stays what is spoken of


def find(talk: Talk, _: Findings) -> list[Action]:
    """The client's word on the finished work; a refusal stands unless it is taken back."""
    if talk.context.language == "en":
        return _verdict(accepted(talk), sent_back(talk))
    returned = sorted(_returned(talk), key=_at)
    taken = [h for h in _accepted(talk) if not any(_overlap(h, no) for no in returned)]
    return _verdict(sorted(taken, key=_at), returned)


def _verdict(taken: list[Hit], returned: list[Hit]) -> list[Action]:
    """The last word counts; it is quoted where it was said first."""
    if returned and (not taken or _at(returned[-1]) > _at(taken[-1])):
        return [_action(ActionStatus.DECLINED, returned[0])]
    return [_action(ActionStatus.DONE, taken[0])] if taken else []


def _accepted(talk: Talk) -> list[Hit]:
    taken = [h for h in _said(talk, ACCEPTING) if _handed_over(talk, h.turn)]
    taken = [h for h in taken if not (h.turn.asks(h.start) or _of_paper(talk, h.turn))]
    sure = _said(talk, ("work.accepted", "work.signed"))
    return [*sure, *taken, *_answers(talk), *_praised(talk)]


def _returned(talk: Talk) -> list[Hit]:
    """Where the client sends the work back: the words, the flaws, the demand to mend them."""
    sure = [h for h in _said(talk, ("work.returned",)) if _has_work(talk, h.turn)]
    flaws = [h for h in _said(talk, ("work.flawed",)) if _handed_over(talk, h.turn)]
    noes = [h for h in _said(talk, ("work.refused",)) if _has_work(talk, h.turn)]
    demands = [
        h for h in _said(talk, DEMANDS) if _has_work(talk, h.turn) and _complains(talk, h.turn)
    ]
    loose = [h for h in (*flaws, *noes, *demands) if not h.turn.asks(h.start)]
    return sure + [h for h in loose if not _of_paper(talk, h.turn)]


def _overlap(one: Hit, other: Hit) -> bool:
    return one.turn.index == other.turn.index and one.start < other.end and other.start < one.end


def _at(hit: Hit) -> tuple[int, int]:
    return hit.turn.index, hit.start


def _said(talk: Talk, cues: Iterable[str]) -> list[Hit]:
    return [hit for cue in cues for hit in talk.all_hits(cue, Speaker.CLIENT)]


def _of_paper(talk: Talk, turn: Turn) -> bool:
    """Whether the talk here is of a contract, a proposal or money, and not of what was made."""
    if talk.has("work.paper", turn) or talk.has("work.object", turn):
        return False
    return any(talk.has("work.of_paper", t) for t in (turn, *talk.before(turn, 1)))


def _answers(talk: Talk) -> list[Hit]:
    """«Всё в порядке, замечаний нет?» — «Всё отлично»: praise that answers the agent's question."""
    return [
        said
        for asked in talk.all_hits("work.asked_fine", Speaker.AGENT)
        if _handed_over(talk, asked.turn) or _of_work(talk, asked.turn)
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


def _has_work(talk: Talk, turn: Turn) -> bool:
    """Whether a turn can be of finished work: it was handed over, is named or complained of."""
    named = _of_work(talk, turn) or talk.has("work.paper", turn)
    return named or _handed_over(talk, turn) or _complains(talk, turn)


def _complains(talk: Talk, turn: Turn) -> bool:
    """Whether the client tells here, or did just before, what is wrong with the thing."""
    here = (turn, *talk.before(turn, 1, Speaker.CLIENT))
    return any(talk.has(cue, t) for t in here for cue in ("work.flawed", "work.broken"))


@read_once
def _handed_over(talk: Talk, turn: Turn) -> bool:
    """Whether work was done or goods delivered, as this turn or one shortly before it tells."""
    cue = "work.handed" if "work.handed" in talk.book.cues else "work.delivered"
    return any(talk.has(cue, t) for t in (turn, *talk.before(turn, MEMORY)))


def _action(status: ActionStatus, hit: Hit) -> Action:
    return make_action(
        ActionType.WORK_ACCEPTED,
        status,
        hit.turn,
        (hit.start, hit.end),
        cues=(f"{hit.cue}: {hit.wording}",),
        confidence=0.8,
    )
