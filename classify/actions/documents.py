"""Who sends which paper: proposals, contracts and invoices share one grammar of sending.

A verb of sending, making or receiving is tied to the paper nearest to it in its sentence; where the
sentence names none («завтра отправлю»), to the paper that was spoken of last.
"""

from __future__ import annotations

from classify.actions.english_papers import english_paper_deeds
from classify.actions.money import sums
from classify.actions.nicknames import ON_SITE, nicknamed
from classify.actions.paper import (
    COUNTED,
    Deed,
    Named,
    Paper,
    PaperDeed,
    final,
    papers_in,
    tied_to,
    turned_away,
)
from classify.actions.paper_limits import by_others, is_one_of
from classify.actions.paper_said import answers, standing
from classify.actions.paper_verbs import deed_of, price_wanted
from classify.dialogue import Talk, Turn
from models.vocabulary.transcript import Speaker

__all__ = ["Deed", "Paper", "PaperDeed", "final", "paper_deeds"]
REACH = 8  # words between a verb and its paper
MEMORY = 8  # turns for which a paper stays the one spoken of
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
    return [d for d in deeds if not turned_away(talk, d)]


def _papers_of(talk: Talk, turn: Turn, named: list[Named]) -> list[Named]:
    """The papers of a turn under whatever name, in the order of its words."""
    plain = papers_in(talk, turn)
    other = nicknamed(talk, turn, [*named, *plain])
    whole = {n.at - 1 for n in plain if n.paper in COUNTED}  # «проект договора» is the contract
    taken = {n.at for n in other} | whole
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
        and not _aside(talk, turn, n.at, at)
    ]
    if here:
        nearest = _meant(talk, turn, at, here)
        if nearest.paper is Paper.OTHER and deed in (Deed.READ, Deed.RECEIVED, Deed.UNREAD):
            return []
        papers = {n.paper: n for n in here if _joined(turn, n.at, nearest.at)}
        papers[nearest.paper] = nearest
        return [tied_to(turn, at, deed, n) for n in papers.values() if n.paper in COUNTED]
    paper = _unnamed(talk, turn, at, deed, named)
    return [tied_to(turn, at, deed, Named(paper, turn.index, at))] if paper in COUNTED else []


def _aside(talk: Talk, turn: Turn, at: int, verb: int) -> bool:
    """«Даём по договору», «курьера за экземпляром зашлю»: a paper that is not what goes."""
    token = turn.tokens[verb]
    if is_one_of(talk, "hand", token) and turn.tokens[max(0, at - 1)].form in AFTER_WHAT:
        return at > 0
    sends = is_one_of(talk, "send", token) and not is_one_of(talk, "carry", token)
    return sends and any(t.form in FOR_WHAT for t in turn.tokens[max(0, at - 2) : at])


AFTER_WHAT = ("по", "без", "из", "о", "про", "согласно", "на", "под")
FOR_WHAT = ("за", "насчет", "про", "согласно", "кроме", "вместо")


def _unnamed(talk: Talk, turn: Turn, at: int, deed: Deed, named: list[Named]) -> Paper | None:
    """The paper that a verb means whose sentence names none: «завтра отправлю»."""
    token = turn.tokens[at]
    if is_one_of(talk, "bill", token):
        return Paper.INVOICE if deed in WANTED else None
    if is_one_of(talk, "make", token) and not is_one_of(talk, "send", token):
        if is_one_of(talk, "count", token) and deed in WANTED:
            return Paper.PROPOSAL if _for_an_offer(talk, turn, at, deed) else None
        if not (deed is Deed.PROMISED and (is_one_of(talk, "issue", token) or _it(turn, at))):
            return None
    if _says_too_little(talk, turn, at, deed):
        return None
    spoken = _spoken_of(turn, at, named, JUST if _carried(talk, turn, at) else MEMORY)
    if spoken is not None:
        return spoken.paper
    priced = deed is Deed.PROMISED and price_wanted(talk, turn, at)
    return Paper.PROPOSAL if priced or (deed in PROVING and _offer_meant(talk, turn, at)) else None


def _it(turn: Turn, at: int) -> bool:
    """«Я его к обеду сделаю»: the paper spoken of by its pronoun."""
    return any(t.form in ("его", "ее", "их") for t in turn.tokens[max(0, at - 4) : at + 2])


