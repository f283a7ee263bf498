"""Who sends which paper: proposals, contracts and invoices share one grammar of sending.

A verb of sending, making or receiving is tied to the paper nearest to it in its sentence; where the
sentence names none («завтра отправлю»), to the paper that was spoken of last.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from classify.actions.deadline import deadline
from classify.actions.money import sums
from classify.actions.paper_verbs import Deed, deed_of, is_one_of, price_wanted
from classify.actions.timing import placed
from classify.dialogue import Talk, Turn
from models.vocabulary.transcript import Speaker

__all__ = ["Deed", "Paper", "PaperDeed", "final", "paper_deeds"]
# Where a sum is told and nothing sent.
MEETING = frozenset({"встрече", "встреча", "месте", "замере"})
REACH = 8  # words between a verb and its paper
MEMORY = 6  # turns for which a paper stays the one spoken of
TOGETHER = 3  # turns for which «оба документа» means the papers named


class Paper(StrEnum):
    """The papers that an action can be about, and what else verbs of sending may carry."""

    PROPOSAL = "proposal"
    CONTRACT = "contract"
    INVOICE = "invoice"
    ACT = "act"
    OTHER = "other"


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
class _Named:
    paper: Paper
    turn: int
    at: int


def paper_deeds(talk: Talk) -> list[PaperDeed]:
    """Everything that is said about sending papers, in order; refused offers are left out."""
    deeds: list[PaperDeed] = []
    named: list[_Named] = []
    for turn in talk.turns:
        if turn.machine:
            continue
        named += _papers(talk, turn)
        for at, token in enumerate(turn.tokens):
            deed = deed_of(talk, turn, at, token)
            if deed is not None:
                deeds += _tied(talk, turn, at, deed, named)
        deeds += _answers(talk, turn, deeds)
        deeds += _standing(talk, turn, named)
    return [d for d in deeds if not _turned_away(talk, d)]


def _papers(talk: Talk, turn: Turn) -> list[_Named]:
    out = []
    for paper in Paper:
        for hit in talk.hits(f"papers.{paper.value}", turn):
            if paper is Paper.OTHER and _complement(turn, hit.start):
                continue
            out.append(_Named(paper, turn.index, hit.end - 1))
    return sorted(out, key=lambda n: n.at)


def _complement(turn: Turn, at: int) -> bool:
    """«Счёт на визитки»: what a paper is about is not what is sent."""
    near = turn.tokens[max(0, at - 2) : at]
    return any(t.form in ABOUT for t in near)


ABOUT = frozenset(["на", "по", "за", "для", "с", "к", "о", "про", "об", "и", "for", "of", "about"])


def _tied(talk: Talk, turn: Turn, at: int, deed: Deed, named: list[_Named]) -> list[PaperDeed]:
    token = turn.tokens[at]
    here = [
        n
        for n in named
        if n.turn == turn.index
        and turn.tokens[n.at].sentence == token.sentence
        and abs(n.at - at) <= REACH
        and not _other_verb_between(talk, turn, n.at, at)
    ]
    if here:
        nearest = _meant(talk, turn, at, here)
        if nearest.paper is Paper.OTHER and deed in (Deed.READ, Deed.RECEIVED, Deed.UNREAD):
            return []
        papers = {n.paper: n for n in here if _joined(turn, n.at, nearest.at)}
        papers[nearest.paper] = nearest
        return [_made(turn, at, deed, n) for n in papers.values() if n.paper in COUNTED]
    paper = _unnamed(talk, turn, at, deed, named)
    return [_made(turn, at, deed, _Named(paper, turn.index, at))] if paper in COUNTED else []


def _unnamed(talk: Talk, turn: Turn, at: int, deed: Deed, named: list[_Named]) -> Paper | None:
    """The paper that a verb means whose sentence names none: «завтра отправлю»."""
    token = turn.tokens[at]
    if is_one_of(talk, "make", token) and not is_one_of(talk, "send", token):
        if is_one_of(talk, "count", token) and deed is Deed.PROMISED:
            there = {t.form for t in turn.tokens} & MEETING
            return None if there or _told_at_once(talk, turn) else Paper.PROPOSAL
        if not (deed is Deed.PROMISED and is_one_of(talk, "issue", token)):
            return None
    if deed is Deed.PROMISED and not _ours_to_send(talk, turn, at):
        return None
    if is_one_of(talk, "study", token) and not token.has("past"):
        return None
    spoken = _spoken_of(turn, at, named)
    if spoken is None and deed is Deed.PROMISED and price_wanted(talk, turn, at):
        return Paper.PROPOSAL
    return None if spoken is None else spoken.paper


def _meant(talk: Talk, turn: Turn, at: int, here: list[_Named]) -> _Named:
    """The nearest paper; «договор, который вы прислали» means the one before the relative."""
    for index in range(max(0, at - 3), at):
        if turn.tokens[index].form.startswith("котор"):
            before = [n for n in here if n.at < index]
            if before:
                return before[-1]
    before = [n for n in here if n.at < at and n.paper in COUNTED]
    if before and is_one_of(talk, "depart", turn.tokens[at]):
        return before[-1]
    return min(here, key=lambda n: (_apart(turn, n.at, at), n.at > at))


def _ours_to_send(talk: Talk, turn: Turn, at: int) -> bool:
    """«Придёт» alone may be anything; «придёт вам», «придёт на почту» is the paper spoken of."""
    if any(is_one_of(talk, name, turn.tokens[at]) for name in ("send", "make")):
        return True
    return any(t.form in ("вам", "почту", "тебе") for t in turn.tokens[max(0, at - 3) : at + 4])


def _told_at_once(talk: Talk, turn: Turn) -> bool:
    """«Сейчас посчитаю… двести десять»: the sum is said in the call, nothing is left to send."""
    return any(sums(talk, t) for t in (turn, *talk.near(turn, 1, Speaker.AGENT)))


def _apart(turn: Turn, one: int, other: int) -> int:
    """Words between a paper and a verb; a comma between them counts for several."""
    low, high = sorted((one, other))
    return high - low + 4 * any(t.comma for t in turn.tokens[low:high])


COUNTED = frozenset({Paper.PROPOSAL, Paper.CONTRACT, Paper.INVOICE})


def _joined(turn: Turn, one: int, other: int) -> bool:
    low, high = sorted((one, other))
    between = turn.tokens[low + 1 : high]
    return len(between) <= 3 and any(t.form in {"и", "с", "плюс", "вместе", "and"} for t in between)


def _other_verb_between(talk: Talk, turn: Turn, one: int, other: int) -> bool:
    low, high = sorted((one, other))
    return any(
        is_one_of(talk, name, token)
        for token in turn.tokens[low + 1 : high]
        for name in ("send", "pay", "sign")
        if not token.has("INFN") and token.has("VERB")
    ) and not _chained(talk, turn, low, high)


def _chained(talk: Talk, turn: Turn, low: int, high: int) -> bool:
    return any(
        is_one_of(talk, "make", token) or is_one_of(talk, "send", token)
        for token in turn.tokens[low + 1 : high]
    )


def _spoken_of(turn: Turn, at: int, named: list[_Named]) -> _Named | None:
    earlier = [
        n
        for n in named
        if (n.turn < turn.index and turn.index - n.turn <= MEMORY)
        or (n.turn == turn.index and n.at < at)
    ]
    return earlier[-1] if earlier else None


def _made(turn: Turn, at: int, deed: Deed, named: _Named) -> PaperDeed:
    low, high = sorted((at, named.at))
    before = {t.form for t in turn.tokens[max(0, low - 5) : low]}
    offered = turn.asks(at) or bool(
        before & {"может", "можно", "давайте", "хотите", "могу", "shall"}
    )
    return PaperDeed(named.paper, deed, turn, low, high + 1, at, offered)


def _answers(talk: Talk, turn: Turn, deeds: list[PaperDeed]) -> list[PaperDeed]:
    """«Получили?» — «Да»: the client's answer to whether a paper came."""
    if turn.speaker is Speaker.AGENT or any(d.turn is turn for d in deeds):
        return []
    asked = [
        d for d in deeds if d.deed in (Deed.ASKED, Deed.SENT) and turn.index - d.turn.index <= 1
    ]
    if not asked:
        return []
    no = talk.hits("papers.not_there", turn)
    yes = talk.hits("papers.there", turn)
    place = (no or yes)[:1]
    return [
        PaperDeed(d.paper, _answered(talk, d, no=bool(no)), turn, h.start, h.end, h.start)
        for d in asked
        for h in place
    ]


