"""Who sends which paper: proposals, contracts and invoices share one grammar of sending.

A verb of sending, making or receiving is tied to the paper nearest to it in its sentence; where the
sentence names none («завтра отправлю»), to the paper that was spoken of last.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from classify.actions.paper_verbs import Deed, deed_of, is_one_of
from classify.actions.timing import When, placed, times_for, when
from classify.dialogue import Talk, Turn
from models.vocabulary.transcript import Speaker

__all__ = ["Deed", "Paper", "PaperDeed", "channel", "final", "paper_deeds", "promise_due"]

REACH = 8  # words between a verb and its paper


MEMORY = 6  # turns for which a paper stays the one spoken of


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
        deeds += _standing(talk, turn)
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
        nearest = min(here, key=lambda n: (_apart(turn, n.at, at), n.at > at))
        if nearest.paper is Paper.OTHER and deed in (Deed.READ, Deed.RECEIVED, Deed.UNREAD):
            return []
        papers = {n.paper: n for n in here if _joined(turn, n.at, nearest.at)}
        papers[nearest.paper] = nearest
        return [_made(turn, at, deed, n) for n in papers.values() if n.paper in COUNTED]
    if is_one_of(talk, "make", token) and not is_one_of(talk, "send", token):
        if is_one_of(talk, "count", token) and deed is Deed.PROMISED:
            return [_made(turn, at, deed, _Named(Paper.PROPOSAL, turn.index, at))]
        if not (deed is Deed.PROMISED and is_one_of(talk, "issue", token)):
            return []
    spoken = _spoken_of(turn, at, named)
    if spoken is None or spoken.paper not in COUNTED:
        return []
    return [_made(turn, at, deed, _Named(spoken.paper, turn.index, at))]


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


def _standing(talk: Talk, turn: Turn) -> list[PaperDeed]:
    """A paper promised or had without a verb of sending: «договор с меня завтра»."""
    agent = turn.speaker is Speaker.AGENT
    cues = [("papers.owed", Deed.PROMISED), ("papers.already", Deed.SENT)]
    out = []
    said = [(h, d) for cue, d in cues for h in talk.hits(cue, turn)]
    for hit, deed in said if agent else [(h, Deed.RECEIVED) for h in talk.hits("papers.had", turn)]:
        for paper in COUNTED:
            near = [
                h
                for h in talk.hits(f"papers.{paper.value}", turn)
                if hit.start <= h.start < hit.end
            ]
            if near:
                out.append(PaperDeed(paper, deed, turn, hit.start, hit.end, hit.start))
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


def promise_due(talk: Talk, deed: PaperDeed) -> When:
    """When a promised paper will come: said with it, or asked and told right after."""
    own = [p.mention for p in times_for(talk, deed.turn, deed.verb, deed.verb + 1)]
    if own:
        return when(own)
    for turn in talk.near(deed.turn, 3):
        if turn.speaker is Speaker.CLIENT and not talk.has("papers.when", turn):
            continue
        free = [p.mention for p in placed(talk, turn) if p.head is None and not p.mention.past]
        asked = any(talk.has("papers.when", t) for t in talk.before(turn, 1))
        if turn.speaker is Speaker.AGENT and asked and free:
            return when(free)
    return When()


def channel(talk: Talk, deed: PaperDeed) -> str | None:
    """By which way a paper goes, where it is said in its turn or in the two after."""
    for turn in (deed.turn, *talk.near(deed.turn, 2), *talk.before(deed.turn, 1)):
        for name in ("whatsapp", "telegram", "messenger", "sms", "post", "hand", "email"):
            if talk.has(f"papers.{name}", turn):
                return name
    return None
