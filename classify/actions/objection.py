"""`objection`: why the client hesitates to buy, each kind once.

Words of every kind are collected first. Then what answers something else than the offer goes (a
time, a question who decides, a request for a review, finished work), and of several reasons in one
turn the weightiest stays: a client gives one reason at a time.
"""

from __future__ import annotations

from classify.actions.english_reactions import english_reactions
from classify.actions.findings import Findings
from classify.actions.money import sums
from classify.actions.reactions import reactions, supposed
from classify.actions.sum_of import spoken_sums
from classify.actions.timing import placed
from classify.citation import clause, make_action, quote
from classify.dialogue import Hit, Talk, Turn
from models.vocabulary.action import Action, ActionStatus, ActionType
from models.vocabulary.transcript import Speaker

KINDS = ("price", "timing", "competitor", "think", "authority", "quality", "other")
WEIGHT = {"competitor": 0, "authority": 1, "quality": 2, "price": 3, "timing": 3, "think": 3}
OF_TIME = frozenset({"timing", "think", "authority", "other"})  # may answer a time instead
OF_THING = frozenset({"price", "quality"})  # «если там дорого» is a mere supposition
REASONS = frozenset({"price", "timing", "competitor", "authority", "quality"})  # of a refusal
LEAST = 9
LONG, LAST = 8, 3  # turns of a long call, and the last ones in which it is taken leave of
NEAR = 3  # words between a sum and whose it is


def find(talk: Talk, found: Findings) -> list[Action]:
    """The client's objections, the first of each kind, one a turn."""
    if _over(found):
        return []
    by_turn: dict[int, list[tuple[str, Hit]]] = {}
    for kind in KINDS:
        for hit in _said(talk, kind):
            if not _of_something_else(talk, found, kind, hit):
                by_turn.setdefault(hit.turn.index, []).append((kind, hit))
    reasons = [_weightiest(by_turn[index]) for index in sorted(by_turn)]
    first = dict(reversed(reasons))
    return [_objection(kind, first[kind]) for kind in KINDS if kind in first]


def _over(found: Findings) -> bool:
    """Whether the deal is done: paid, signed or delivered, so that a complaint is no objection."""
    late = (ActionType.PAYMENT, ActionType.CONTRACT_SIGNED)
    done = any(found.of(kind, ActionStatus.DONE) for kind in late)
    return done or bool(found.of(ActionType.WORK_ACCEPTED))


def _weightiest(said: list[tuple[str, Hit]]) -> tuple[str, Hit]:
    return min(said, key=lambda s: (WEIGHT.get(s[0], LEAST), s[1].start, KINDS.index(s[0])))


def _objection(kind: str, hit: Hit) -> Action:
    return make_action(
        ActionType.OBJECTION,
        ActionStatus.DONE,
        hit.turn,
        (hit.start, hit.end),
        cues=(f"{hit.cue}: {hit.wording}",),
        slots={"kind": kind},
        confidence=0.7,
    )


def _said(talk: Talk, kind: str) -> list[Hit]:
    """The words of one kind; a gasp («ничего себе!») counts where it answers a sum."""
    hits = talk.all_hits(f"objection.{kind}", Speaker.CLIENT)
    hits = [h for h in hits if kind not in OF_THING or not supposed(talk, h)]
    hits += [*_compared(talk, kind), *reactions(talk, kind), *english_reactions(talk, kind)]
    if kind == "price":
        hits += [
            h
            for h in talk.all_hits("objection.shock", Speaker.CLIENT)
            if any(sums(talk, t) for t in [h.turn, *talk.before(h.turn, 1, Speaker.AGENT)])
            and not talk.has("reaction.worth_it", h.turn)
        ]
    return sorted(hits, key=lambda h: (h.turn.index, h.start))


def _compared(talk: Talk, kind: str) -> list[Hit]:
    """«У «Медимпорта» пять семьсот», «я по сто брала»: a lower sum than the agent's."""
    cue = {"competitor": "objection.elsewhere", "price": "objection.own_price"}.get(kind)
    if cue is None or talk.context.language == "en":
        return []
    return [
        hit
        for hit in talk.all_hits(cue, Speaker.CLIENT)
        for asked in talk.before(hit.turn, 1, Speaker.AGENT)
        if _undercut(talk, asked, hit) and not hit.turn.asks(hit.start)
    ]


