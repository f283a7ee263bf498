"""`objection`: why the client hesitates to buy, each kind once."""

from __future__ import annotations

from classify.actions.findings import Findings
from classify.dialogue import Hit, Talk, make_action
from models.vocabulary.action import Action, ActionStatus, ActionType
from models.vocabulary.transcript import Speaker

KINDS = ("price", "timing", "competitor", "think", "authority", "quality")


def find(talk: Talk, found: Findings) -> list[Action]:
    """The client's objections, the first of each kind."""
    out = []
    for kind in KINDS:
        hits = [
            h
            for h in talk.all_hits(f"objection.{kind}", Speaker.CLIENT)
            if not _of_something_else(talk, found, kind, h)
        ]
        if not hits:
            continue
        hit = hits[0]
        out.append(
            make_action(
                ActionType.OBJECTION,
                ActionStatus.DONE,
                hit.turn,
                (hit.start, hit.end),
                cues=(f"{hit.cue}: {hit.wording}",),
                slots={"kind": kind},
                confidence=0.7,
            )
        )
    return out


def _of_something_else(talk: Talk, found: Findings, kind: str, hit: Hit) -> bool:
    """Whether the words refuse a time or finished work, or are the refusal's own."""
    if kind == "quality" and found.of(ActionType.WORK_ACCEPTED):
        return True
    if kind in ("timing", "think") and _of_a_time(talk, found, hit):
        return not talk.has("objection.about_order", hit.turn)
    asked = talk.before(hit.turn, 1, Speaker.AGENT)
    if kind in ("price", "authority") and any(talk.has("budget.question", t) for t in asked):
        return not talk.has("objection.plain_price", hit.turn)
    final = (
        *found.of(ActionType.REFUSAL),
        *found.of(ActionType.TERMS_AGREED, ActionStatus.DECLINED),
    )
    return any(a.quote in hit.turn.text for a in final)


def _of_a_time(talk: Talk, found: Findings, hit: Hit) -> bool:
    around = [hit.turn, *talk.before(hit.turn, 1, Speaker.AGENT)]
    touched = {i for table in found.tables.values() for i in table.turns}
    return any(t.index in touched for t in around) and bool(
        talk.has("stance.defer", hit.turn)
        or talk.has("stance.busy", hit.turn)
        or hit.turn.index in touched
    )
