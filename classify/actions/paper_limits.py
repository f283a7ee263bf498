"""What keeps a verb of sending from saying that our side sends: negations, conditions, others."""

from __future__ import annotations

from classify.dialogue import Talk, Turn
from classify.text import Token


def from_outside(talk: Talk, turn: Turn, at: int) -> bool:
    """«Конкуренты прислали смету»: whether the paper is a third party's."""
    sentence = turn.tokens[at].sentence
    near = [
        (i, t)
        for i, t in enumerate(turn.tokens)
        if at - 5 <= i < at + 5 and t.sentence == sentence and is_one_of(talk, "outsider", t)
    ]
    return any(turn.tokens[i - 1].form not in THROUGH for i, _ in near)


THROUGH = ("из", "через", "в")  # «из банка звоню»: no one who sends


def conditional(turn: Turn, at: int) -> bool:
    """«Если согласуем, пришлите»: an «если» before, other than a polite one («если не сложно»)."""
    sentence = turn.tokens[at].sentence
    for index in range(max(0, at - 7), at):
        if turn.tokens[index].form in IFS and turn.tokens[index].sentence == sentence:
            return not any(t.form in POLITE for t in turn.tokens[index + 1 : index + 4])
    return False


IFS = frozenset(["если", "сначала", "сперва"])


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


def you_before(turn: Turn, at: int) -> bool:
    """«Вы отправляли?»: the client did it."""
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


def intends(turn: Turn, at: int) -> bool:
    """«Могу выслать», «постараюсь сделать»: a will before the infinitive."""
    return any(t.form in INTENTS for t in turn.tokens[max(0, at - 4) : at])


CUSTOM = frozenset(
    [
        "обычно",
        "всегда",
        "после",
        "только",
        "каждый",
        "бесплатно",
        "платно",
        "сразу",
        "стандартно",
        "вперед",
    ]
)


def customary(turn: Turn, at: int) -> bool:
    """«Счёт выставляем после подписания»: what is done as a rule is no promise."""
    token = turn.tokens[at]
    if not token.has("1per", "pres", "plur"):
        return False
    return any(t.form in CUSTOM for t in turn.tokens if t.sentence == token.sentence)


def by_others(talk: Talk, turn: Turn, at: int) -> bool:
    """«Привезёт», «пришлёт»: a third person does it, who is not said to be one of ours."""
    return turn.tokens[at].has("3per", "futr") and not (
        our_people(talk, turn, at)
        or any(is_one_of(talk, name, turn.tokens[at]) for name in ("depart", "arrive"))
    )


def yours(talk: Talk, turn: Turn, at: int) -> bool:
    """Whether a third person who sends is the client's or somebody else's («ваш бухгалтер»)."""
    sentence = turn.tokens[at].sentence
    near = [t for t in turn.tokens[max(0, at - 5) : at + 4] if t.sentence == sentence]
    strange = any(
        t.form.startswith("ваш") or t.form in STRANGERS or is_one_of(talk, "outsider", t)
        for t in near
    )
    return strange and not our_people(talk, turn, at)


STRANGERS = frozenset(["вы", "банк", "налоговая", "они", "клиент", "клиенты", "заказчик", "кто"])


def our_people(talk: Talk, turn: Turn, at: int) -> bool:
    """«Бухгалтерия пришлёт»: one of ours does it."""
    near = turn.tokens[max(0, at - 5) : at + 4]
    return any(is_one_of(talk, "our_people", t) for t in near)


def negated(turn: Turn, at: int) -> bool:
    """«Не отправлю», «не надо присылать»: the verb is denied."""
    sentence = turn.tokens[at].sentence
    before = [t for t in turn.tokens[max(0, at - 2) : at] if t.sentence == sentence]
    forms = [t.form for t in before]
    return "не" in forms[-1:] or ("не" in forms and forms[-1] in BETWEEN) or "not" in forms


BETWEEN = frozenset(["еще", "пока", "вам", "мне", "нам", "надо", "нужно", "ничего"])


def unreal(turn: Turn, at: int) -> bool:
    """«Если бы вы прислали…»: what did not happen."""
    near = turn.tokens[max(0, at - 6) : at + 2]
    return any(t.form in {"бы", "б"} and t.sentence == turn.tokens[at].sentence for t in near)


def is_one_of(talk: Talk, name: str, token: Token) -> bool:
    """Whether a word belongs to a named set of the phrasebook."""
    return not token.keys.isdisjoint(talk.book.words(name))
