"""`interest_expressed`: the client says that they want to know more or to buy."""

from __future__ import annotations

from classify.actions.documents import Deed, Paper, final
from classify.actions.findings import Findings
from classify.dialogue import Hit, Talk, make_action
from models.vocabulary.action import Action, ActionStatus, ActionType
from models.vocabulary.transcript import Speaker

EARLY = 7  # turns in which a bare need is still the reason of the call


def find(talk: Talk, found: Findings) -> list[Action]:
    """The client's interest, once; agreeing to terms and answering a question are not it."""
    if found.of(ActionType.REFUSAL) or _deal_under_way(found):
        return []
    had = [
        d.turn.index
        for d in final(found.deeds, Paper.PROPOSAL)
        if d.deed in (Deed.SENT, Deed.RECEIVED, Deed.READ)
    ]
    hits = list(talk.all_hits("interest.said", Speaker.CLIENT))
    hits += [h for h in talk.all_hits("interest.need", Speaker.CLIENT) if _opens(talk, h)]
    hits = [
        h
        for h in hits
        if not _agreed_by(talk, found, h) and all(index > h.turn.index for index in had)
    ]
    hits.sort(key=lambda h: (h.turn.index, h.start))
    return [
        make_action(
            ActionType.INTEREST_EXPRESSED,
            ActionStatus.DONE,
            hit.turn,
            (hit.start, hit.end),
            cues=(f"{hit.cue}: {hit.wording}",),
            confidence=0.75,
        )
        for hit in hits[:1]
    ]


def _deal_under_way(found: Findings) -> bool:
    """Whether the call rests on an earlier yes: papers, work or money have gone round already."""
    late = (
        ActionType.CONTRACT_SIGNED,
        ActionType.CONTRACT_SENT,
        ActionType.INVOICE_SENT,
        ActionType.PAYMENT,
        ActionType.WORK_ACCEPTED,
    )
    return any(found.of(kind, ActionStatus.DONE) for kind in late)


def _agreed_by(talk: Talk, found: Findings, hit: Hit) -> bool:
    """Whether the client had agreed to the terms, or promised to pay, by then."""
    final_words = [
        *found.of(ActionType.TERMS_AGREED),
        *found.of(ActionType.PAYMENT),
        *found.of(ActionType.CONTRACT_SIGNED),
        *found.of(ActionType.CONTRACT_SENT),
        *found.of(ActionType.INVOICE_SENT),
    ]
    said = [t for t in talk.turns if t.index <= hit.turn.index]
    return any(action.quote in turn.text for action in final_words for turn in said)


def _opens(talk: Talk, hit: Hit) -> bool:
    """Whether a need is said of the client's own accord, early, not in answer to a question."""
    if hit.turn.index > EARLY:
        return False
    asked = talk.before(hit.turn, 1, Speaker.AGENT)
    return not any(turn.index > 0 and talk.has("needs.question", turn) for turn in asked)
