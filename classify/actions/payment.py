"""`payment`: what the client has paid or will pay."""

from __future__ import annotations

from classify.actions.findings import Findings
from classify.actions.money import sums
from classify.actions.timing import due, placed, times_for, when
from classify.dialogue import Hit, Talk, make_action
from models.vocabulary.action import Action, ActionStatus, ActionType, SlotValue
from models.vocabulary.transcript import Speaker

BACK = 4  # turns in which the sum or the part of a payment may have been named


def find(talk: Talk, _: Findings) -> list[Action]:
    """The payment that was made or received, and the one that the client promises."""
    done = [h for h in _paid(talk) if not talk.has("payment.not_paid", h.turn)]
    will = _promised(talk)
    out = []
    if done:
        out.append(_action(talk, ActionStatus.DONE, done[0]))
    if will:
        dated = [h for h in will if _due(talk, h)]
        best = (dated or will)[-1]
        if not done or best.turn.index >= done[0].turn.index:
            out.append(_action(talk, ActionStatus.PROMISED, best))
    return out


def _paid(talk: Talk) -> list[Hit]:
    hits = talk.all_hits("payment.paid", Speaker.CLIENT)
    hits += [h for h in talk.all_hits("payment.paid_loose", Speaker.CLIENT) if _of_money(talk, h)]
    hits += [
        h for h in talk.all_hits("payment.received", Speaker.AGENT) if not h.turn.asks(h.start)
    ]
    return sorted(hits, key=lambda h: (h.turn.index, h.start))


def _promised(talk: Talk) -> list[Hit]:
    hits = talk.all_hits("payment.will_pay", Speaker.CLIENT)
    hits += [h for h in talk.all_hits("payment.will_loose", Speaker.CLIENT) if _of_money(talk, h)]
    for asked in talk.all_hits("payment.when", Speaker.AGENT):
        for turn in talk.near(asked.turn, 1, Speaker.CLIENT):
            free = [p for p in placed(talk, turn) if p.head is None and not p.mention.past]
            if free and not talk.has("stance.decline", turn):
                hits.append(Hit(asked.cue, turn, free[0].start, free[-1].end, asked.wording))
    return sorted(hits, key=lambda h: (h.turn.index, h.start))


def _of_money(talk: Talk, hit: Hit) -> bool:
    """Whether a verb that may mean other things («проведём», «отправил») speaks of paying here."""
    around = [hit.turn, *talk.before(hit.turn, 1, Speaker.AGENT)]
    return any(talk.has("payment.about", turn) for turn in around)


def _due(talk: Talk, hit: Hit) -> dict[str, SlotValue]:
    own = [p.mention for p in times_for(talk, hit.turn, hit.start, hit.end)]
    return due(when(own), talk.context.started_at)


def _action(talk: Talk, status: ActionStatus, hit: Hit) -> Action:
    slots: dict[str, SlotValue] = {}
    if status is ActionStatus.PROMISED:
        slots |= _due(talk, hit)
    turns = [hit.turn, *talk.near(hit.turn, 1), *talk.before(hit.turn, BACK)]
    own = sums(talk, hit.turn)
    part = _part(talk, hit)
    if own:
        slots["amount"] = own[-1].value
    else:
        named = [
            s.value
            for turn in turns
            if talk.has("papers.invoice", turn) or talk.has("payment.about", turn)
            for s in sums(talk, turn)
        ]
        if named and not talk.has("payment.share", hit.turn):
            slots["amount"] = named[0]
    if part:
        slots["part"] = part
    return make_action(
        ActionType.PAYMENT,
        status,
        hit.turn,
        (hit.start, hit.end),
        cues=(f"{hit.cue}: {hit.wording}",),
        slots=slots,
        confidence=0.85,
    )


def _part(talk: Talk, hit: Hit) -> str | None:
    for turn in (hit.turn, *talk.near(hit.turn, 1), *talk.before(hit.turn, BACK)):
        found = [
            (abs(h.start - hit.start) if turn is hit.turn else h.start, part)
            for part in ("full", "prepayment", "remainder")
            for h in talk.hits(f"payment.{part}", turn)
        ]
        if found:
            return min(found)[1]
    return None