def _answered(talk: Talk, asked: PaperDeed, *, no: bool) -> Deed:
    looked = asked.deed is Deed.ASKED and is_one_of(talk, "study", asked.turn.tokens[asked.verb])
    if no:
        return Deed.UNREAD if looked else Deed.MISSING
    return Deed.READ if looked else Deed.RECEIVED


def _standing(talk: Talk, turn: Turn, named: list[_Named]) -> list[PaperDeed]:
    """A paper promised, asked for or had without a verb of sending: «договор с меня завтра»."""
    if turn.speaker is Speaker.AGENT:
        cues = [("papers.owed", Deed.PROMISED), ("papers.already", Deed.SENT)]
    else:
        cues = [("papers.had", Deed.RECEIVED), ("papers.asked_for", Deed.REQUESTED)]
    out = [
        PaperDeed(paper, deed, turn, hit.start, hit.end, hit.start)
        for cue, deed in cues
        for hit in talk.hits(cue, turn)
        for paper in sorted(COUNTED)
        if any(hit.start <= h.start < hit.end for h in talk.hits(f"papers.{paper}", turn))
    ]
    if turn.speaker is Speaker.AGENT:
        out += _owed_together(talk, turn, named)
        out += _verbless(talk, turn, {d.paper for d in out})
    return out


