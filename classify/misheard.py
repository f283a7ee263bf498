"""What a speaker most likely meant where a recogniser wrote another form of the same length.

The answer is as long as the text, letter under letter, so that every offset into one is an offset
into the other and quotes stay verbatim.
"""

from __future__ import annotations

import re

from classify.morphology import parses

NEAR = 4  # words around a verb in which its addressee, its object or its time stand
CLAUSE = re.compile(r"[.,?!;:…—–\n]")
WORD = re.compile(r"[А-Яа-яЁё]+|[.,?!;:…—–\n]|\d+")
CUT_FUTURE = re.compile(r"\b([А-Яа-яЁё]{3,}и)( у)\b(?=\s+([А-Яа-яЁё]+))?", re.IGNORECASE)
DAY_AFTER = (
    r"понедельник|вторник|среду|четверг|пятницу|субботу|воскресенье|полдень|половине|течение"
)
WRONG_IN = re.compile(rf"\b[сСфФ](о)?(?=\s+(?:{DAY_AFTER})\b)", re.IGNORECASE)
COMMA_CLOCK = re.compile(
    r"(?<=\b[вВкК] )(\d{1,2}), (?=(?:[1-5]5|[0-5]0)\b(?![.,:]?\d|\s*(?:тыс|руб|проц|%)))"
)
# «За втра», «перез воню»: a day or a deed cut in two, wherever the cut is.
UNCUT = (
    *("завтра", "послезавтра", "понедельник", "вторник", "четверг", "пятницу"),
    *("перезвоню", "перезвоните", "перезвонить", "перезваниваю", "позвоню", "позвоните"),
    *("созвонимся", "свяжемся", "подъеду", "подъедем", "подъедет", "подъехать", "приезжайте"),
    *("приедем", "приехать", "заедем", "встретимся", "встретиться", "договорились"),
)
CUT_DAYS = re.compile(
    r"\b(?:"
    + "|".join(f"{day[:at]} {day[at:]}" for day in UNCUT for at in range(2, len(day) - 1))
    + r")\b",
    re.IGNORECASE,
)
TO_YOU = frozenset({"вам", "тебе"})
PREPOSITIONS = frozenset({"к", "в", "на", "по", "у", "с", "от", "за", "для", "о", "из", "до"})
DAYS_AHEAD = ["понедельник", "вторник", "среду", "четверг", "пятницу", "субботу"]
DAYS_BEGUN = ["понедельника", "вторника", "среды", "четверга", "пятницы"]
NEXT = ["завтра", "послезавтра", "сегодня", "вечером", "утром", "обеда", "часа", "течение"]
AHEAD = frozenset([*NEXT, *DAYS_AHEAD, *DAYS_BEGUN])
NOT_MINE = frozenset(["мы", "вы", "они", "вчера", "позавчера", "уже", "мне", "нам", "ко"])


def meant(text: str, *, agent: bool) -> str:
    """`text` with its likeliest misheard forms put right, letter under letter.

    «Пришли у вам» is «пришлю вам», «с понедельник» is «в понедельник», «за втра» is «завтра»,
    «в 10, 30» is «в 10:30».
    Where `agent` speaks, «договор пришли вам завтра» is a promise too: an imperative or a past
    form that has one addressee or one object and a coming time.
    """
    said = WRONG_IN.sub(lambda m: "в" + (m[1] or ""), text)
    said = COMMA_CLOCK.sub(lambda m: f"{m[1]}  ", said)
    said = CUT_DAYS.sub(lambda m: m.group().replace(" ", "") + " ", said)
    said = CUT_FUTURE.sub(_joined, said)
    return _promises(said) if agent else said


def _future(form: str) -> str | None:
    """«Пришли» → «пришлю», where that is a verb's future in the first person."""
    likely = form.lower()[:-1] + "ю"
    found = parses(likely)
    promise = found[0].known and {"1per", "futr", "sing"} <= found[0].grammemes
    return form[:-1] + "ю" if promise and form.lower().endswith("и") else None


def _joined(match: re.Match[str]) -> str:
    """«Пришли у завтра» → «пришлю   завтра»; «вышли у метро» stays, «у» has its noun there."""
    likely, following = _future(match[1]), (match[3] or "").lower()
    of_place = any("gent" in parse.grammemes for parse in parses(following)) if following else False
    return match[0] if likely is None or of_place else likely + " " * len(match[2])


def _promises(text: str) -> str:
    words = list(WORD.finditer(text))
    forms = [m.group().lower().replace("ё", "е") for m in words]
    out = list(text)
    for at, match in enumerate(words):
        if not forms[at].endswith("и") or len(forms[at]) < 5:
            continue
        likely = _future(match.group())
        if likely and (not parses(forms[at])[0].known or _promised(forms, at)):
            out[match.start() : match.end()] = likely
    return "".join(out)


def _promised(forms: list[str], at: int) -> bool:
    """Whether «пришли», «вышли», «позвони» of one who sells is what he will do."""
    if not any("impr" in parse.grammemes for parse in parses(forms[at])):
        return False
    before, after = _clause(forms[:at][::-1])[::-1], _clause(forms[at + 1 :])
    near = before + after
    if NOT_MINE & set(near) or any(_many(form) for form in near):
        return False
    if _given(after) or _given(before):
        return True
    timed = bool(AHEAD & set(near))
    return timed and (_chained(before) or _has_object(before) or _has_object(after))


def _clause(forms: list[str]) -> list[str]:
    end = next((i for i, form in enumerate(forms) if CLAUSE.fullmatch(form)), len(forms))
    return forms[: min(end, NEAR)]


def _given(forms: list[str]) -> bool:
    """«Вам» without a preposition: «пришли к вам» is a visit."""
    return any(
        form in TO_YOU and not (at and forms[at - 1] in PREPOSITIONS)
        for at, form in enumerate(forms)
    )


def _many(form: str) -> bool:
    """«Документы пришли», «ребята вышли»: several came, nobody promises."""
    return any({"NOUN", "plur", "nomn"} <= parse.grammemes for parse in parses(form)[:2])


def _chained(before: list[str]) -> bool:
    """«Подготовлю и пришли»: a promise goes on."""
    return any("1per" in parse.grammemes for form in before[-2:] for parse in parses(form)[:1])


def _has_object(forms: list[str]) -> bool:
    """One thing in the accusative that no preposition governs: «смету», «договор»."""
    return any(
        {"NOUN", "sing", "accs"} <= parse.grammemes
        for at, form in enumerate(forms)
        if form not in AHEAD and not (at and forms[at - 1] in PREPOSITIONS)
        for parse in parses(form)[:2]
    )
