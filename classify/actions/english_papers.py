"""Who sends which paper in an English call: «I'll get the quote over to you», «it went off Monday».

An English verb tells neither its person nor its future, so the words before it do: a will of ours
makes a promise, a past one a proof, an order or «could you» a request.
"""

from __future__ import annotations

from classify.actions.english_proposal import written_up
from classify.actions.paper import (
    COUNTED,
    Deed,
    Named,
    Paper,
    PaperDeed,
    papers_in,
    tied_to,
    turned_away,
)
from classify.actions.paper_said import answers, standing
from classify.actions.paper_verbs import is_one_of
from classify.dialogue import Hit, Talk, Turn
from classify.text import Token
from classify.timewords.numerals import words
from models.vocabulary.transcript import Speaker

REACH = 9  # words between a verb and its paper
BACK = 12  # words before a verb in which its will stands
MEMORY = 7  # turns for which a paper stays the one spoken of
BESIDE = 4  # words after a verb in which its «it» stands

WILL = frozenset(
    words("will i'll we'll ill shall gonna let's i'd he'll she'll they'll it'll that'll you'll")
)
OURS = frozenset(words("i we i'll we'll i'm we're i've we've let me us our"))
YOU = frozenset(["you", "you've", "you'd", "you're", "your"])
MEANT = frozenset(["it", "that", "them", "one", "those", "this", "both", "everything", "all"])
NOT = frozenset(["not", "never", "nothing", "no"])
ASKS_PAST = frozenset(["did", "have", "has", "was", "were", "haven't", "didn't", "hasn't"])


def english_paper_deeds(talk: Talk) -> list[PaperDeed]:
    """Everything that is said about sending papers, in order; refused offers are left out."""
    deeds: list[PaperDeed] = []
    named: list[Named] = []
    for turn in (t for t in talk.turns if not t.machine):
        named += papers_in(talk, turn)
        mine: list[PaperDeed] = []
        for at, token in enumerate(turn.tokens):
            deed = _deed(talk, turn, at, token)
            if deed is not None:
                mine += _tied(talk, turn, at, deed, named)
        mine += _said(talk, turn, named)
        mine += written_up(talk, turn, mine)
        deeds += mine
        deeds += answers(talk, turn, deeds)
        deeds += standing(talk, turn, named)
    return [d for d in deeds if not turned_away(talk, d)]


def _deed(talk: Talk, turn: Turn, at: int, token: Token) -> Deed | None:
    sending = any(is_one_of(talk, name, token) for name in ("send", "make"))
    moving = is_one_of(talk, "depart", token) or is_one_of(talk, "arrive", token)
    studied = is_one_of(talk, "study", token)
    if not (sending or moving or studied):
        return None
    before = _before(turn, at)
    if _condition(before):
        return None
    if turn.speaker is Speaker.AGENT:
        return _by_agent(talk, turn, at, sending=sending, studied=studied)
    return _by_client(talk, turn, at, sending=sending, studied=studied)


def _by_agent(  # noqa: PLR0911 - one exit per kind of verb
    talk: Talk, turn: Turn, at: int, *, sending: bool, studied: bool
) -> Deed | None:
    token, before = turn.tokens[at], _before(turn, at)
    near = before[-3:]
    if not NOT.isdisjoint(near) or "n't" in " ".join(near):
        return None if not turn.asks(at) else (None if sending else Deed.ASKED)
    if not sending and not YOU.isdisjoint(before) and turn.asks(at):
        return Deed.ASKED
    if not sending and not ASKS_PAST.isdisjoint(before) and turn.asks(at):
        return Deed.ASKED
    if studied:
        return None
    if token.has("past") and not (token.has("INFN") and _willing(before)):
        if not YOU.isdisjoint(before[-2:]) and "to" not in before[-1:]:
            return None
        moved = is_one_of(talk, "send", token) or is_one_of(talk, "depart", token)
        return Deed.SENT if moved else None
    if _base(token):
        return Deed.PROMISED if _willing(before) else None
    if token.has("ing"):
        ours = not OURS.isdisjoint(before[-4:]) or not sending
        return Deed.PROMISED if ours and YOU.isdisjoint(before[-1:]) else None
    return Deed.PROMISED if is_one_of(talk, "depart", token) and token.has("pres") else None


