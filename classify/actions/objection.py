"""`objection`: why the client hesitates to buy, each kind once."""

from __future__ import annotations

from classify.actions.findings import Findings
from classify.actions.money import sums
from classify.dialogue import Hit, Talk, make_action
from models.vocabulary.action import Action, ActionStatus, ActionType
from models.vocabulary.transcript import Speaker

KINDS = ("price", "timing", "competitor", "think", "authority", "quality", "other")
OF_WORK = frozenset({"quality", "authority", "other"})  # after the work a complaint


def find(talk: Talk, found: Findings) -> list[Action]:
    """The client's objections, the first of each kind."""
    out = []
    for kind in KINDS:
        hits = [h for h in _said(talk, kind) if not _of_something_else(talk, found, kind, h)]
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


def _said(talk: Talk, kind: str) -> list[Hit]:
    """The words of one kind; a gasp («ничего себе!») counts where it answers a sum."""
    hits = talk.all_hits(f"objection.{kind}", Speaker.CLIENT)
    if kind == "price":
        hits += [
            h
            for h in talk.all_hits("objection.shock", Speaker.CLIENT)
            if any(sums(talk, t) for t in [h.turn, *talk.before(h.turn, 1, Speaker.AGENT)])
        ]
    return sorted(hits, key=lambda h: (h.turn.index, h.start))


def _of_something_else(talk: Talk, found: Findings, kind: str, hit: Hit) -> bool:
    """Whether the words refuse a time or finished work, or are the refusal's own."""
    if kind == "other" and any(talk.has(f"objection.{k}", hit.turn) for k in KINDS[:-1]):
        return True
    if kind in OF_WORK and found.of(ActionType.WORK_ACCEPTED):
        return True
    if kind in ("timing", "think", "other") and _of_a_time(talk, found, hit):
        return not talk.has("objection.about_order", hit.turn)
    asked = talk.before(hit.turn, 1, Speaker.AGENT)
    if kind == "authority" and any(talk.has("decision_maker.asked", t) for t in asked):
        return True
    if kind == "price" and any(talk.has("budget.question", t) for t in asked):
        return not talk.has("objection.plain_price", hit.turn)
    final = (
        *found.of(ActionType.REFUSAL),
        *found.of(ActionType.TERMS_AGREED, ActionStatus.DECLINED),
    )
    refused = found.of(ActionType.REFUSAL) and talk.has("refusal.whole", hit.turn)
    return bool(refused) or any(a.quote in hit.turn.text for a in final)


def _of_a_time(talk: Talk, found: Findings, hit: Hit) -> bool:
    around = [hit.turn, *talk.before(hit.turn, 1, Speaker.AGENT)]
    touched = {i for table in found.tables.values() for i in table.turns}
    return any(t.index in touched for t in around) and bool(
        talk.has("stance.defer", hit.turn)
        or talk.has("stance.busy", hit.turn)
        or hit.turn.index in touched
    )
