"""Who sends which paper: proposals, contracts and invoices share one grammar of sending.

A verb of sending, making or receiving is tied to the paper nearest to it in its sentence; where the
sentence names none («завтра отправлю»), to the paper that was spoken of last.
"""

from __future__ import annotations

from classify.actions.english_papers import english_paper_deeds
from classify.actions.money import sums
from classify.actions.nicknames import nicknamed
from classify.actions.paper import COUNTED, Deed, Named, Paper, PaperDeed, final, papers_in
from classify.actions.paper_limits import by_others, is_one_of
from classify.actions.paper_said import answers, standing
from classify.actions.paper_verbs import deed_of, price_wanted
from classify.dialogue import Talk, Turn
from models.vocabulary.transcript import Speaker

__all__ = ["Deed", "Paper", "PaperDeed", "final", "paper_deeds"]
# Where a sum is told and nothing sent.
MEETING = frozenset({"встрече", "встреча", "месте", "замере"})
REACH = 8  # words between a verb and its paper
MEMORY = 8  # turns for which a paper stays the one spoken of
LATE = 2  # words before a «погодите» that answers an offer
JUST = 1  # turns in which a paper must be named that is carried or handed over


def paper_deeds(talk: Talk) -> list[PaperDeed]:
    """Everything that is said about sending papers, in order; refused offers are left out."""
    if talk.context.language == "en":
        return english_paper_deeds(talk)
    deeds: list[PaperDeed] = []
    named: list[Named] = []
    for turn in talk.turns:
        if turn.machine:
            continue
        named += _papers_of(talk, turn, named)
        for at, token in enumerate(turn.tokens):
            deed = deed_of(talk, turn, at, token)
            if deed is not None:
                deeds += _tied(talk, turn, at, deed, named)
        deeds += answers(talk, turn, deeds)
        deeds += standing(talk, turn, named)
    return [d for d in deeds if not _turned_away(talk, d)]


def _papers_of(talk: Talk, turn: Turn, named: list[Named]) -> list[Named]:
    """The papers of a turn under whatever name, in the order of its words."""
    plain = papers_in(talk, turn)
    other = nicknamed(talk, turn, [*named, *plain])
    taken = {n.at for n in other}
    kept = [n for n in plain if n.at not in taken or n.paper in COUNTED]
    return sorted([*kept, *other], key=lambda n: n.at)


def _tied(talk: Talk, turn: Turn, at: int, deed: Deed, named: list[Named]) -> list[PaperDeed]:
    token = turn.tokens[at]
    here = [
        n
        for n in named
        if n.turn == turn.index
        and turn.tokens[n.at].sentence == token.sentence
        and abs(n.at - at) <= REACH
        and not _other_verb_between(talk, turn, n.at, at)
        and not (is_one_of(talk, "hand", token) and _aside(turn, n.at))
    ]
    if here:
        nearest = _meant(talk, turn, at, here)
        if nearest.paper is Paper.OTHER and deed in (Deed.READ, Deed.RECEIVED, Deed.UNREAD):
            return []
        papers = {n.paper: n for n in here if _joined(turn, n.at, nearest.at)}
        papers[nearest.paper] = nearest
        return [_made(turn, at, deed, n) for n in papers.values() if n.paper in COUNTED]
    paper = _unnamed(talk, turn, at, deed, named)
    return [_made(turn, at, deed, Named(paper, turn.index, at))] if paper in COUNTED else []


def _aside(turn: Turn, at: int) -> bool:
    """«Гарантию даём по договору»: a paper that only says after what something goes."""
    return at > 0 and turn.tokens[at - 1].form in ("по", "без", "из", "о", "про", "согласно")


def _unnamed(talk: Talk, turn: Turn, at: int, deed: Deed, named: list[Named]) -> Paper | None:
    """The paper that a verb means whose sentence names none: «завтра отправлю»."""
    token = turn.tokens[at]
    if is_one_of(talk, "bill", token):
        return Paper.INVOICE if deed in WANTED else None
    if is_one_of(talk, "make", token) and not is_one_of(talk, "send", token):
        if is_one_of(talk, "count", token) and deed in WANTED:
            there = deed is Deed.PROMISED and {t.form for t in turn.tokens} & MEETING
            return None if there or _told_at_once(talk, turn) else Paper.PROPOSAL
        if not (deed is Deed.PROMISED and is_one_of(talk, "issue", token)):
            return None
    if _says_too_little(talk, turn, at, deed):
        return None
    spoken = _spoken_of(turn, at, named, JUST if _carried(talk, turn, at) else MEMORY)
    if spoken is None and deed is Deed.PROMISED and price_wanted(talk, turn, at):
        return Paper.PROPOSAL
    return None if spoken is None else spoken.paper


WANTED = (Deed.PROMISED, Deed.REQUESTED)


def _says_too_little(talk: Talk, turn: Turn, at: int, deed: Deed) -> bool:
    """Verbs that mean a paper only where one is named beside them."""
    token = turn.tokens[at]
    if deed is Deed.PROMISED:
        if not _ours_to_send(talk, turn, at) or by_others(talk, turn, at):
            return True
    elif deed is Deed.REQUESTED and is_one_of(talk, "hand", token):
        return True
    looks = is_one_of(talk, "study", token) and not token.has("past") and deed is not Deed.ASKED
    return looks or is_one_of(talk, "handle", token)


def _meant(talk: Talk, turn: Turn, at: int, here: list[Named]) -> Named:
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


def _carried(talk: Talk, turn: Turn, at: int) -> bool:
    """«Привезу», «дам»: what may carry anything means a paper only right after it was named."""
    token = turn.tokens[at]
    return is_one_of(talk, "carry", token) or is_one_of(talk, "hand", token)


def _spoken_of(turn: Turn, at: int, named: list[Named], memory: int) -> Named | None:
    earlier = [
        n
        for n in named
        if (n.turn < turn.index and turn.index - n.turn <= memory)
        or (n.turn == turn.index and n.at < at)
    ]
    here = [n for n in named if n.turn == turn.index and n.paper in COUNTED]
    if here and not any(n.turn == turn.index for n in earlier):
        return here[0]
    return earlier[-1] if earlier else None


def _made(turn: Turn, at: int, deed: Deed, named: Named) -> PaperDeed:
    low, high = sorted((at, named.at))
    before = {t.form for t in turn.tokens[max(0, low - 5) : low]}
    offered = turn.asks(at) or bool(
        before & {"может", "можно", "давайте", "хотите", "могу", "shall"}
    )
    return PaperDeed(named.paper, deed, turn, low, high + 1, at, offered)


def _turned_away(talk: Talk, deed: PaperDeed) -> bool:
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
