"""What is said of papers without a verb of sending: answers, possessions, debts, opinions."""

from __future__ import annotations

from collections.abc import Iterable

from classify.actions.deadline import deadline
from classify.actions.paper import COUNTED, Deed, Named, Paper, PaperDeed
from classify.actions.paper_limits import from_outside, is_one_of
from classify.actions.timing import Placed, placed
from classify.dialogue import Hit, Talk, Turn
from models.vocabulary.transcript import Speaker

TOGETHER = 3  # turns for which «оба документа» means the papers named
FIRST = 4  # words within which an answer repeats the verb of its question
LEAST_OPINION = 2  # words that an opinion has at the least


def answers(talk: Talk, turn: Turn, deeds: list[PaperDeed]) -> list[PaperDeed]:
    """«Получили?» — «Да», «Как вам расчёт?» — «Нормально»: the client's answer."""
    if turn.speaker is Speaker.AGENT:
        return []
    if any(d.turn is turn and d.deed is not Deed.REQUESTED for d in deeds):
        return []
    return _told(talk, turn, deeds) or _opinion(talk, turn)


def _told(talk: Talk, turn: Turn, deeds: list[PaperDeed]) -> list[PaperDeed]:
    asked = [
        d for d in deeds if d.deed in (Deed.ASKED, Deed.SENT) and turn.index - d.turn.index <= 1
    ]
    no = [h for h in talk.hits("papers.not_there", turn) if not _after_all(talk, turn, h)]
    yes = talk.hits("papers.there", turn)
    out = []
    for d in asked:
        used = [] if no or yes else list(talk.hits("papers.not_there", turn))
        place = [(h.start, h.end) for h in (no or yes or used)[:1]] or _echo(turn, d)
        out += [
            PaperDeed(d.paper, _answered(talk, d, no=bool(no)), turn, start, end, start)
            for start, end in place
        ]
    return out


def _after_all(talk: Talk, turn: Turn, no: Hit) -> bool:
    """«Не затерялся?» — «Нет, распечатал даже»: the no denies the loss."""
    after = turn.tokens[no.end : no.end + 2]
    used = any(
        t.has("past") and (is_one_of(talk, "handle", t) or is_one_of(talk, "study", t))
        for t in after
    )
    return used and "не" not in {t.form for t in after} and no.end - no.start == 1


def _echo(turn: Turn, asked: PaperDeed) -> list[tuple[int, int]]:
    """«Нашли?» — «Нашла»: the verb of the question said again, in whatever gender."""
    lemmas = {p.lemma for p in asked.turn.tokens[asked.verb].parses}
    for at, token in enumerate(turn.tokens[:FIRST]):
        done = token.has("past") or (
            token.has("INFN") and any(t.has("past") for t in turn.tokens[at + 1 : at + 2])
        )
        if done and not lemmas.isdisjoint(p.lemma for p in token.parses):
            return [] if at and turn.tokens[at - 1].form == "не" else [(at, at + 1)]
    return []


def _answered(talk: Talk, asked: PaperDeed, *, no: bool) -> Deed:
    looked = asked.deed is Deed.ASKED and is_one_of(talk, "study", asked.turn.tokens[asked.verb])
    if no:
        return Deed.UNREAD if looked else Deed.MISSING
    return Deed.READ if looked else Deed.RECEIVED


def _opinion(talk: Talk, turn: Turn) -> list[PaperDeed]:
    """«Что скажете по смете?» takes for granted that they have it; the client does not object."""
    for before in talk.before(turn, 1, Speaker.AGENT):
        asked = talk.hits("papers.opinion", before)
        if before.index != turn.index - 1 or not asked or len(turn.tokens) < LEAST_OPINION:
            continue
        if talk.has("papers.not_there", turn) or talk.has("papers.what_paper", turn):
            continue
        return [PaperDeed(Paper.PROPOSAL, Deed.READ, turn, 0, min(3, len(turn.tokens)), 0)]
    return []


