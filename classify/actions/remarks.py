"""What the client says of the contents of a proposal in hand: figures, questions, verdicts."""

from __future__ import annotations

from collections.abc import Sequence

from classify.actions.paper import Deed, PaperDeed
from classify.actions.timing import placed
from classify.dialogue import Hit, Talk, Turn
from classify.text import Token
from models.vocabulary.transcript import Speaker

NEXT = 4  # turns after the client had the proposal in which a figure or a question is one of it
LEAST = 2  # words that a remark has at the least
UNCOUNTED = frozenset(["один", "раз", "пара", "первый", "второй", "третий", "оба", "двое"])
ASKING = frozenset(
    [
        *("почему", "зачем", "откуда", "сколько", "где", "чем", "почем", "отчего"),
        *("какой", "какая", "какое", "какие", "какого", "какую", "каков", "какова"),
    ]
)


def remarks(talk: Talk, has: Sequence[PaperDeed]) -> list[Hit]:
    """The client's words on what stands in the proposal, soon after they are known to have it."""
    out: list[Hit] = []
    for deed in has:
        for turn in _turns(talk, deed):
            first = deed.end if turn is deed.turn else 0
            if not talk.has("proposal.logistics", turn) and not talk.has("proposal.aside", turn):
                out += _remarks_in(talk, turn, first, sent=deed.deed is Deed.SENT)
    return out


def _turns(talk: Talk, deed: PaperDeed) -> list[Turn]:
    own = [deed.turn] if deed.turn.speaker is Speaker.CLIENT else []
    return own + [t for t in talk.near(deed.turn, NEXT) if t.speaker is Speaker.CLIENT]


def _remarks_in(talk: Talk, turn: Turn, first: int, *, sent: bool) -> list[Hit]:
    """Figures, verdicts and questions among the words from `first` on."""
    verdicts = [h for h in talk.hits("proposal.remark", turn) if h.start >= first]
    return [*verdicts, *_figures(talk, turn, first), *([] if sent else _questions(turn, first))]


def _figures(talk: Talk, turn: Turn, first: int) -> list[Hit]:
    """«Там автомат на шестьдесят три»: a number that is no time, in words that say something."""
    timed = {at for p in placed(talk, turn) for at in range(p.start, p.end)}
    for at in range(first, len(turn.tokens)):
        if at not in timed and _number(turn.tokens[at]) and not _of_title(turn, at, first):
            low = max(first, at - 1)
            if _said(turn, first) >= LEAST:
                return [Hit("proposal.figure", turn, low, at + 1, "a figure of the proposal")]
    return []


def _of_title(turn: Turn, at: int, first: int) -> bool:
    """«Смету на триста двадцать»: a figure that only says which paper is meant."""
    near = first > 0 and at - first <= LEAST
    return near and any(t.form in ("на", "за") for t in turn.tokens[max(0, at - 2) : at])


def _number(token: Token) -> bool:
    if token.form[0].isdigit():
        return True
    return token.has("NUMR") and token.keys.isdisjoint(UNCOUNTED)


def _said(turn: Turn, first: int) -> int:
    return len(turn.tokens) - first


def _questions(turn: Turn, first: int) -> list[Hit]:
    """«А сетка защитная где», «Две на каждый или одна?»: what the client asks of a thing in it."""
    for at in range(first, len(turn.tokens)):
        token = turn.tokens[at]
        asks = token.form in ASKING or (turn.asks(at) and token.has("NOUN", "inan"))
        if asks and any(t.has("NOUN", "inan") for t in turn.tokens[max(first, at - 3) : at + 4]):
            return [Hit("proposal.question", turn, at, at + 1, "a question about the proposal")]
    return []
