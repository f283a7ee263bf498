"""Words of days, months and shifts, in the forms that people use."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from pymorphy3.analyzer import Parse
from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from classify.morphology import analyzer
from classify.timewords.numerals import russian_numerals, words

WEEKDAYS: dict[str, int] = {
    form: day
    for day, forms in enumerate(
        (
            "понедельник понедельника понедельнику понедельником понедельнике пн",
            "вторник вторника вторнику вторником вторнике фторник вт",
            "среда среду среды среде средой середу середа ср",
            "четверг четверга четвергу четвергом четверге чт",
            "пятница пятницу пятницы пятнице пятницей пт",
            "суббота субботу субботы субботе субботой сб",
            "воскресенье воскресенья воскресенью воскресеньем воскресение вс",
        )
    )
    for form in forms.split()
}

_MONTH_STEMS = words("январ феврал март апрел ма июн июл август сентябр октябр ноябр декабр")
_HARD_MONTHS = {"март", "август"}


def _months() -> dict[str, tuple[int, bool]]:
    table: dict[str, tuple[int, bool]] = {}
    for number, stem in enumerate(_MONTH_STEMS, start=1):
        if stem == "ма":
            forms, genitive = ("май", "мае", "маю"), "мая"
        elif stem in _HARD_MONTHS:
            forms, genitive = (stem, stem + "е", stem + "у"), stem + "а"
        else:
            forms, genitive = (stem + "ь", stem + "е", stem + "ю"), stem + "я"
        table[genitive] = (number, True)
        table.update(dict.fromkeys(forms, (number, False)))
    return table


# Form to (month, whether it is the genitive that follows a day: «пятого ноября»).
MONTHS: dict[str, tuple[int, bool]] = _months()

ENGLISH_WEEKDAYS: dict[str, int] = {
    name: day
    for day, names in enumerate(
        (
            "monday mon",
            "tuesday tue tues",
            "wednesday wed",
            "thursday thu thurs",
            "friday fri",
            "saturday",
            "sunday",
        )
    )
    for name in names.split()
}

ENGLISH_MONTHS: dict[str, int] = {
    name: number
    for number, names in enumerate(
        (
            "january jan",
            "february feb",
            "march",
            "april",
            "may",
            "june",
            "july",
            "august",
            "september sept",
            "october",
            "november nov",
            "december dec",
        ),
        start=1,
    )
    for name in names.split()
}

_RUSSIAN = re.compile(r"[а-яё]+(?:-[а-яё]+)*")
_DAYS_BY_NAME = ("сегодня", "завтра", "послезавтра", "вчера", "позавчера")
_SHORTEST_FUZZY = 6
_LONG = 10


@lru_cache(maxsize=8192)
def readings(word: str) -> tuple[Parse, ...]:
    """What a Russian word form may be, likeliest first; nothing for any other script."""
    return tuple(analyzer().parse(word)) if _RUSSIAN.fullmatch(word) else ()


@cache
def _fuzzy_targets() -> tuple[str, ...]:
    numbers = (word for word in russian_numerals() if len(word) > _SHORTEST_FUZZY)
    words = (*WEEKDAYS, *MONTHS, *_DAYS_BY_NAME, *numbers)
    return tuple(dict.fromkeys(w for w in words if len(w) >= _SHORTEST_FUZZY))


@lru_cache(maxsize=8192)
def mend(word: str) -> str:
    """The word meant by a misheard one («чятверг» is «четверг»), else the word itself.

    Only words that no dictionary knows are mended, by one letter (two in long words).
    """
    if len(word) < _SHORTEST_FUZZY - 1 or not _RUSSIAN.fullmatch(word):
        return word
    if word in _fuzzy_targets() or analyzer().word_is_known(word):
        return word
    cutoff = 2 if len(word) >= _LONG else 1
    found = process.extractOne(
        word, _fuzzy_targets(), scorer=Levenshtein.distance, score_cutoff=cutoff
    )
    return str(found[0]) if found else word


_DAYS_GIVEN = ("понедельник", "вторник", "четверг", "пятницу", "субботу", "воскресенье")


@lru_cache(maxsize=8192)
def misheard_day(word: str, before: str) -> str | None:
    """The weekday that an unknown word after «в» or «с» most likely is («в стурник»)."""
    if before not in {"в", "во", "с"} or len(word) < _SHORTEST_FUZZY:
        return None
    if not _RUSSIAN.fullmatch(word) or analyzer().word_is_known(word):
        return None
    found = process.extractOne(word, _DAYS_GIVEN, scorer=Levenshtein.distance, score_cutoff=2)
    return str(found[0]) if found else None


@lru_cache(maxsize=8192)
def is_neuter(word: str) -> bool:
    """Whether a word may be a neuter noun, so that «пятое место» is a place and no date."""
    likely = [parse.tag for parse in readings(word) if parse.score >= 0.2]
    nouns = [tag for tag in likely if tag.POS == "NOUN" and tag.gender == "neut"]
    return any(tag.case in {"nomn", "accs"} for tag in nouns)


_COUNTED_CASES = {"gent", "loct", "datv", "ablt"}
_NAMES = ("Name", "Surn", "Patr")


@lru_cache(maxsize=8192)
def is_counted(word: str) -> bool:
    """Whether a word after a number is what is counted («этапа», «новых», «раз»).

    Names are not: «в пять Ирины не будет» is still five o'clock.
    """
    parses = [parse for parse in readings(word) if parse.score >= 0.2]
    if any(parse.tag.POS not in {"NOUN", "ADJF", "PRTF"} for parse in parses):
        return False
    return any(
        parse.tag.case in _COUNTED_CASES
        and not any(name in parse.tag for name in (*_NAMES, "Fixd"))
        for parse in parses
    )
