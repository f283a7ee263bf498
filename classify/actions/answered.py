"""What a client promises by answering the agent's question: «Оплатите завтра?» — «Да»."""

from __future__ import annotations

from collections.abc import Sequence

from classify.actions.deadline import deadline, free_due, own_due
from classify.actions.timing import Placed, placed
from classify.dialogue import Hit, Talk, Turn
from models.vocabulary.action import SlotValue
from models.vocabulary.transcript import Speaker

SHORT = 7  # words of an answer whose time counts whatever verb it hangs on («завтра вернём»)
NOT_AT_ALL = frozenset(["не", "нет", "если", "когда"])
FIRST = 3  # words within which a yes answers the question


def answers(  # noqa: PLR0913 - the ways in which a question may be answered
    talk: Talk,
    cue: str,
    *,
    yes: bool = True,
    times: bool = True,
    echo: bool = False,
    past: bool = False,
) -> list[Hit]:
    """The client's answers to the agent's question `cue`, by a yes or by naming only a time.

    `echo`: also by the verb of the question («успеете?» — «успеем»); `past`: also by a time that
    is over («оплатили?» — «ещё в понедельник»).
    """
    out = []
    for asked in talk.all_hits(cue, Speaker.AGENT):
        for turn in talk.near(asked.turn, 1, Speaker.CLIENT):
            place = only_time(talk, turn) if times else None
            if place is None and yes:
                place = _yes(talk, turn)
            if place is None and echo:
                place = _echo(talk, asked, turn)
            if place is None and past:
                place = _long_ago(talk, turn)
            if place:
                out.append(Hit(asked.cue, turn, *place, asked.wording))
    return out


def only_time(talk: Talk, turn: Turn) -> tuple[int, int] | None:
    """The words of a turn that names a coming time and does nothing else with it."""
    if _open(talk, turn):
        return None
    free = [p for p in placed(talk, turn) if not p.mention.past]
    kept = bool(free) and len(turn.tokens) <= SHORT and _kept(talk, turn, free[0])
    if not (free_due(talk, turn) or kept):
        return None
    last = turn.tokens[free[-1].start].sentence
    first = next(p for p in free if turn.tokens[p.start].sentence == last)
    return first.start, free[-1].end


def _kept(talk: Talk, turn: Turn, p: Placed) -> bool:
    """Whether the verb of a time is one by which such a promise is kept («завтра вернём»)."""
    if {t.form for t in turn.tokens} & NOT_AT_ALL or turn.asks(p.start):
        return False
    keeping = talk.book.words("pay", "pay_loose", "sign", "back", "send", "money_moves")
    lasting = {"быть", "ставить", "поставить", "ждать", "пройти"}
    keeping |= lasting
    return p.head is not None and not keeping.isdisjoint(turn.tokens[p.head].keys)


def _open(talk: Talk, turn: Turn) -> bool:
    """Whether the answer leaves it open: «не знаю, может, завтра»."""
    return bool(talk.hits("stance.defer", turn))


def _yes(talk: Talk, turn: Turn) -> tuple[int, int] | None:
    if _open(talk, turn) or talk.has("stance.decline", turn) or _but(turn):
        return None
    said = [h for h in talk.hits("stance.accept", turn) if h.start <= FIRST]
    return (said[0].start, said[0].end) if said else None


def _echo(talk: Talk, asked: Hit, turn: Turn) -> tuple[int, int] | None:
    if _open(talk, turn) or talk.has("stance.decline", turn) or _but(turn):
        return None
    number = asked.turn.tokens[asked.start].sentence
    verbs = {
        p.lemma
        for t in asked.turn.tokens
        if t.sentence == number
        for p in t.parses
        if "VERB" in p.grammemes
    }
    for at, token in enumerate(turn.tokens[: FIRST + 1]):
        same = any(p.lemma in verbs and "VERB" in p.grammemes for p in token.parses)
        if same and (at == 0 or turn.tokens[at - 1].form != "не"):
            return at, at + 1
    return None


def _long_ago(talk: Talk, turn: Turn) -> tuple[int, int] | None:
    """«Ещё в понедельник», «вчера»: a short answer with nothing but a time that is over."""
    since = any(t.form == "еще" for t in turn.tokens[:2])
    for p in placed(talk, turn):
        if p.start <= FIRST and (p.mention.past or since) and len(turn.tokens) <= SHORT:
            refused = talk.has("stance.decline", turn) or _but(turn)
            return None if refused or "не" in {t.form for t in turn.tokens} else (p.start, p.end)
    return None


def _but(turn: Turn) -> bool:
    return any(t.form in ("если", "но", "только", "сначала", "if", "but") for t in turn.tokens)


def _one_time(talk: Talk, hit: Hit) -> dict[str, SlotValue]:
    """The only coming day of the sentence, whatever verb it hangs on: «в среду привезут, отдам»."""
    sentence = hit.turn.tokens[hit.start].sentence
    coming = [
        p
        for p in placed(talk, hit.turn)
        if not (p.mention.past or p.mention.refused) and (p.mention.date or p.mention.time)
    ]
    if len(coming) != 1 or hit.turn.tokens[coming[0].start].sentence != sentence:
        return {}
    return deadline([coming[0].mention], talk.context.started_at)


def due_between(talk: Talk, hit: Hit, asks: Sequence[str]) -> dict[str, SlotValue]:
    """When a promise will be kept: said with it, or in the agent's question that it answers."""
    own = own_due(talk, hit.turn, hit.start, hit.end)
    if own or placed(talk, hit.turn):
        return own or _one_time(talk, hit)
    for turn in talk.before(hit.turn, 1, Speaker.AGENT):
        for cue in asks:
            for asked in talk.hits(cue, turn):
                wished = own_due(talk, turn, asked.start, asked.end) or free_due(talk, turn)
                if wished:
                    return wished
    return {}
