"""`interest_expressed`: the client says that they want to know more or to buy."""

from __future__ import annotations

from classify.actions.documents import Deed, Paper, final
from classify.actions.findings import Findings
from classify.citation import make_action
from classify.dialogue import Hit, Talk
from models.vocabulary.action import Action, ActionStatus, ActionType
from models.vocabulary.call import Direction
from models.vocabulary.transcript import Speaker

OPENING = 3  # turns in which a caller says what they call for
EARLY_MATTER = 2  # turns in which the first matter of a call is named
EARLY = 7  # turns in which a bare need is still the reason of the call


def find(talk: Talk, found: Findings) -> list[Action]:
    """The client's interest, once; agreeing to terms and answering a question are not it."""
    if found.of(ActionType.REFUSAL):
        return []
    since = _anew(talk)
    if since is None and _deal_under_way(found):
        return []
    had = [
        d.turn.index
        for d in final(found.deeds, Paper.PROPOSAL)
        if d.deed in (Deed.SENT, Deed.RECEIVED, Deed.READ)
    ]
    hits = list(talk.all_hits("interest.said", Speaker.CLIENT))
    hits += [h for h in talk.all_hits("interest.need", Speaker.CLIENT) if _opens(talk, h)]
    hits += [h for h in talk.all_hits("interest.price", Speaker.CLIENT) if _calls_for(talk, h)]
    hits = [
        h
        for h in hits
        if (since is not None and h.turn.index >= since)
        or not (
            _deal_under_way(found)
            or _agreed_by(talk, found, h)
            or any(index <= h.turn.index for index in had)
        )
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


def _anew(talk: Talk) -> int | None:
    """The turn in which the client comes to a new matter: «теперь другое», «вторая тема»."""
    hits = talk.all_hits("interest.anew", Speaker.CLIENT)
    return min((h.turn.index for h in hits if h.turn.index > EARLY_MATTER), default=None)


def _calls_for(talk: Talk, hit: Hit) -> bool:
    """Whether a price is asked as the reason of the call, not back at the agent who offers."""
    if talk.context.direction is Direction.OUT or hit.turn.index > OPENING:
        return False
    asked = talk.before(hit.turn, 1, Speaker.AGENT)
    return not any(talk.has("refusal.pitch", turn) for turn in asked)


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
        *found.of(ActionType.TERMS_AGREED, ActionStatus.DONE),
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
