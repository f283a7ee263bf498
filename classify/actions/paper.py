"""The papers that an action can be about, and one deed with one of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from classify.actions.paper_verbs import Deed
from classify.dialogue import Talk, Turn
from models.vocabulary.transcript import Speaker

__all__ = ["COUNTED", "Deed", "Named", "Paper", "PaperDeed", "final", "papers_in"]


class Paper(StrEnum):
    """The papers that an action can be about, and what else verbs of sending may carry."""

    PROPOSAL = "proposal"
    CONTRACT = "contract"
    INVOICE = "invoice"
    ACT = "act"
    OTHER = "other"


COUNTED = frozenset({Paper.PROPOSAL, Paper.CONTRACT, Paper.INVOICE})


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