def _owed_together(talk: Talk, turn: Turn, named: list[_Named]) -> list[PaperDeed]:
    """«Оба документа отправлю», «всё будет у вас до пяти»: the papers spoken of before."""
    spoken = {n.paper for n in named if turn.index - n.turn <= TOGETHER and n.paper in COUNTED}
    return [
        PaperDeed(paper, Deed.PROMISED, turn, hit.start, hit.end, hit.end - 1)
        for hit in talk.hits("papers.owed_all", turn)[:1]
        for paper in sorted(spoken)
    ]


def _verbless(talk: Talk, turn: Turn, known: set[Paper]) -> list[PaperDeed]:
    """«Счёт в течение часа на почту»: a paper and a coming time in a sentence without a verb."""
    out = []
    for p in placed(talk, turn):
        number = turn.tokens[p.start].sentence
        sentence = [i for i, t in enumerate(turn.tokens) if t.sentence == number]
        verbs = any(turn.tokens[i].has("VERB") or turn.tokens[i].has("INFN") for i in sentence)
        timed = deadline([p.mention], talk.context.started_at)
        if not timed or p.mention.past or verbs or turn.asks(p.start):
            continue
        for paper in sorted(COUNTED - known):
            here = [h for h in talk.hits(f"papers.{paper}", turn) if h.start in sentence]
            if here:
                low, high = min(here[0].start, p.start), max(here[0].end, p.end)
                out.append(PaperDeed(paper, Deed.PROMISED, turn, low, high, p.start))
    return out


def _turned_away(talk: Talk, deed: PaperDeed) -> bool:
    """Whether the client said no to a paper that was offered."""
    if deed.deed is not Deed.PROMISED:
        return False
    for turn in talk.near(deed.turn, 1, Speaker.CLIENT):
        if talk.has("papers.refused", turn):
            return True
        first_no = talk.hits("stance.decline", turn)
        if deed.offered and first_no and first_no[0].start <= 2:
            return not talk.has("papers.wanted", turn)
    return False


def final(deeds: list[PaperDeed], paper: Paper) -> list[PaperDeed]:
    """The deeds with one paper."""
    return [d for d in deeds if d.paper is paper]