def _undercut(talk: Talk, asked: Turn, hit: Hit) -> bool:
    """Whether a sum close to the words is lower than every one of the agent's."""
    theirs = [s.value for s in spoken_sums(talk, asked)]
    near = [s for s in spoken_sums(talk, hit.turn) if s.start - hit.end < NEAR > hit.start - s.end]
    return bool(theirs) and any(s.value < min(theirs) for s in near)


def _of_something_else(talk: Talk, found: Findings, kind: str, hit: Hit) -> bool:
    """Whether the words refuse a time or finished work, or are the refusal's own."""
    if _after_the_end(talk, found, kind, hit) or _parting(talk, kind, hit):
        return True
    if kind in OF_TIME and _of_a_time(talk, found, kind, hit):
        return not talk.has("objection.about_order", hit.turn)
    return _answers_otherwise(talk, kind, hit) or _final(found, hit)


def _answers_otherwise(talk: Talk, kind: str, hit: Hit) -> bool:
    """Whether the agent had asked what the words answer: who decides, what may be spent."""
    asked = talk.before(hit.turn, 1, Speaker.AGENT)
    if any(talk.has("review.asked", t) for t in asked):
        return True
    if kind == "authority":
        cues = ("decision_maker.asked", "objection.who")
        return any(talk.has(cue, t) for t in asked for cue in cues)
    if hit.cue.startswith("reaction."):
        return False
    if kind in ("price", "timing") and any(talk.has("budget.question", t) for t in asked):
        return not talk.has("objection.plain_price", hit.turn)
    return False


def _final(found: Findings, hit: Hit) -> bool:
    """Whether the words are a refusal's own; a reason beside it or beside terms is one to note."""
    said = quote(hit.turn, *clause(hit.turn, hit.start, hit.end))[0]
    refusals = found.of(ActionType.REFUSAL)
    return any(a.quote in hit.turn.text and (a.quote in said or said in a.quote) for a in refusals)


def _after_the_end(talk: Talk, found: Findings, kind: str, hit: Hit) -> bool:
    """Whether the client had agreed or refused before: nothing is left to object to."""
    ends = list(found.of(ActionType.TERMS_AGREED, ActionStatus.DONE))
    if kind not in REASONS:
        ends += found.of(ActionType.REFUSAL)
    if kind in OF_TIME - {"authority"}:
        ends += found.of(ActionType.MEETING_BOOKED, ActionStatus.DONE)
    if kind in OF_TIME and any(a.quote in hit.turn.text for a in _promised(found)):
        return True
    earlier = talk.turns[: hit.turn.index]
    return any(end.quote in turn.text for end in ends for turn in earlier)


def _parting(talk: Talk, kind: str, hit: Hit) -> bool:
    """Whether the words go with a yes to the terms, or a long call is at its good-byes."""
    agreed = kind != "authority" and talk.has("terms.agree", hit.turn)
    return agreed or (len(talk.turns) >= LONG and hit.turn.index >= len(talk.turns) - LAST)


def _promised(found: Findings) -> list[Action]:
    """What the client undertakes to sign or to pay: who promises that has made up their mind."""
    kinds = (ActionType.CONTRACT_SIGNED, ActionType.PAYMENT)
    return [a for kind in kinds for a in found.of(kind, ActionStatus.PROMISED)]


def _of_a_time(talk: Talk, found: Findings, kind: str, hit: Hit) -> bool:
    around = [hit.turn, *talk.before(hit.turn, 1, Speaker.AGENT)]
    if talk.has("objection.early", hit.turn) and any(_clock(talk, t) for t in around):
        return True
    if kind == "authority" and not talk.has("objection.confers", hit.turn):
        return False
    touched = {i for table in found.tables.values() for i in table.turns}
    return any(t.index in touched for t in around) and bool(
        talk.has("stance.defer", hit.turn)
        or talk.has("stance.busy", hit.turn)
        or hit.turn.index in touched
    )


def _clock(talk: Talk, turn: Turn) -> bool:
    mentions = [place.mention for place in placed(talk, turn)]
    return any(m.time is not None or m.weekday is not None for m in mentions)
