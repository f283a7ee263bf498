"""What a client says back to a price, a time of making or an offer: reasons in their context.

The words of `reaction.*` are wide, so each counts only where the call has put its thing on the
table: a shock or a comparison beside a sum, «это мимо» beside the weeks of making, another's lower
sum.
"""

from __future__ import annotations

from classify.actions.money import LEAST_SUM, bare_sums, sums
from classify.dialogue import Hit, Talk, Turn, read_once
from models.vocabulary.transcript import Speaker

MUCH = 3  # times that one price may be under the other for the same thing
BACK = 5  # turns in which the price may have been named that another undercuts
NEAR = 6  # words between a sum and whose it is
BESIDE = 3  # words between the weeks of making and what is said of them
AHEAD = 6  # words between «если» and what it makes a mere supposition
ECHO = 9  # words of a sentence that throws a sum back: «Сто десять за двадцать метров!»

GATED = {
    "timing": ("reaction.not_now",),
    "competitor": ("reaction.theirs",),
    "authority": ("reaction.against",),
    "quality": ("reaction.doubt",),
    "other": ("reaction.cheats",),
}


def reactions(talk: Talk, kind: str) -> list[Hit]:
    """The client's words of one kind of objection that count by what they answer."""
    hits = [h for cue in GATED.get(kind, ()) for h in talk.all_hits(cue, Speaker.CLIENT)]
    if kind == "price":
        hits += _of_the_price(talk)
    if kind == "timing":
        hits += [h for h in talk.all_hits("reaction.too_long", Speaker.CLIENT) if _waits(talk, h)]
    if kind == "competitor":
        hits += [
            h for h in talk.all_hits("reaction.paid_elsewhere", Speaker.CLIENT) if _less(talk, h)
        ]
    return [h for h in hits if not supposed(talk, h)]


def supposed(talk: Talk, hit: Hit) -> bool:
    """Whether the words stand in a condition: «может, и не приедем, если там космос»."""
    tokens = hit.turn.tokens
    return any(
        tokens[cond.start].sentence == tokens[hit.start].sentence
        and 0 <= hit.start - cond.start <= AHEAD
        and not any(t.comma for t in tokens[cond.start : hit.start])
        for cond in talk.hits("reaction.ask_if", hit.turn)
    )


def _of_the_price(talk: Talk) -> list[Hit]:
    hits = [
        h
        for cue in ("reaction.sum_hurts", "reaction.over")
        for h in talk.all_hits(cue, Speaker.CLIENT)
        if _priced(talk, h.turn)
    ]
    hits += [
        h
        for h in talk.all_hits("reaction.instead", Speaker.CLIENT)
        if _priced(talk, h.turn) and not talk.has("reaction.instead_not", h.turn)
    ]
    return hits + _thrown_back(talk)


def _priced(talk: Talk, turn: Turn) -> bool:
    """Whether a sum is spoken of: in the turn itself or by the agent before it."""
    if talk.has("reaction.priced", turn) or sums(talk, turn):
        return True
    return any(sums(talk, t) or bare_sums(talk, t) for t in talk.before(turn, 1, Speaker.AGENT))


def _thrown_back(talk: Talk) -> list[Hit]:
    """«Сто десять за двадцать метров!»: a sum exclaimed, and nothing said for it."""
    out = []
    for turn in talk.turns:
        if turn.speaker is not Speaker.CLIENT or turn.machine or "!" not in turn.text:
            continue
        for one in (*sums(talk, turn), *bare_sums(talk, turn)):
            sentence = turn.tokens[one.start].sentence
            places = [i for i, t in enumerate(turn.tokens) if t.sentence == sentence]
            shouted = any("!" in turn.tokens[i].closes for i in places)
            against = any(turn.tokens[i].form == "за" for i in places)
            if shouted and against and len(places) <= ECHO and not talk.has("stance.accept", turn):
                out.append(Hit("reaction.echo", turn, places[0], places[-1] + 1, "a sum exclaimed"))
    return out


def _waits(talk: Talk, hit: Hit) -> bool:
    """Whether a time of making is spoken of: by the client in the turn, or by the agent before."""
    around = [hit.turn, *talk.before(hit.turn, 1, Speaker.AGENT)]
    weeks = talk.hits("reaction.lasts", hit.turn)
    if any(w.start - hit.end < BESIDE and hit.start - w.end < BESIDE for w in weeks):
        return True
    return any(talk.has("reaction.lasts", t) for t in around) and any(
        talk.has("reaction.makes", t) for t in around
    )


@read_once
def _values(talk: Talk, turn: Turn) -> list[tuple[float, int, int]]:
    return [(s.value, s.start, s.end) for s in (*sums(talk, turn), *bare_sums(talk, turn))]


def _less(talk: Talk, hit: Hit) -> bool:
    """Whether a sum beside the words is lower than the one that the call was about till then."""
    if hit.turn.asks(hit.start):
        return False
    near = [
        (value, start)
        for value, start, end in _values(talk, hit.turn)
        if start - hit.end < NEAR and hit.start - end < NEAR
    ]
    earlier = [t for t in talk.before(hit.turn, BACK) if not t.machine]
    named = [value for t in earlier for value, _, _ in _values(talk, t)]
    return any(
        any(_alike(value, other) for other in (*named, *_before(talk, hit.turn, at)))
        for value, at in near
    )


def _before(talk: Talk, turn: Turn, at: int) -> list[float]:
    return [value for value, _, end in _values(talk, turn) if end <= at]


def _alike(value: float, other: float) -> bool:
    """Whether one may be the lower of two prices of one thing ("94 тысячи", "по 60")."""
    return any(other / MUCH <= value * scale < other for scale in (1, LEAST_SUM))
