"""The papers that an action can be about, and one deed with one of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from classify.actions.paper_verbs import Deed
from classify.dialogue import Talk, Turn
from models.vocabulary.transcript import Speaker

__all__ = [
    "COUNTED",
    "Deed",
    "Named",
    "Paper",
    "PaperDeed",
    "final",
    "papers_in",
    "tied_to",
    "turned_away",
]


class Paper(StrEnum):
    """The papers that an action can be about, and what else verbs of sending may carry."""

    PROPOSAL = "proposal"
    CONTRACT = "contract"
    INVOICE = "invoice"
    ACT = "act"
    OTHER = "other"


COUNTED = frozenset({Paper.PROPOSAL, Paper.CONTRACT, Paper.INVOICE})
# Words before the verb that offer a paper and promise none yet.
OFFERS = frozenset(["может", "можно", "давайте", "хотите", "могу"])
OFFERS |= {"shall", "can", "could", "would", "want"}
LATE = 2  # words before a «погодите» that answers an offer


@dataclass(frozen=True, slots=True)
class PaperDeed:
    """A deed with a paper at words `start` to `end` of a turn."""

    paper: Paper
    deed: Deed
    turn: Turn
    start: int
    end: int
    verb: int
    offered: bool = False

    @property
    def place(self) -> tuple[int, int]:
        """The words as (first, one past the last)."""
        return self.start, self.end


@dataclass(frozen=True, slots=True)
class Named:
    """A paper named at word `at` of turn number `turn`."""

    paper: Paper
    turn: int
    at: int


def final(deeds: list[PaperDeed], paper: Paper) -> list[PaperDeed]:
    """The deeds with one paper."""
    return [d for d in deeds if d.paper is paper]


def papers_in(talk: Talk, turn: Turn) -> list[Named]:
    """The papers that a turn names, in the order of its words."""
    out = []
    for paper in Paper:
        for hit in talk.hits(f"papers.{paper.value}", turn):
            if paper is Paper.OTHER and (_complement(turn, hit.start) or _by_whom(turn, hit.start)):
                continue
            out.append(Named(paper, turn.index, hit.end - 1))
    side = "papers.counted" if turn.speaker is Speaker.AGENT else "papers.to_count"
    out += [Named(Paper.PROPOSAL, turn.index, hit.end - 1) for hit in talk.hits(side, turn)]
    return sorted(out, key=lambda n: n.at)


def _by_whom(turn: Turn, at: int) -> bool:
    """«Курьером закинула»: who brings it is not what is brought."""
    token = turn.tokens[at]
    return token.has("anim") and not (token.has("accs", "anim") or token.has("gent", "anim"))


def _complement(turn: Turn, at: int) -> bool:
    """«Счёт на визитки»: what a paper is about is not what is sent."""
    near = turn.tokens[max(0, at - 2) : at]
    if turn.tokens[at].form in ("номер", "номера") and any(
        not t.keys.isdisjoint(NUMBERED) for t in near
    ):
        return True
    if near and near[-1].has("ADJF"):
        return any(t.form in ABOUT for t in near)
    return any(t.form in ABOUT for t in near[-1:])


NUMBERED = frozenset(["счет", "договор", "кп", "смета", "предложение", "заказ"])
ABOUT = frozenset(
    [
        *("на", "по", "за", "для", "с", "к", "о", "про", "об", "и", "после", "до", "без", "через"),
        *("for", "of", "about"),
    ]
)


def tied_to(turn: Turn, at: int, deed: Deed, named: Named) -> PaperDeed:
    """What the verb at `at` does to a paper that is named beside it."""
    low, high = sorted((at, named.at))
    before = {t.form for t in turn.tokens[max(0, low - 5) : low]}
    offered = turn.asks(at) or not OFFERS.isdisjoint(before)
    return PaperDeed(named.paper, deed, turn, low, high + 1, at, offered)


def turned_away(talk: Talk, deed: PaperDeed) -> bool:
    """Whether the client said no to a paper that was offered."""
    if deed.deed is not Deed.PROMISED:
        return False
    for turn in talk.near(deed.turn, 1, Speaker.CLIENT):
        if talk.has("papers.refused", turn):
            return True
        late = talk.hits("papers.not_yet", turn)
        if deed.offered and late:
            return late[0].start <= LATE or not talk.has("stance.accept", turn)
        first_no = talk.hits("stance.decline", turn)
        if deed.offered and first_no and first_no[0].start <= 2:
            return not talk.has("papers.wanted", turn)
    return False
