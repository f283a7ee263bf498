"""`objection`: why the client hesitates to buy, each kind once."""

from __future__ import annotations

from classify.actions.findings import Findings
from classify.dialogue import Talk, make_action
from models.vocabulary.action import Action, ActionStatus, ActionType
from models.vocabulary.transcript import Speaker

KINDS = ("price", "timing", "competitor", "think", "authority", "quality")


def find(talk: Talk, found: Findings) -> list[Action]:
    """The client's objections, the first of each kind."""
    out = []
    for kind in KINDS:
        hits = talk.all_hits(f"objection.{kind}", Speaker.CLIENT)
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
    return _without_shadows(out, found)


def _without_shadows(objections: list[Action], found: Findings) -> list[Action]:
    """An objection that is only the refusal's or the declined terms' own words is left out."""
    if len(objections) <= 1 and (
        found.of(ActionType.REFUSAL) or found.of(ActionType.TERMS_AGREED, ActionStatus.DECLINED)
    ):
        decisive = {
            a.quote
            for a in (
                *found.of(ActionType.REFUSAL),
                *found.of(ActionType.TERMS_AGREED, ActionStatus.DECLINED),
            )
        }
        return [o for o in objections if not any(o.quote in q or q in o.quote for q in decisive)]
    return objections
