"""What a verb of sending, making or receiving says of a paper, the paper aside."""

from __future__ import annotations

from enum import StrEnum

from classify.dialogue import Talk, Turn
from classify.text import Token
from models.vocabulary.transcript import Speaker


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


def deed_of(talk: Talk, turn: Turn, at: int, token: Token) -> Deed | None:
    """What the verb at `at` says, the paper aside."""
    agent = turn.speaker is Speaker.AGENT
    if is_one_of(talk, "send", token) or is_one_of(talk, "make", token):
        return _sending(talk, turn, at, token, agent=agent)
    travels = is_one_of(talk, "depart", token) or is_one_of(talk, "arrive", token)
    if agent and travels and token.has("3per", "futr"):
        return None if _conditional(turn, at) or _negated(turn, at) else Deed.PROMISED
    if is_one_of(talk, "depart", token):
        if agent and token.has("past") and not _negated(turn, at):
            return Deed.SENT
        return _arrived(turn, at, token, agent=agent)
    if travels or is_one_of(talk, "study", token):
        return _came_or_read(talk, turn, at, token)
    return None


def _came_or_read(talk: Talk, turn: Turn, at: int, token: Token) -> Deed | None:
    agent, studied = turn.speaker is Speaker.AGENT, is_one_of(talk, "study", token)
    if not agent and _from_outside(talk, turn, at):
        return None
    deed = _arrived(turn, at, token, agent=agent)
    if deed is None and studied and not agent and token.has("1per", "pres"):
        return None if _negated(turn, at) else Deed.RECEIVED
    if deed is Deed.RECEIVED and studied:
        return Deed.READ
    return Deed.UNREAD if deed is Deed.MISSING and studied else deed


def _arrived(turn: Turn, at: int, token: Token, *, agent: bool) -> Deed | None:
    if agent:
        return Deed.ASKED if token.has("past") or token.has("2per") else None
    if not token.has("past") and not (token.has("PRTS") or token.form in SEEN):
        return None
    if token.has("INFN") or token.has("impr") or (at and turn.tokens[at - 1].form == "пусть"):
        return None
    return Deed.MISSING if _negated(turn, at) else Deed.RECEIVED


SEEN = frozenset(
    ["вижу", "лежит", "видим", "есть", "got", "received", "seen", "read", "arrived", "have", "came"]
)


def _sending(talk: Talk, turn: Turn, at: int, token: Token, *, agent: bool) -> Deed | None:
    if _negated(turn, at) or _unreal(turn, at):
        return None
    sent = is_one_of(talk, "send", token) or is_one_of(talk, "issue", token)
    if agent:
        return _agent_sending(talk, turn, at, token, sent=sent)
    asked = (token.has("impr") and not token.has("1per")) or token.has("2per")
    if asked or _polite_request(turn, at, token):
        return None if _conditional(turn, at) else Deed.REQUESTED
    if token.has("past") and sent and _by_them(turn, at) and not _from_outside(talk, turn, at):
        return Deed.RECEIVED
    return Deed.RECEIVED if token.has("PRTS") and sent else None


def _agent_sending(talk: Talk, turn: Turn, at: int, token: Token, *, sent: bool) -> Deed | None:
    if token.has("past") or token.has("PRTS"):
        if _you_before(turn, at):
            return None
        return Deed.SENT if sent else None
    if token.has("1per", "futr") or token.has("1per", "pres"):
        return None if _conditional(turn, at) else Deed.PROMISED
    if token.has("3per", "futr") and _our_people(talk, turn, at):
        return Deed.PROMISED
    if token.has("INFN") and _intends(turn, at):
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
    if near & {"я", "мы"} and not near & {"вы", "ваш", "ваше", "вашу"}:
        return False
    return bool(near & {"вы", "мне", "нам", "ваш", "ваше", "вашу", "you", "us", "me", "your"})


def _from_outside(talk: Talk, turn: Turn, at: int) -> bool:
    """«Конкуренты прислали смету»: whether the paper is a third party's."""
    sentence = turn.tokens[at].sentence
    near = [t for t in turn.tokens[max(0, at - 5) : at + 5] if t.sentence == sentence]
    return any(is_one_of(talk, "outsider", t) for t in near)


def _conditional(turn: Turn, at: int) -> bool:
    """«Если согласуем, пришлите»: an «если» before, other than a polite one («если не сложно»)."""
    sentence = turn.tokens[at].sentence
    for index in range(max(0, at - 7), at):
        if turn.tokens[index].form == "если" and turn.tokens[index].sentence == sentence:
            return not any(t.form in POLITE for t in turn.tokens[index + 1 : index + 4])
    return False


POLITE = frozenset(
    [
        "можно",
        "сложно",
        "трудно",
        "удобно",
        "хотите",
        "надо",
        "нужно",
        "интересно",
        "против",
        "позволите",
        "разрешите",
        "что",
        "затруднит",
    ]
)


def _you_before(turn: Turn, at: int) -> bool:
    return any(t.form in {"вы", "ты", "вас"} for t in turn.tokens[max(0, at - 2) : at])


INTENTS = frozenset(
    [
        "могу",
        "можем",
        "постараюсь",
        "постараемся",
        "готов",
        "готова",
        "готовы",
        "буду",
        "будем",
        "смогу",
        "сможем",
        "хочу",
        "хотел",
        "хотела",
        "давайте",
        "можно",
        "нужно",
        "надо",
        "планирую",
        "успею",
        "обещаю",
        "попробую",
    ]
)


def _intends(turn: Turn, at: int) -> bool:
    return any(t.form in INTENTS for t in turn.tokens[max(0, at - 4) : at])


def _our_people(talk: Talk, turn: Turn, at: int) -> bool:
    near = turn.tokens[max(0, at - 5) : at + 4]
    return any(is_one_of(talk, "our_people", t) for t in near)


def _negated(turn: Turn, at: int) -> bool:
    sentence = turn.tokens[at].sentence
    before = [t for t in turn.tokens[max(0, at - 2) : at] if t.sentence == sentence]
    forms = [t.form for t in before]
    return "не" in forms[-1:] or ("не" in forms and forms[-1] in BETWEEN) or "not" in forms


BETWEEN = frozenset(["еще", "пока", "вам", "мне", "нам", "надо", "нужно", "ничего"])


def _unreal(turn: Turn, at: int) -> bool:
    """«Если бы вы прислали…»: what did not happen."""
    near = turn.tokens[max(0, at - 6) : at + 2]
    return any(t.form in {"бы", "б"} and t.sentence == turn.tokens[at].sentence for t in near)


def is_one_of(talk: Talk, name: str, token: Token) -> bool:
    """Whether a word belongs to a named set of the phrasebook."""
    return not token.keys.isdisjoint(talk.book.words(name))


LATELY = 8  # turns of the client in which a price is asked for and its sending


def price_wanted(talk: Talk, turn: Turn, at: int) -> bool:
    """«Сколько стоит?» … «пришлите» … «вышлю»: no paper is named, its matter is the price."""
    if not is_one_of(talk, "send", turn.tokens[at]):
        return False
    asked = talk.before(turn, LATELY, Speaker.CLIENT)
    wanted = any(talk.has("papers.wanted", t) for t in asked)
    return wanted and any(talk.has("papers.price_asked", t) for t in asked)