def standing(talk: Talk, turn: Turn, named: list[Named]) -> list[PaperDeed]:
    """A paper promised, asked for or had without a verb of sending: «договор с меня завтра»."""
    if turn.speaker is Speaker.AGENT:
        cues = [("papers.owed", Deed.PROMISED), ("papers.already", Deed.SENT)]
    else:
        cues = [
            ("papers.had", Deed.RECEIVED),
            ("papers.yours", Deed.RECEIVED),
            ("papers.asked_for", Deed.REQUESTED),
            ("papers.asked_now", Deed.REQUESTED),
        ]
    out = [
        PaperDeed(paper, _timed(talk, hit, deed), turn, hit.start, hit.end, hit.start)
        for cue, deed in cues
        for hit in talk.hits(cue, turn)
        for paper in sorted(COUNTED)
        if any(hit.start <= h.start < hit.end for h in talk.hits(f"papers.{paper}", turn))
    ]
    if turn.speaker is Speaker.AGENT:
        out += _owed_together(talk, turn, named)
        out += _verbless(talk, turn, {d.paper for d in out}, named)
        out += _at_you(talk, turn, {d.paper for d in out}, named)
        out += _lies(talk, turn, {d.paper for d in out}, named)
    else:
        out += _in_hand(talk, turn, {d.paper for d in out}, named)
    return out


def _timed(talk: Talk, hit: Hit, deed: Deed) -> Deed:
    """«Через час счёт у вас»: what will be there later is promised, not sent."""
    if deed is not Deed.SENT:
        return deed
    sentence = hit.turn.tokens[hit.start].sentence
    later = [p for p in _coming(talk, hit.turn) if hit.turn.tokens[p.start].sentence == sentence]
    return Deed.PROMISED if later and not hit.turn.asks(hit.start) else deed


def _coming(talk: Talk, turn: Turn) -> list[Placed]:
    """The times of a turn that lie ahead and say more than «сейчас» and «уже»."""
    said_at = talk.context.started_at
    return [
        p
        for p in placed(talk, turn)
        if not p.mention.past and p.mention.kind != "now" and deadline([p.mention], said_at)
    ]


def _owed_together(talk: Talk, turn: Turn, named: list[Named]) -> list[PaperDeed]:
    """«Оба документа отправлю», «всё будет у вас до пяти»: the papers spoken of before."""
    spoken = {n.paper for n in named if turn.index - n.turn <= TOGETHER and n.paper in COUNTED}
    return [
        PaperDeed(paper, Deed.PROMISED, turn, hit.start, hit.end, _verb(turn, hit))
        for hit in talk.hits("papers.owed_all", turn)
        for paper in sorted(spoken)
    ]


def _verb(turn: Turn, hit: Hit) -> int:
    """The verb among the words of a hit, else its first word."""
    words = range(hit.start, hit.end)
    return next((i for i in words if turn.tokens[i].has("VERB")), hit.start)


def _verbless(talk: Talk, turn: Turn, known: set[Paper], named: list[Named]) -> list[PaperDeed]:
    """«Счёт в течение часа на почту»: a paper and a coming time in a sentence without a verb."""
    out = []
    for p in placed(talk, turn):
        sentence = _sentence(turn, p.start)
        verbs = any(
            turn.tokens[i].has("VERB")
            or turn.tokens[i].has("INFN")
            or turn.tokens[i].has("PRTS")
            or turn.tokens[i].form == "удобно"
            for i in sentence
        )
        timed = deadline([p.mention], talk.context.started_at)
        if not timed or p.mention.past or verbs or turn.asks(p.start):
            continue
        for n in _here(turn, sentence, named):
            if n.paper not in known:
                low, high = min(n.at, p.start), max(n.at + 1, p.end)
                out.append(PaperDeed(n.paper, Deed.PROMISED, turn, low, high, p.start))
    return out


def _sentence(turn: Turn, at: int) -> list[int]:
    return [i for i, t in enumerate(turn.tokens) if t.sentence == turn.tokens[at].sentence]


def _here(turn: Turn, sentence: list[int], named: list[Named]) -> list[Named]:
    """The counted papers of a sentence."""
    return [n for n in named if n.turn == turn.index and n.at in sentence and n.paper in COUNTED]