def _by_client(  # noqa: PLR0911 - one exit per kind of verb
    talk: Talk, turn: Turn, at: int, *, sending: bool, studied: bool
) -> Deed | None:
    sentence = turn.tokens[at].sentence
    if any(t.sentence == sentence and is_one_of(talk, "outsider", t) for t in turn.tokens):
        return None
    token, before = turn.tokens[at], _before(turn, at)
    near = before[-4:]
    negated = not NOT.isdisjoint(near) or any(w.endswith("n't") for w in near)
    if sending:
        if negated:
            return None
        if token.has("past") and not YOU.isdisjoint(before[-3:]) and not _third(before):
            return Deed.RECEIVED
        for_us = {t.form for t in turn.tokens[at + 1 : at + 3]} & {"me", "us"}
        if not (for_us or token.keys.isdisjoint(LIGHT)):
            return None
        return Deed.REQUESTED if _base(token) and _requested(before) else None
    if not token.has("past") or (token.has("INFN") and _willing(before)) or _third(before):
        return None
    if negated:
        return Deed.UNREAD if studied else Deed.MISSING
    return Deed.READ if studied else Deed.RECEIVED


LIGHT = frozenset(["have", "get", "do", "put", "work", "cost", "price", "make", "run", "leave"])


def _base(token: Token) -> bool:
    """Whether a verb stands without an ending, or is none that the lists know."""
    return token.has("INFN") or not token.has("VERB")


def _before(turn: Turn, at: int) -> list[str]:
    """The words before one in its sentence, as far as its will may stand."""
    sentence = turn.tokens[at].sentence
    return [t.form for t in turn.tokens[max(0, at - BACK) : at] if t.sentence == sentence]


def _willing(before: list[str]) -> bool:
    """«I'll», «let me», «we're going to», «shall I»; «you'll», «could you» is the other's will."""
    for at in range(len(before) - 1, -1, -1):
        word, after = before[at], before[at + 1 : at + 2]
        if word in ("you'll", "you", "you'd", "they'll", "they") and at >= len(before) - 2:
            return word == "you'll"
        if word in WILL or word in ("can", "would"):
            return not (set(after) & {"you", "they"})
        if word == "let" and after == ["me"]:
            return True
        if word == "to" and set(before[max(0, at - 4) : at]) & {
            *("going", "want", "need", "like", "got", "happy", "try", "have", "about", "able"),
        }:
            return True
    return False


def _requested(before: list[str]) -> bool:
    if not before or before[-1] in ("please", "and", "then", "just", "yes", "yeah", "ok", "okay"):
        return True
    if before[-1] in ("you", "you'll", "to") or "please" in before[-3:]:
        return not set(before) & {"i", "we", "i'll", "we'll"} or "you" in before[-2:]
    return before[-1] in ("so", "well", "right", "sure", "do", "good", "fine", "great", "lovely")


def _third(before: list[str]) -> bool:
    return bool(set(before[-4:]) & {"they", "they've", "competitor", "who"})


def _condition(before: list[str]) -> bool:
    return bool({"if", "once", "unless", "when", "until", "after"} & set(before[-6:]))


def _tied(talk: Talk, turn: Turn, at: int, deed: Deed, named: list[Named]) -> list[PaperDeed]:
    """The deed with the papers of its sentence, else with the one spoken of last."""
    sentence = turn.tokens[at].sentence
    here = [
        n
        for n in named
        if n.turn == turn.index
        and turn.tokens[n.at].sentence == sentence
        and abs(n.at - at) <= REACH
    ]
    follows = {t.form for t in turn.tokens[at + 1 : at + 3]}
    if here and (any(n.paper in COUNTED for n in here) or MEANT.isdisjoint(follows)):
        nearest = min(here, key=lambda n: (abs(n.at - at), n.at < at))
        counted = [n for n in here if n.paper in COUNTED]
        if nearest.paper is Paper.OTHER and counted:
            closer = min(counted, key=lambda n: abs(n.at - at))
            nearest = closer if closer.at > at and closer.at - at <= BESIDE else nearest
        joined = {n.paper: n for n in counted if _joined(turn, n.at, nearest.at)}
        joined[nearest.paper] = nearest
        return [tied_to(turn, at, deed, n) for n in joined.values() if n.paper in COUNTED]
    token = turn.tokens[at]
    if is_one_of(talk, "bill", token) and deed in (Deed.PROMISED, Deed.REQUESTED):
        return [tied_to(turn, at, deed, Named(Paper.INVOICE, turn.index, at))]
    if _priced_up(talk, turn, at) and deed in (Deed.PROMISED, Deed.REQUESTED):
        return [tied_to(turn, at, deed, Named(Paper.PROPOSAL, turn.index, at))]
    spoken = _spoken_of(turn, at, named)
    named_so = is_one_of(talk, "issue", token) or _means_it(turn, at)
    if spoken is None or not (named_so or _bare(turn, at, deed)):
        return []
    return [tied_to(turn, at, deed, Named(spoken, turn.index, at))] if spoken in COUNTED else []


