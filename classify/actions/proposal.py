"""`proposal_sent` and `proposal_discussed`: the commercial proposal."""

from __future__ import annotations

from classify.actions.documents import Deed, Paper, PaperDeed, final
from classify.actions.english_proposal import talked_over
from classify.actions.findings import Findings
from classify.actions.papers import paper_actions
from classify.actions.remarks import remarks
from classify.citation import make_action
from classify.dialogue import Hit, Talk, Turn
from models.vocabulary.action import Action, ActionStatus, ActionType
from models.vocabulary.transcript import Speaker

HAVING = frozenset({Deed.SENT, Deed.RECEIVED, Deed.READ})
LONGEST_TALK = 8  # turns after the proposal was first spoken of
SOON = 3  # turns after the client had it in which a question or a detail is one of it
LEAST_SAID = 3  # words that say something of substance

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
    if not has or _unread(deeds) or _lost(deeds):
        return []
    first = has[0]
    judged = [hit for hit in _judgements(talk) if looked or _about_price(hit)]
    spoken = [hit for hit in judged if 0 <= hit.turn.index - first.turn.index <= LONGEST_TALK]
    said = [*spoken, *_details(talk, has), *remarks(talk, has)]
    if talk.context.language == "en":
        said = [*spoken, *talked_over(talk, has)]
    for hit in sorted(said, key=lambda h: (h.turn.index, h.start)):
        if not any(talk.has(f"proposal.{cue}", hit.turn) for cue in ("elsewhere", "aside")):
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


def _details(talk: Talk, has: list[PaperDeed]) -> list[Hit]:
    """What the client asks about or finds in the proposal, right after it is said to be there."""
    theirs = [d for d in has if d.deed is not Deed.SENT]
    out = [h for d in has for t in _turns(talk, d) for h in talk.hits("proposal.pointed", t)]
    for deed in theirs:
        for turn in _turns(talk, deed):
            for cue in ("proposal.asked", "proposal.changed"):
                out += [h for h in talk.hits(cue, turn) if _of_it(talk, h, deed)]
    return [h for h in out if h.end - h.start >= LEAST_SAID or len(h.turn.tokens) > LEAST_SAID]


def _turns(talk: Talk, deed: PaperDeed) -> list[Turn]:
    own = [deed.turn] if deed.turn.speaker is Speaker.CLIENT else []
    near = talk.near(deed.turn, SOON)
    return own + [t for t in near if t.speaker is Speaker.CLIENT]


def _of_it(talk: Talk, hit: Hit, deed: PaperDeed) -> bool:
    """Whether a question is about the proposal: after it, and not about when to meet or to call."""
    if hit.turn is deed.turn and hit.end <= deed.start:
        return False
    return not talk.has("proposal.logistics", hit.turn)


def _unread(deeds: list[PaperDeed]) -> bool:
    looks = [d for d in deeds if d.deed in (Deed.READ, Deed.UNREAD)]
    return bool(looks) and looks[-1].deed is Deed.UNREAD


def _lost(deeds: list[PaperDeed]) -> bool:
    """Whether the last word is that it never came."""
    known = [d for d in deeds if d.deed in HAVING or d.deed is Deed.MISSING]
    return bool(known) and known[-1].deed is Deed.MISSING


def _judgements(talk: Talk) -> list[Hit]:
    hits = [hit for cue in JUDGING for hit in talk.all_hits(cue, Speaker.CLIENT)]
    return sorted(hits, key=lambda h: (h.turn.index, h.start))


def _about_price(hit: Hit) -> bool:
    return hit.cue != "objection.competitor"
