"""`refusal`: the client refuses the offer as a whole."""

from __future__ import annotations

from classify.actions.findings import Findings
from classify.citation import make_action
from classify.dialogue import Hit, Talk, Turn
from models.vocabulary.action import Action, ActionStatus, ActionType
from models.vocabulary.transcript import Speaker

HESITATIONS = ("price", "timing", "think", "authority", "quality", "other")
EARLY = 5  # turns within which the offer itself is answered
PITCHED = 2  # turns of the agent in which the offer may stand that «нет, спасибо» answers


def find(talk: Talk, found: Findings) -> list[Action]:
    """The client's refusal, once; an extra on the side refused is nothing."""
    hits = [
        h for h in refused(talk) if not (_won_over(talk, found, h) or _of_a_visit(talk, found, h))
    ]
    if not hits:
        return []
    hit = hits[0]
    return [
        make_action(
            ActionType.REFUSAL,
            ActionStatus.DONE,
            hit.turn,
            (hit.start, hit.end),
            cues=(f"{hit.cue}: {hit.wording}",),
            confidence=0.8,
        )
    ]


def refused(talk: Talk) -> list[Hit]:
    """Every place where the client refuses the whole offer, later taken back or not."""
    hits = [*talk.all_hits("refusal.whole", Speaker.CLIENT), *_weak(talk), *_answered(talk)]
    hits.sort(key=lambda h: (h.turn.index, h.start))
    return [h for h in hits if not (_on_the_side(talk, h) or _sells_to_us(talk, h.turn))]


def _won_over(talk: Talk, found: Findings, hit: Hit) -> bool:
    """Whether the two sides still agree on something after the no: then it was no last word."""
    agreed = [
        *found.of(ActionType.TERMS_AGREED, ActionStatus.DONE),
        *found.of(ActionType.MEETING_BOOKED, ActionStatus.DONE),
        *found.of(ActionType.PAYMENT),
        *found.of(ActionType.CONTRACT_SIGNED),
        *found.of(ActionType.INVOICE_SENT),
        *found.of(ActionType.WORK_ACCEPTED),
    ]
    later = talk.turns[hit.turn.index + 1 :]
    return any(action.quote in turn.text for action in agreed for turn in later)


def _weak(talk: Talk) -> list[Hit]:
    """«Ничего не надо», «нет, спасибо»: a refusal where it answers the pitch itself."""
    return [
        hit
        for hit in talk.all_hits("refusal.weak", Speaker.CLIENT)
        if talk.has("refusal.bye", hit.turn)
        or any(
            talk.has("refusal.pitch", asked)
            for asked in talk.before(hit.turn, PITCHED, Speaker.AGENT)
        )
    ]


def _answered(talk: Talk) -> list[Hit]:
    """«Что решили?» — «Уже поставили»: what would be no refusal if nobody had asked."""
    asked = [
        hit
        for hit in talk.all_hits("refusal.answered", Speaker.CLIENT)
        if any(talk.has("refusal.asks", t) for t in talk.before(hit.turn, 1, Speaker.AGENT))
    ]
    pitched = [h for h in talk.all_hits("refusal.to_pitch", Speaker.CLIENT) if _first(talk, h)]
    return [h for h in asked + pitched if not _open(talk, h.turn)]


def _first(talk: Talk, hit: Hit) -> bool:
    """Whether the words are the client's answer to what the call was made for."""
    if hit.turn.index > EARLY or hit.turn.asks(hit.start):
        return False
    asked = talk.before(hit.turn, 1, Speaker.AGENT)
    return any(talk.has(cue, t) for t in asked for cue in ("refusal.pitch", "refusal.asks"))


def _open(talk: Talk, turn: Turn) -> bool:
    """Whether a turn that holds a no leaves the door open: a need beside it, a reason to wait."""
    cues = ("interest.said", "interest.need", "refusal.still")
    reasons = (f"objection.{kind}" for kind in HESITATIONS)
    return any(talk.has(cue, turn) for cue in (*cues, *reasons))


def _of_a_visit(talk: Talk, found: Findings, hit: Hit) -> bool:
    """«Замерщика прислать?» — «Обойдёмся»: a mere no to a visit or a call that was put forward."""
    soft = any(s.start < hit.end and hit.start < s.end for s in talk.hits("refusal.soft", hit.turn))
    if not soft or talk.has("refusal.about_all", hit.turn):
        return False
    touched = {i for table in found.tables.values() for i in table.turns}
    around = [hit.turn, *talk.before(hit.turn, 1, Speaker.AGENT)]
    return any(t.index in touched for t in around)


def _on_the_side(talk: Talk, hit: Hit) -> bool:
    """Whether what is refused is an extra that the agent offered beside the order."""
    asked = talk.before(hit.turn, 1, Speaker.AGENT)
    if any(talk.has("refusal.anything", turn) for turn in asked):
        return True
    if talk.has("refusal.about_all", hit.turn):
        return False
    return any(talk.has("refusal.extra", turn) for turn in [*asked, hit.turn])


def _sells_to_us(talk: Talk, turn: Turn) -> bool:
    return talk.has("refusal.not_this", turn)