def _priced_up(talk: Talk, turn: Turn, at: int) -> bool:
    """«I'll price the roof»; «it would cost you more» counts nothing up."""
    thing = {"it", "that", "they", "this", "it'll", "it'd"} & set(_before(turn, at)[-2:])
    return is_one_of(talk, "count", turn.tokens[at]) and not thing


def _means_it(turn: Turn, at: int) -> bool:
    """Whether «it», «that», «them» stands beside the verb."""
    sentence = turn.tokens[at].sentence
    near = turn.tokens[max(0, at - BESIDE) : at + BESIDE]
    return any(
        t.sentence == sentence and (t.form in MEANT or t.form in ("it's", "it'll", "that'll"))
        for t in near
    )


def _bare(turn: Turn, at: int, deed: Deed) -> bool:
    """«Got back Monday?» needs its thing; «will send today», «haven't read» hardly does."""
    length = sum(t.sentence == turn.tokens[at].sentence for t in turn.tokens)
    return length <= BESIDE + 1 or deed in (Deed.UNREAD, Deed.MISSING)


def _spoken_of(turn: Turn, at: int, named: list[Named]) -> Paper | None:
    earlier = [
        n
        for n in named
        if (n.turn < turn.index and turn.index - n.turn <= MEMORY)
        or (n.turn == turn.index and n.at < at)
    ]
    counted = [n for n in earlier if n.paper in COUNTED]
    if earlier and earlier[-1].paper not in COUNTED and earlier[-1].turn == turn.index:
        return None
    return counted[-1].paper if counted else None


def _joined(turn: Turn, one: int, other: int) -> bool:
    low, high = sorted((one, other))
    between = turn.tokens[low + 1 : high]
    return len(between) <= 3 and any(t.form in ("and", "with", "plus") for t in between)


def _said(talk: Talk, turn: Turn, named: list[Named]) -> list[PaperDeed]:
    """What says it without a verb of sending: «you'll have it Friday», «it's in the post»."""
    cues = (
        [("papers.will_be", Deed.PROMISED), ("papers.under_way", Deed.SENT)]
        if turn.speaker is Speaker.AGENT
        else [("papers.in_hand", Deed.RECEIVED), ("papers.gone_through", Deed.READ)]
    )
    out = []
    for cue, deed in cues:
        for hit in talk.hits(cue, turn):
            if turn.asks(hit.start) and turn.speaker is Speaker.AGENT:
                continue
            paper = _paper_of(hit, named)
            if paper in COUNTED:
                verb = _verb_in(hit)
                out.append(PaperDeed(paper, deed, turn, hit.start, hit.end, verb))
    return out


def _verb_in(hit: Hit) -> int:
    tokens = hit.turn.tokens
    return next((i for i in range(hit.start, hit.end) if tokens[i].has("INFN")), hit.start)


def _paper_of(hit: Hit, named: list[Named]) -> Paper | None:
    """The paper that the words name or stand beside, else the one spoken of last."""
    sentence = hit.turn.tokens[hit.start].sentence
    here = [
        n for n in named if n.turn == hit.turn.index and hit.turn.tokens[n.at].sentence == sentence
    ]
    if here:
        return min(here, key=lambda n: abs(n.at - hit.start)).paper
    return _spoken_of(hit.turn, hit.start, named)