def _in_hand(talk: Talk, turn: Turn, known: set[Paper], named: list[Named]) -> list[PaperDeed]:
    """«Ваши листы передо мной»: the client has a paper, under whatever name."""
    out = []
    for hit in talk.hits("papers.in_hand", turn):
        sentence = _sentence(turn, hit.start)
        around = [i for i in sentence if abs(i - hit.start) <= NEAR_BY]
        told = [turn.tokens[i] for i in around]
        if any(t.form in NOT_THERE or t.has("impr") for t in told) or turn.asks(hit.start):
            continue
        plain = {h.end - 1 for paper in COUNTED for h in talk.hits(f"papers.{paper}", turn)}
        for n in (n for n in _here(turn, sentence, named) if n.at not in plain):
            near = abs(n.at - hit.start) <= NEAR_BY
            if near and n.paper not in known and not from_outside(talk, turn, n.at):
                low, high = min(n.at, hit.start), max(n.at + 1, hit.end)
                out.append(PaperDeed(n.paper, Deed.RECEIVED, turn, low, high, hit.start))
    return out


NEAR_BY = 6  # words between a paper and where it lies
NOT_THERE = frozenset(
    ["не", "нет", "когда", "если", "нужен", "нужна", "надо", "жду", "ждем", "где"]
)


def _at_you(talk: Talk, turn: Turn, known: set[Paper], named: list[Named]) -> list[PaperDeed]:
    """«К шести он у вас», «лежать будет на почте»: the paper spoken of will be there by a time."""
    out = []
    where = [h for cue in ("papers.at_you", "papers.will_be") for h in talk.hits(cue, turn)]
    for p in _coming(talk, turn):
        sentence = _sentence(turn, p.start)
        beside = [h for h in where if h.start in sentence and abs(h.start - p.start) <= NEAR_BY]
        if not beside or turn.asks(p.start):
            continue
        low = min(p.start, beside[0].start)
        high = max(p.end, beside[0].end)
        beyond = [i for i in sentence if low - 2 <= i < high + 3]
        if not _only_lies(talk, turn, beyond):
            continue
        for n in _here(turn, sentence, named) or _last(turn, named):
            if n.paper not in known:
                out.append(PaperDeed(n.paper, Deed.PROMISED, turn, low, high, p.start))
                known = known | {n.paper}
    return out


def _lies(talk: Talk, turn: Turn, known: set[Paper], named: list[Named]) -> list[PaperDeed]:
    """«Смета на сто литров у тебя на почте с пятницы», «будет лежать на столе»."""
    out = []
    for hit in talk.hits("papers.lies_at_you", turn):
        sentence = _sentence(turn, hit.start)
        later = [h for h in talk.hits("papers.will_be", turn) if h.start in sentence]
        meant = _here(turn, sentence, named)
        if later and not meant:
            meant = [n for n in _last(turn, named) if turn.index - n.turn <= 1]
        for n in meant:
            low, high = min(n.at, hit.start), max(n.at + 1, hit.end)
            if n.turn != turn.index:
                low = hit.start
            if n.paper not in known and _only_lies(talk, turn, range(low, hit.end)):
                deed = Deed.PROMISED if later else Deed.SENT
                place = (low, high) if n.turn == turn.index else (hit.start, hit.end)
                out.append(PaperDeed(n.paper, deed, turn, *place, hit.start))
    return out


def _last(turn: Turn, named: list[Named]) -> list[Named]:
    """The paper spoken of last, where that was just now and nothing else is named here."""
    lately = [n for n in named if turn.index - n.turn <= TOGETHER]
    return lately[-1:] if lately and lately[-1].paper in COUNTED else []


def _only_lies(talk: Talk, turn: Turn, sentence: Iterable[int]) -> bool:
    """Whether a sentence has no verb but «быть», «лежать», and nobody who comes or calls."""
    for i in sentence:
        token = turn.tokens[i]
        if token.form in WHO or (token.has("NOUN", "anim", "nomn") and not token.has("Name")):
            return False
        verb = token.has("VERB") or token.has("INFN")
        other = all(not p.grammemes.isdisjoint({"VERB", "INFN"}) for p in token.parses)
        if verb and other and token.keys.isdisjoint(LIES):
            return False
    return not talk.has("papers.money", turn)


WHO = frozenset(["я", "мы", "если", "когда", "кто", "не"])
LIES = frozenset(["быть", "лежать", "оказаться", "появиться", "=будит", "ждать"])
