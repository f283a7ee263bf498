"""`payment`: what the client has paid or will pay."""

from __future__ import annotations

from classify.actions.answered import answers, due_between
from classify.actions.deadline import deadline
from classify.actions.english_deals import due_said, paid, to_be_paid
from classify.actions.findings import Findings
from classify.actions.paying import paid_in_context, promised_in_context
from classify.actions.sum_of import beside, part_sum, spoken_sums, standing_total
from classify.actions.timing import placed
from classify.citation import make_action
from classify.dialogue import Hit, Talk
from models.vocabulary.action import Action, ActionStatus, ActionType, SlotValue
from models.vocabulary.transcript import Speaker

BACK = 4  # turns in which the part of a payment may have been named
CLOSE = 3  # words between a sum or money and its verb or time
LOCAL = 6  # words between a verb of paying and its part
PARTS = ("full", "prepayment", "remainder")
ASKS = ("payment.ask_pay", "payment.when")


def find(talk: Talk, _: Findings) -> list[Action]:
    """The payments that were made or received, and those that the client promises."""
    done = [h for h in _paid(talk) if not talk.has("payment.not_paid", h.turn)]
    will = _promised(talk)
    out = []
    if done:
        out.append(_action(talk, ActionStatus.DONE, done[0], {}))
    if will:
        dated = [h for h in will if _due(talk, h)]
        best = (dated or will)[-1]
        if not done or best.turn.index >= done[0].turn.index:
            out += [_action(talk, ActionStatus.PROMISED, h, d) for h, d in _in_parts(talk, best)]
    return out


def _paid(talk: Talk) -> list[Hit]:
    if talk.context.language == "en":
        hits = [*paid(talk), *answers(talk, "payment.ask_paid", times=False, echo=True, past=True)]
        return sorted(hits, key=_at)
    hits = talk.all_hits("payment.paid", Speaker.CLIENT)
    hits += [h for h in talk.all_hits("payment.paid_loose", Speaker.CLIENT) if _of_money(talk, h)]
    hits += [
        h for h in talk.all_hits("payment.received", Speaker.AGENT) if not h.turn.asks(h.start)
    ]
    hits += [h for h in talk.all_hits("payment.came", Speaker.AGENT) if _came(talk, h)]
    hits += paid_in_context(talk)
    hits += answers(talk, "payment.ask_paid", times=False, echo=True, past=True)
    return sorted(hits, key=_at)


def _promised(talk: Talk) -> list[Hit]:
    if talk.context.language == "en":
        return _promised_in_english(talk)
    hits = talk.all_hits("payment.will_pay", Speaker.CLIENT)
    hits += [h for h in talk.all_hits("payment.will_loose", Speaker.CLIENT) if _of_money(talk, h)]
    verbal = {h.turn.index for h in hits}
    told = [
        *answers(talk, "payment.when", yes=False),
        *answers(talk, "payment.ask_pay", echo=True),
        *_nominal(talk),
        *_sums_to_come(talk),
        *promised_in_context(talk),
    ]
    hits += [h for h in told if h.turn.index not in verbal]
    return sorted(hits, key=_at)


def _promised_in_english(talk: Talk) -> list[Hit]:
    hits = to_be_paid(talk)
    verbal = {h.turn.index for h in hits}
    told = [
        *answers(talk, "payment.when", yes=False),
        *answers(talk, "payment.ask_pay", echo=True),
        *_nominal(talk),
    ]
    return sorted([*hits, *(h for h in told if h.turn.index not in verbal)], key=_at)


def _of_sum(talk: Talk, hit: Hit) -> bool:
    """«Двести пришло»: a sum right beside the verb, said and not asked."""
    found = spoken_sums(talk, hit.turn)
    return bool(beside(found, hit.start, hit.end, CLOSE)) and not hit.turn.asks(hit.start)


def _came(talk: Talk, hit: Hit) -> bool:
    """Whether the agent sees a sum come in; an invoice for a sum that went out is none."""
    return _of_sum(talk, hit) and not talk.has("papers.invoice", hit.turn)


def _sums_to_come(talk: Talk) -> list[Hit]:
    """«Четыре триста седьмого вам зайдут»: the client says when a sum will come."""
    hits = talk.all_hits("payment.will_come", Speaker.CLIENT)
    return [h for h in hits if _of_sum(talk, h)]