def _for_an_offer(talk: Talk, turn: Turn, at: int, deed: Deed) -> bool:
    """Whether counting ends in a paper: its sum is not told on the spot or at once."""
    if is_one_of(talk, "sketch", turn.tokens[at]) and not _of_prices(talk, turn):
        return False
    there = deed is Deed.PROMISED and {t.form for t in turn.tokens} & ON_SITE
    return not (there or _told_at_once(talk, turn))


def _offer_meant(talk: Talk, turn: Turn, at: int) -> bool:
    """«Вы мне присылали котёл» — «Да, пятьдесят восемь тысяч»: sent early on, and at once a price.

    Nothing else that is sent, paid or delivered is named with it.
    """
    token = turn.tokens[at]
    if not is_one_of(talk, "send", token) or turn.index > EARLY:
        return False
    if any(talk.has(cue, turn) for cue in ("papers.money", "papers.other")):
        return False
    people = any(t.has("NOUN", "anim", "accs") and not t.has("Name") for t in turn.tokens[at + 1 :])
    if people or not TO_WHOM & {t.form for t in turn.tokens}:
        return False
    return any(talk.amounts(t) for t in (turn, *talk.near(turn, 1)))


EARLY = 4  # turns within which a call names what it is about
TO_WHOM = frozenset(["вам", "вы", "тебе", "ты", "мне", "нам", "мы", "вас"])
PROVING = (Deed.SENT, Deed.ASKED, Deed.RECEIVED)


def _of_prices(talk: Talk, turn: Turn) -> bool:
    """Whether the talk is of what something costs: else «набросаю» may sketch anything."""
    near = [turn, *talk.before(turn, LATELY)]
    return any(talk.has(cue, t) for t in near for cue in ("papers.priced", "papers.price_asked"))


LATELY = 5  # turns in which a price would have been spoken of
WANTED = (Deed.PROMISED, Deed.REQUESTED)


def _says_too_little(talk: Talk, turn: Turn, at: int, deed: Deed) -> bool:
    """Verbs that mean a paper only where one is named beside them."""
    token = turn.tokens[at]
    if deed is Deed.PROMISED:
        others = by_others(talk, turn, at) and not _just_named(talk, turn)
        if not _ours_to_send(talk, turn, at) or others or _someone_sent(turn, at):
            return True
    elif deed is Deed.REQUESTED and is_one_of(talk, "hand", token):
        return True
    if deed is Deed.RECEIVED and (_somebody(turn, at) or is_one_of(talk, "hand", token)):
        return True
    if is_one_of(talk, "depart", token) or is_one_of(talk, "arrive", token):
        near = turn.tokens[max(0, at - 2) : at + 4]
        if deed is Deed.SENT and any(is_one_of(talk, "arriving_money", t) for t in near):
            return True
    looks = is_one_of(talk, "study", token) and not token.has("past") and deed is not Deed.ASKED
    handled = is_one_of(talk, "handle", token) and not (
        is_one_of(talk, "send", token) and turn.speaker is Speaker.AGENT
    )
    return looks or handled or is_one_of(talk, "turn_over", token)


def _someone_sent(turn: Turn, at: int) -> bool:
    """«Пришлю сметчицу»: a person goes, no paper."""
    number = turn.tokens[at].sentence
    after = [t for t in turn.tokens[at + 1 : at + 4] if t.sentence == number]
    return any(
        t.has("NOUN", "anim", "accs") and not t.has("NOUN", "nomn") and not t.has("Name")
        for t in after
    )


def _somebody(turn: Turn, at: int) -> bool:
    """«Супруга пришла», «пришёл мастер»: who comes is a person."""
    near = turn.tokens[max(0, at - 1) : at + 2]
    return turn.tokens[at].form.startswith(("приш", "прих")) and any(
        t.has("NOUN", "anim", "nomn") and not t.has("Name") for t in near
    )


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
    if any(t.form in ("вам", "почту", "тебе") for t in turn.tokens[max(0, at - 3) : at + 4]):
        return True
    return _just_named(talk, turn)


def _just_named(talk: Talk, turn: Turn) -> bool:
    """Whether the client has just spoken of a paper."""
    asked = talk.before(turn, 1, Speaker.CLIENT)
    return any(talk.has(f"papers.{paper.value}", t) for t in asked for paper in COUNTED)


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
    just = any(n.turn == turn.index - 1 and n.paper in COUNTED for n in named)
    if here and not just and not any(n.turn == turn.index for n in earlier):
        return here[0]
    return earlier[-1] if earlier else None
