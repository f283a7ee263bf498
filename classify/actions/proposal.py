"""`proposal_sent` and `proposal_discussed`: the commercial proposal."""

from __future__ import annotations

from classify.actions.documents import Deed, Paper, PaperDeed, final
from classify.actions.findings import Findings
from classify.actions.papers import paper_actions
from classify.dialogue import Hit, Talk, make_action
from models.vocabulary.action import Action, ActionStatus, ActionType
from models.vocabulary.transcript import Speaker

HAVING = frozenset({Deed.SENT, Deed.RECEIVED, Deed.READ})
LONGEST_TALK = 8  # turns after the proposal was last spoken of

JUDGING = (
    "proposal.judged",
    "objection.price",
    "objection.competitor",
    "terms.agree",
    "terms.refuse",
)


def find_sent(talk: Talk, found: Findings) -> list[Action]:
    """The proposal that the agent will send, or that is proved to have been sent."""
    return paper_actions(talk, found, Paper.PROPOSAL, ActionType.PROPOSAL_SENT)


def find_discussed(talk: Talk, found: Findings) -> list[Action]:
    """The two talk over a proposal that the client has: the client judges what stands in it."""
    deeds = final(found.deeds, Paper.PROPOSAL)
    has = [d for d in deeds if d.deed in HAVING]
    looked = any(d.deed is Deed.READ for d in deeds)
    if not has or _unread(deeds):
        return []
    first = has[0]
    for hit in _judgements(talk):
        after = hit.turn.index - first.turn.index
        if 0 <= after <= LONGEST_TALK and (looked or _about_price(hit)):
            return [
                make_action(
                    ActionType.PROPOSAL_DISCUSSED,
                    ActionStatus.DONE,
                    hit.turn,
                    (hit.start, hit.end),
                    cues=("the client has the proposal", f"{hit.cue}: {hit.wording}"),
                    confidence=0.7,
                )
            ]
    return []


def _unread(deeds: list[PaperDeed]) -> bool:
    looks = [d for d in deeds if d.deed in (Deed.READ, Deed.UNREAD)]
    return bool(looks) and looks[-1].deed is Deed.UNREAD


def _judgements(talk: Talk) -> list[Hit]:
    hits = [hit for cue in JUDGING for hit in talk.all_hits(cue, Speaker.CLIENT)]
    return sorted(hits, key=lambda h: (h.turn.index, h.start))


def _about_price(hit: Hit) -> bool:
    return hit.cue != "objection.competitor"
