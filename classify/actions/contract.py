"""`contract_sent` and `contract_signed`."""

from __future__ import annotations

from classify.actions.documents import Paper
from classify.actions.findings import Findings
from classify.actions.papers import paper_actions
from classify.actions.timing import due, placed, times_for, when
from classify.dialogue import Hit, Talk, make_action
from models.vocabulary.action import Action, ActionStatus, ActionType
from models.vocabulary.transcript import Speaker

MEMORY = 6  # turns for which the contract stays the paper spoken of


def find_sent(talk: Talk, found: Findings) -> list[Action]:
    """The contract that our side will send, or that is proved to have been sent."""
    return paper_actions(talk, found, Paper.CONTRACT, ActionType.CONTRACT_SENT)


def find_signed(talk: Talk, _: Findings) -> list[Action]:
    """The contract that is signed, or that the client will sign; both where there are two."""
    done = [h for h in talk.all_hits("contract.signed") if _counts(talk, h)]
    done += [h for h in talk.all_hits("contract.signed_client", Speaker.CLIENT) if _counts(talk, h)]
    will = [h for h in talk.all_hits("contract.will_sign", Speaker.CLIENT) if _counts(talk, h)]
    will += _answered_when(talk)
    done.sort(key=_at)
    out = []
    if done:
        out.append(_action(talk, ActionStatus.DONE, done[0]))
    later = [h for h in will if not done or _at(h) > _at(done[0])]
    if later:
        dated = [h for h in later if times_for(talk, h.turn, h.start, h.end)]
        out.append(_action(talk, ActionStatus.PROMISED, (dated or later)[-1]))
    return out


def _at(hit: Hit) -> tuple[int, int]:
    return hit.turn.index, hit.start


def _counts(talk: Talk, hit: Hit) -> bool:
    """Whether what is signed is a contract: named nearby, or the last paper spoken of."""
    near = [
        (abs(h.start - hit.start), paper)
        for paper in ("contract", "act")
        for h in talk.hits(f"papers.{paper}", hit.turn)
        if abs(h.start - hit.start) <= 7
    ]
    if near:
        return min(near)[1] == "contract"
    for turn in [hit.turn, *talk.before(hit.turn, MEMORY)]:
        papers = [
            (h.start, paper)
            for paper in ("contract", "act")
            for h in talk.hits(f"papers.{paper}", turn)
            if turn is not hit.turn or h.start < hit.start
        ]
        if papers:
            return max(papers)[1] == "contract"
    return False


def _answered_when(talk: Talk) -> list[Hit]:
    """«Когда подпишете?» — «В среду»."""
    out = []
    for asked in talk.all_hits("contract.when_sign", Speaker.AGENT):
        if not _counts(talk, asked):
            continue
        for turn in talk.near(asked.turn, 1, Speaker.CLIENT):
            free = [p for p in placed(talk, turn) if p.head is None and not p.mention.past]
            if free and not talk.has("stance.decline", turn):
                out.append(Hit(asked.cue, turn, free[0].start, free[-1].end, asked.wording))
    return out


def _action(talk: Talk, status: ActionStatus, hit: Hit) -> Action:
    slots = {}
    if status is ActionStatus.PROMISED:
        own = times_for(talk, hit.turn, hit.start, hit.end)
        slots = due(when([p.mention for p in own]), talk.context.started_at)
    return make_action(
        ActionType.CONTRACT_SIGNED,
        status,
        hit.turn,
        (hit.start, hit.end),
        cues=(f"{hit.cue}: {hit.wording}",),
        slots=slots,
        confidence=0.85,
    )
