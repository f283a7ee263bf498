"""What a verb of sending, making or receiving says of a paper, the paper aside."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum

from classify.actions.paper_limits import (
    conditional,
    customary,
    from_outside,
    intends,
    is_one_of,
    negated,
    unreal,
    you_before,
    yours,
)
from classify.actions.timing import placed
from classify.dialogue import Talk, Turn
from classify.text import Token
from models.vocabulary.transcript import Speaker

__all__ = ["Deed", "deed_of", "is_one_of", "price_wanted"]


class Deed(StrEnum):
    """What is done with a paper."""

    PROMISED = "promised"  # our side will send it
    REQUESTED = "requested"  # the client asks for it
    SENT = "sent"  # our side says that it went out
    RECEIVED = "received"  # the client has it
    READ = "read"  # the client has it and has looked into it
    ASKED = "asked"  # the agent asks whether it came
    MISSING = "missing"  # the client says that it did not come
    UNREAD = "unread"  # the client has not looked yet


def deed_of(talk: Talk, turn: Turn, at: int, token: Token) -> Deed | None:  # noqa: PLR0911 - one exit per kind of verb
    """What the verb at `at` says, the paper aside."""
    agent = turn.speaker is Speaker.AGENT
    if token.form in LETS:
        return None
    if any(is_one_of(talk, name, token) for name in SENDING):
        return _sending(talk, turn, at, _as_verb(talk, token), agent=agent)
    travels = is_one_of(talk, "depart", token) or is_one_of(talk, "arrive", token)
    studied = is_one_of(talk, "study", token)
    if agent and travels and token.has("3per", "futr"):
        return None if conditional(turn, at) or negated(turn, at) else Deed.PROMISED
    if agent and _to_be_had(talk, turn, at, known=travels or studied):
        return Deed.PROMISED
    if is_one_of(talk, "depart", token):
        if agent and token.has("past") and not negated(turn, at):
            return Deed.SENT
        if not agent and not token.form.startswith(LANDED):
            return None
        return _arrived(turn, at, token, agent=agent)
    if studied and not agent and _learnt(turn, at):
        return None
    if travels or studied:
        return _came_or_read(talk, turn, at, token)
    return _handled(talk, turn, at, token) if is_one_of(talk, "handle", token) else None


LANDED = (
    "упал",
    "долет",
    "прилет",
    "передал",
    "передан",
)  # what left for the client has come to them
LETS = ("давай", "давайте", "давайте-ка", "дайте-ка")


SENDING = ("send", "make", "hand")


def _as_verb(talk: Talk, token: Token) -> Token:
    """The word with only its readings as a verb of sending: «отдали» is no «отдалить»."""
    members = talk.book.words(*SENDING)
    own = tuple(p for p in token.parses if p.lemma in members)
    return replace(token, parses=own) if own else token


WAIT = frozenset(["ждите", "ожидайте", "ловите", "встречайте", "жди", "лови", "ждите-с"])


def _to_be_had(talk: Talk, turn: Turn, at: int, *, known: bool) -> bool:
    """«В пятницу получите», «завтра ждите»: the client will have it at a time that is named."""
    token = turn.tokens[at]
    if not (token.form in WAIT or (known and token.has("2per", "futr"))):
        return False
    if turn.asks(at) or negated(turn, at) or conditional(turn, at):
        return False
    sentence = token.sentence
    return any(
        not p.mention.past and turn.tokens[p.start].sentence == sentence for p in placed(talk, turn)
    )


def _handled(talk: Talk, turn: Turn, at: int, token: Token) -> Deed | None:
    """«Распечатала и отдала директору»: the client does something with a paper they have."""
    if turn.speaker is Speaker.AGENT or negated(turn, at) or unreal(turn, at):
        return None
    if not (token.has("past") or token.has("1per", "pres") or token.has("PRTS", "past")):
        return None
    sentence = [t.form for t in turn.tokens if t.sentence == token.sentence]
    if not TO_YOU.isdisjoint(sentence) or from_outside(talk, turn, at):
        return None
    return Deed.RECEIVED


TO_YOU = frozenset(["вам", "вас", "тебе", "свой", "свою", "свое", "если", "сами", "сам", "сама"])


def _came_or_read(talk: Talk, turn: Turn, at: int, token: Token) -> Deed | None:
    agent, studied = turn.speaker is Speaker.AGENT, is_one_of(talk, "study", token)
    own = studied or token.form.startswith(OWN)
    if agent and own and token.has("past", "sing") and not turn.asks(at):
        return None
    if agent and studied and token.has("INFN"):
        return Deed.ASKED if _managed(turn, at) else None
    if not agent and from_outside(talk, turn, at):
        return None
    deed = _arrived(turn, at, token, agent=agent)
    if deed is None and studied and not agent and token.has("1per", "pres"):
        return None if negated(turn, at) else Deed.RECEIVED
    if deed is Deed.RECEIVED and studied:
        return Deed.READ
    return Deed.UNREAD if deed is Deed.MISSING and studied else deed


def _learnt(turn: Turn, at: int) -> bool:
    """«Вычитал, что за границей дешевле»: a thing learnt, no paper looked at."""
    after = [t.form for t in turn.tokens[at + 1 : at + 3]]
    return after[:1] in (["что"], ["про"], ["как"]) and "вы" not in after


OWN = ("видел", "увидел", "получил")  # in the singular the agent speaks of themself


def _managed(turn: Turn, at: int) -> bool:
    """«Успели посмотреть?», «удалось изучить?»."""
    return any(t.form in MANAGED for t in turn.tokens[max(0, at - 4) : at])


MANAGED = frozenset(
    ["успели", "удалось", "получилось", "смогли", "довелось", "нашли", "была", "успел", "успела"]
)


def _arrived(turn: Turn, at: int, token: Token, *, agent: bool) -> Deed | None:
    if agent:
        return Deed.ASKED if token.has("past") or token.has("2per") else None
    if not token.has("past") and not (token.has("PRTS") or token.form in SEEN):
        return None
    if token.has("INFN") or token.has("impr") or (at and turn.tokens[at - 1].form == "пусть"):
        return None
    return Deed.MISSING if negated(turn, at) else Deed.RECEIVED


SEEN = frozenset(
    ["вижу", "лежит", "видим", "есть", "got", "received", "seen", "read", "arrived", "have", "came"]
)


def _sending(talk: Talk, turn: Turn, at: int, token: Token, *, agent: bool) -> Deed | None:
    if negated(turn, at) or unreal(turn, at):
        return None
    sent = any(is_one_of(talk, name, token) for name in ("send", "issue", "hand"))
    if agent:
        return _agent_sending(talk, turn, at, token, sent=sent)
    asked = (token.has("impr") and not token.has("1per")) or token.has("2per")
    if asked or _polite_request(turn, at, token):
        return None if conditional(turn, at) else Deed.REQUESTED
    if token.has("past") and sent and _by_them(turn, at) and not from_outside(talk, turn, at):
        return Deed.RECEIVED
    given = token.has("PRTS", "past") and not token.has("3per")
    return Deed.RECEIVED if given and sent else None


def _agent_sending(talk: Talk, turn: Turn, at: int, token: Token, *, sent: bool) -> Deed | None:
    if token.has("past"):
        if you_before(turn, at):
            return None
        return Deed.SENT if sent else None
    if token.has("1per", "futr") or token.has("1per", "pres"):
        return None if conditional(turn, at) or customary(turn, at) else Deed.PROMISED
    if token.has("3per", "futr") and not yours(talk, turn, at):
        return None if conditional(turn, at) else Deed.PROMISED
    if token.has("INFN") and intends(turn, at):
        return Deed.PROMISED
    return _english_sending(turn, at) if talk.context.language == "en" else None


def _english_sending(turn: Turn, at: int) -> Deed | None:
    before = {t.form for t in turn.tokens[max(0, at - 6) : at]}
    if before & {"will", "i'll", "we'll", "shall", "going", "can", "me"}:
        return Deed.PROMISED
    if turn.tokens[at].form in {"sent", "emailed", "issued"} and not before & {"you"}:
        return Deed.SENT
    return None


def _polite_request(turn: Turn, at: int, token: Token) -> bool:
    before = {t.form for t in turn.tokens[max(0, at - 4) : at]}
    asks = {"можете", "могли", "можно", "сможете", "прошу", "жду", "could", "can", "please"}
    return (token.has("INFN") or not any(p.grammemes for p in token.parses)) and bool(before & asks)


def _by_them(turn: Turn, at: int) -> bool:
    near = {t.form for t in turn.tokens[max(0, at - 6) : at + 3]}
    yours = any(form.startswith(("ваш", "твой", "твою", "твое")) for form in near)
    if near & {"я", "мы", "они"} and not (near & {"вы", "ты"} or yours):
        return False
    if _hither(turn, at) and not near & {"вам", "тебе"}:
        return True
    return yours or not near.isdisjoint(THEM)


def _hither(turn: Turn, at: int) -> bool:
    """«Присылали смету»: a plural without its pronoun, in a verb that leads to the speaker."""
    token = turn.tokens[at]
    return token.has("past", "plur") and token.form.startswith(("прислал", "присылал"))


THEM = frozenset(
    ["вы", "ты", "мне", "нам", "секретарь", "курьер", "водитель", "you", "us", "me", "your"]
)


LATELY = 8  # turns of the client in which a price is asked for and its sending


def price_wanted(talk: Talk, turn: Turn, at: int) -> bool:
    """«Сколько стоит?» … «пришлите» … «вышлю»: no paper is named, its matter is the price."""
    if not is_one_of(talk, "send", turn.tokens[at]):
        return False
    asked = talk.before(turn, LATELY, Speaker.CLIENT)
    wanted = any(talk.has("papers.wanted", t) for t in asked)
    return wanted and any(talk.has("papers.price_asked", t) for t in asked)
