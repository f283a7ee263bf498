"""Payments by what the talk is about: a sum, a word for money, or the agent's asking for it.

«Толкну», «зашлю», «выбью» are verbs of many things; beside a sum, or in answer to «а остаток?»,
they are verbs of paying.
"""

from __future__ import annotations

from classify.actions.sum_of import beside, spoken_sums
from classify.actions.timing import Placed, placed
from classify.dialogue import Hit, Talk, Turn
from models.vocabulary.transcript import Speaker

CLOSE = 4  # words between a verb and its sum or its word for money
SUM_CLOSE = 7  # words between a verb and the sum that it moves: «126 мы тебе в пятницу зашлём»
LATELY = 4  # turns in which a bare «когда ждать?» finds the money that it is about
OPENING = 4  # words within which an answer says that it is done
FREE = frozenset(["быть", "успеть", "уложиться", "получиться", "выйти", "стоять", "мочь", "смочь"])
LONGEST = 14  # words of an answer whose time is that of the payment asked for


def promised_in_context(talk: Talk) -> list[Hit]:
    """The client's promises to pay that only the sum or the question tells for what they are."""
    out: list[Hit] = []
    for turn in _turns(talk, Speaker.CLIENT):
        asked = demanded(talk, turn)
        verbs = talk.hits("payment.settles", turn)
        verbs = [h for h in verbs if _stands(turn, h) and (asked or _of_money(talk, h))]
        weak = talk.hits("payment.manages", turn) if asked and placed(talk, turn) else []
        found = verbs or [h for h in weak if _stands(turn, h)]
        if not found:
            found = _timed(talk, turn, asked=asked) or _at_once(talk, turn)
        out += found
    return out


def paid_in_context(talk: Talk) -> list[Hit]:
    """The payments that were made, by verbs of many things or by the agent who sees them come."""
    out: list[Hit] = []
    for turn in _turns(talk, Speaker.CLIENT):
        asked = demanded(talk, turn) or any(
            talk.has("payment.ask_paid", t) for t in talk.before(turn, 1, Speaker.AGENT)
        )
        verbs = talk.hits("payment.settled", turn)
        out += [h for h in verbs if not turn.asks(h.start) and (asked or _of_money(talk, h))]
        if asked:
            out += [h for h in talk.hits("payment.long_done", turn) if h.start < OPENING]
    return out + [h for turn in _turns(talk, Speaker.AGENT) for h in _seen(talk, turn)]


def demanded(talk: Talk, turn: Turn) -> bool:
    """Whether the agent's turn right before speaks of money that is to come."""
    before = next((t for t in talk.before(turn, 1) if t.speaker is Speaker.AGENT), None)
    if before is None:
        return False
    if any(talk.has(cue, before) for cue in ("payment.ask_pay", "payment.when")):
        return True
    if any(talk.has("payment.how_much", t) for t in talk.before(before, 1, Speaker.CLIENT)):
        return True
    last = before.tokens[-1].sentence if before.tokens else 0
    words = talk.hits("payment.owed", before)
    if any(before.tokens[h.start].sentence == last or before.asks(h.start) for h in words):
        return True
    lately = talk.before(before, LATELY)
    return talk.has("payment.bare_when", before) and any(
        talk.has("payment.about", t) for t in (before, *lately)
    )


def _turns(talk: Talk, side: Speaker) -> list[Turn]:
    return [t for t in talk.turns if t.speaker is side and not t.machine and t.tokens]


def _stands(turn: Turn, hit: Hit) -> bool:
    """Whether a promise is neither asked nor hangs on an «если» before it."""
    sentence = turn.tokens[hit.start].sentence
    before = [t for t in turn.tokens[: hit.start] if t.sentence == sentence]
    return not turn.asks(hit.start) and not any(t.form in ("если", "бы") for t in before)


def _of_money(talk: Talk, hit: Hit) -> bool:
    """Whether a sum or a word for money stands near the verb, in its own sentence."""
    turn = hit.turn
    near = range(hit.start - CLOSE, hit.end + CLOSE)
    sentence = turn.tokens[hit.start].sentence
    words = talk.hits("payment.money_word", turn)
    if any(h.start in near and turn.tokens[h.start].sentence == sentence for h in words):
        return True
    one = beside(spoken_sums(talk, turn), hit.start, hit.end, SUM_CLOSE)
    return one is not None and turn.tokens[one.start].sentence == sentence


def _timed(talk: Talk, turn: Turn, *, asked: bool) -> list[Hit]:
    """«Девяносто в субботу с базара», «в пятницу, реестр»: a time without a verb of paying."""
    if talk.has("stance.decline", turn) or talk.has("stance.defer", turn):
        return []
    source = talk.has("payment.source", turn)
    if not (source or asked) or (not source and len(turn.tokens) > LONGEST):
        return []
    coming = [p for p in placed(talk, turn) if _open(turn, p)]
    sums = spoken_sums(talk, turn)
    about = any(talk.has("payment.about", t) for t in talk.before(turn, 1))
    if not coming or not (asked or sums or about):
        return []
    p = coming[0]
    return [Hit("payment.timed", turn, p.start, p.end, "money asked for, and a time")]


def _at_once(talk: Talk, turn: Turn) -> list[Hit]:
    """«Как груз увижу, так сразу»: what the payment asked for waits for, without a day."""
    before = talk.before(turn, 1, Speaker.AGENT)
    if not any(talk.has("payment.when", t) and t.may_ask for t in before):
        return []
    return talk.hits("payment.at_once", turn)[:1]


def _open(turn: Turn, p: Placed) -> bool:
    if p.mention.past or p.mention.refused or turn.asks(p.start):
        return False
    if not (p.mention.date or p.mention.time):
        return False
    return p.head is None or not FREE.isdisjoint(turn.tokens[p.head].keys)


def _seen(talk: Talk, turn: Turn) -> list[Hit]:
    """«Зачислено семьдесят три», «есть, вижу» to a client who asks whether it came."""
    strong = [h for h in talk.hits("payment.arrived", turn) if not turn.asks(h.start)]
    found = [h for h in strong if _of_money(talk, h)]
    before = next((t for t in talk.before(turn, 1) if t.speaker is Speaker.CLIENT), None)
    if before is None or not talk.has("payment.checks", before):
        return found
    weak = talk.hits("payment.sees", turn)
    return found or [h for h in (*strong, *weak) if not turn.asks(h.start)][:1]
