"""`decision_maker_identified`: it becomes clear who decides."""

from __future__ import annotations

from classify.actions.findings import Findings
from classify.actions.people import client_name, named_near, role_near
from classify.citation import make_action
from classify.dialogue import Hit, Talk
from models.vocabulary.action import Action, ActionStatus, ActionType, SlotValue
from models.vocabulary.transcript import Speaker

FIRST = 6  # words of an answer that names somebody


def find(talk: Talk, _: Findings) -> list[Action]:
    """The client says that they decide, or names who does."""
    own = talk.all_hits("decision_maker.me", Speaker.CLIENT)
    own += _answers(talk, "decision_maker.me_short")
    others = talk.all_hits("decision_maker.other", Speaker.CLIENT)
    others += _answers(talk, "decision_maker.other_short")
    others += _named_when_asked(talk)
    hits = sorted(own + others, key=lambda h: (h.turn.index, h.start))
    if not hits:
        return []
    hit = own[0] if own else hits[0]
    slots: dict[str, SlotValue] = {}
    name = client_name(talk) if hit in own else named_near(talk, hit)
    role = role_near(talk, hit)
    if name:
        slots["name"] = name
    if role:
        slots["role"] = role
    return [
        make_action(
            ActionType.DECISION_MAKER_IDENTIFIED,
            ActionStatus.DONE,
            hit.turn,
            (hit.start, hit.end),
            cues=(f"{hit.cue}: {hit.wording}",),
            slots=slots,
            confidence=0.8,
        )
    ]


def _named_when_asked(talk: Talk) -> list[Hit]:
    """«Who has the last word?» — «Thandi, in head office»: whoever is named decides."""
    return [
        Hit(asked.cue, turn, 0, min(FIRST, len(turn.tokens)), asked.wording)
        for asked in talk.all_hits("decision_maker.asked_who", Speaker.AGENT)
        for turn in talk.near(asked.turn, 1, Speaker.CLIENT)
        if turn.tokens and not talk.has("decision_maker.not_told", turn)
    ]


def _answers(talk: Talk, cue: str) -> list[Hit]:
    """Short answers that mean something only after «кто принимает решение?»."""
    return [
        hit
        for asked in talk.all_hits("decision_maker.asked", Speaker.AGENT)
        for turn in talk.near(asked.turn, 1, Speaker.CLIENT)
        for hit in talk.hits(cue, turn)
    ]