def _nominal(talk: Talk) -> list[Hit]:
    """«Во вторник оплата», «оплата не раньше пятого»: money and a time, and no verb between."""
    out = []
    for hit in talk.all_hits("payment.money", Speaker.CLIENT):
        for p in placed(talk, hit.turn):
            low, high = min(hit.end, p.end), max(hit.start, p.start)
            between = hit.turn.tokens[low:high]
            if p.mention.past or hit.turn.asks(hit.start) or len(between) > CLOSE:
                continue
            if hit.turn.tokens[p.start].sentence != hit.turn.tokens[hit.start].sentence:
                continue
            if p.head is None and not any(t.has("VERB") or t.has("INFN") for t in between):
                out.append(
                    Hit(
                        hit.cue,
                        hit.turn,
                        min(hit.start, p.start),
                        max(hit.end, p.end),
                        hit.wording,
                    )
                )
    return out


def _at(hit: Hit) -> tuple[int, int]:
    return hit.turn.index, hit.start


def _of_money(talk: Talk, hit: Hit) -> bool:
    """Whether a verb that may mean other things («проведём», «отправил») speaks of paying here."""
    agent = Speaker.AGENT
    around = [hit.turn, *talk.before(hit.turn, 1, agent), *talk.near(hit.turn, 1, agent)]
    return any(talk.has("payment.about", turn) for turn in around)


def _due(talk: Talk, hit: Hit) -> dict[str, SlotValue]:
    due = due_between(talk, hit, ASKS)
    return due if due or talk.context.language != "en" else due_said(talk, hit)


def _in_parts(talk: Talk, first: Hit) -> list[tuple[Hit, dict[str, SlotValue]]]:
    """«Половину завтра, остаток через неделю»: two payments of a turn, each with its own time."""
    times = [p for p in placed(talk, first.turn) if not p.mention.past]
    said_at = talk.context.started_at
    for hit in reversed(talk.hits("payment.other_part", first.turn)):
        later = [p for p in times if 0 <= p.start - hit.end <= 3]
        earlier = [p for p in times if p.end <= hit.start]
        if later and earlier:
            second = Hit(hit.cue, hit.turn, hit.start, later[0].end, hit.wording)
            one = min(first.start, earlier[0].start)
            cut = Hit(first.cue, first.turn, one, max(one + 1, hit.start - 1), first.wording)
            return [
                (cut, deadline([p.mention for p in earlier], said_at)),
                (second, deadline([p.mention for p in later], said_at)),
            ]
    return [(first, _due(talk, first))]


def _action(talk: Talk, status: ActionStatus, hit: Hit, due: dict[str, SlotValue]) -> Action:
    part = part_of(talk, hit)
    slots = dict(due)
    amount = amount_of(talk, hit, part)
    if amount is not None:
        slots["amount"] = amount
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


def amount_of(talk: Talk, hit: Hit, part: str | None) -> float | None:
    """The sum of a payment: said with it, with its part, or the whole that is to be paid."""
    own = spoken_sums(talk, hit.turn)
    anchor = _local_part(talk, hit) or hit
    said = beside(own, anchor.start, anchor.end) or beside(own, hit.start, hit.end)
    if said is not None:
        return said.value
    if part in ("prepayment", "remainder"):
        named = part_sum(talk, hit, part)
        return named.value if named is not None else None
    total = standing_total(talk, hit)
    return total.value if total is not None else None


def _local_part(talk: Talk, hit: Hit) -> Hit | None:
    """The words for a part that stand next to the verb of paying."""
    near = [
        (abs(h.start - hit.start), h.start, h)
        for part in PARTS
        for h in talk.hits(f"payment.{part}", hit.turn)
        if h.start - hit.end <= LOCAL and hit.start - h.end <= LOCAL
    ]
    return min(near, key=lambda n: n[:2])[2] if near else None


def part_of(talk: Talk, hit: Hit) -> str | None:
    """The part that a payment is, from the turn of the hit and those around it."""
    for turn in (hit.turn, *talk.near(hit.turn, 1), *talk.before(hit.turn, BACK)):
        found = [
            (abs(h.start - hit.start) if turn is hit.turn else h.start, h.start - h.end, part)
            for part in PARTS
            for h in talk.hits(f"payment.{part}", turn)
        ]
        if found:
            return min(found)[2]
    return None
