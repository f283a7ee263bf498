"""From the deeds with one paper to its action: promised or done."""

from __future__ import annotations

from classify.actions.documents import Deed, Paper, PaperDeed, channel, final, promise_due
from classify.actions.findings import Findings
from classify.actions.timing import due
from classify.dialogue import Talk, make_action
from models.vocabulary.action import Action, ActionStatus, ActionType, SlotValue
from models.vocabulary.transcript import Speaker

PROOF = (Deed.SENT, Deed.RECEIVED, Deed.READ)


def paper_actions(talk: Talk, found: Findings, paper: Paper, kind: ActionType) -> list[Action]:
    """What became of one kind of paper.

    Done where the call proves it was sent, promised where the agent will send it; both where a
    sent one is followed by the promise of a further one.
    """
    deeds = final(found.deeds, paper)
    proofs = [d for d in deeds if d.deed in PROOF]
    lost = [d for d in deeds if d.deed is Deed.MISSING]
    promises = _promises(talk, deeds)
    out = []
    if proofs and not (lost and lost[-1].turn.index >= proofs[-1].turn.index):
        out.append(_done(talk, kind, proofs[0]))
    if promises:
        last = _promises_best(talk, promises)
        out.append(_promised(talk, kind, last))
    return out


def _promises(talk: Talk, deeds: list[PaperDeed]) -> list[PaperDeed]:
    promises = [d for d in deeds if d.deed is Deed.PROMISED]
    for asked in (d for d in deeds if d.deed is Deed.REQUESTED):
        if any(abs(p.turn.index - asked.turn.index) <= 4 for p in promises):
            continue
        for turn in talk.near(asked.turn, 1, Speaker.AGENT):
            yes = [*talk.hits("stance.accept", turn), *talk.hits("papers.will_do", turn)]
            if yes and not talk.has("papers.refused", turn):
                hit = yes[0]
                promises.append(
                    PaperDeed(asked.paper, Deed.PROMISED, turn, hit.start, hit.end, hit.start)
                )
    return sorted(promises, key=lambda d: (d.turn.index, d.start))


def _promises_best(talk: Talk, promises: list[PaperDeed]) -> PaperDeed:
    dated = [d for d in promises if promise_due(talk, d)]
    return (dated or promises)[-1]


def _done(talk: Talk, kind: ActionType, proof: PaperDeed) -> Action:
    return make_action(
        kind,
        ActionStatus.DONE,
        proof.turn,
        proof.place,
        cues=(f"{proof.paper}: {proof.deed}",),
        slots=_channel(talk, proof),
        confidence=0.85,
    )


def _promised(talk: Talk, kind: ActionType, promise: PaperDeed) -> Action:
    slots = due(promise_due(talk, promise), talk.context.started_at)
    return make_action(
        kind,
        ActionStatus.PROMISED,
        promise.turn,
        promise.place,
        cues=(f"{promise.paper}: {promise.deed}",),
        slots=slots | _channel(talk, promise),
        confidence=0.85,
    )


def _channel(talk: Talk, deed: PaperDeed) -> dict[str, SlotValue]:
    way = channel(talk, deed)
    return {"channel": way} if way else {}
