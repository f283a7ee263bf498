"""Number words of Russian and English: every form that stands for a number."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache


class Form(StrEnum):
    """What a number word says beside its value."""

    CARDINAL = "n"  # «три»
    OBLIQUE = "m"  # «трёх», «трём»
    GENITIVE = "g"  # «третьего»: dates and hours that have begun
    DATIVE = "d"  # «третьему»
    NEUTER = "s"  # «третье»: dates in the nominative
    OTHER = "x"  # «третий», «третья»: an order, never a date on its own


@dataclass(frozen=True, slots=True)
class Numeral:
    """One number word: its value, its form and the place it fills (1, 10, 100, 1000...)."""

    value: int
    form: Form
    place: int


def words(text: str) -> tuple[str, ...]:
    """The words of a list written as one line."""
    return tuple(text.split())


# Forms that name an hour as they stand («в пять») | forms that bend («к пяти») and
# the misspellings that recognisers write.
_CARDINALS: dict[int, str] = {
    0: "ноль нуль|ноля нолю нуля нулю",
    1: "один одна одно одну|одного одной одному одним",
    2: "два две|двух двум двумя",
    3: "три|трех трем тремя",
    4: "четыре четыри|четырех четырем четырьмя",
    5: "пять|пяти пятью пяты",
    6: "шесть|шести шестью",
    7: "семь|семи семью",
    8: "восемь|восьми восемью восьмью",
    9: "девять девить|девяти девятью",
    10: "десять десить|десяти десятью",
    11: "одиннадцать одинадцать одиннацать|одиннадцати одинадцати",
    12: "двенадцать двенацать двинадцать дванадцать|двенадцати двенацати",
    13: "тринадцать тринацать|тринадцати",
    14: "четырнадцать четырнацать|четырнадцати",
    15: "пятнадцать пятнацать питнадцать|пятнадцати пятнацати",
    16: "шестнадцать шестнацать|шестнадцати",
    17: "семнадцать семнацать|семнадцати",
    18: "восемнадцать восемнацать|восемнадцати",
    19: "девятнадцать девятнацать|девятнадцати",
    20: "двадцать двацать|двадцати двацати",
    30: "тридцать трицать|тридцати трицати",
    40: "сорок|сорока",
    50: "пятьдесят пятдесят пядесят|пятидесяти",
    60: "шестьдесят шестдесят|шестидесяти",
    70: "семьдесят семдесят|семидесяти",
    80: "восемьдесят восемдесят|восьмидесяти",
    90: "девяносто|девяноста",
    100: "сто сотня сотню сотни|ста",
    200: "двести|двухсот двумстам",
    300: "триста|трехсот тремстам",
    400: "четыреста четыриста|четырехсот четыремстам",
    500: "пятьсот пятсот|пятисот пятистам",
    600: "шестьсот шестсот|шестисот шестистам",
    700: "семьсот семсот|семисот семистам",
    800: "восемьсот восемсот|восьмисот восьмистам",
    900: "девятьсот девятсот|девятисот девятистам",
}

_ORDINAL_STEMS: dict[int, str] = {
    1: "перв",
    2: "втор фтор",
    4: "четверт четвёрт",
    5: "пят",
    6: "шест",
    7: "седьм седм",
    8: "восьм",
    9: "девят",
    10: "десят",
    11: "одиннадцат одинадцат одиннацат",
    12: "двенадцат двенацат двинадцат",
    13: "тринадцат тринацат",
    14: "четырнадцат четырнацат",
    15: "пятнадцат пятнацат",
    16: "шестнадцат шестнацат",
    17: "семнадцат семнацат",
    18: "восемнадцат восемнацат",
    19: "девятнадцат девятнацат",
    20: "двадцат двацат",
    30: "тридцат трицат",
    40: "сороков",
    50: "пятидесят",
}

_ORDINAL_ENDINGS: dict[str, Form] = {
    "ого": Form.GENITIVE,
    "ова": Form.GENITIVE,
    "ово": Form.GENITIVE,
    "ому": Form.DATIVE,
    "ое": Form.NEUTER,
    "ый": Form.OTHER,
    "ой": Form.OTHER,
    "ая": Form.OTHER,
    "ую": Form.OTHER,
    "ые": Form.OTHER,
    "ых": Form.OTHER,
    "ым": Form.OTHER,
    "ыми": Form.OTHER,
    "ом": Form.OTHER,
}

_THIRD = {
    "третьего": Form.GENITIVE,
    "третево": Form.GENITIVE,
    "третьему": Form.DATIVE,
    "третье": Form.NEUTER,
    "третий": Form.OTHER,
    "третья": Form.OTHER,
    "третью": Form.OTHER,
    "третьей": Form.OTHER,
    "третьем": Form.OTHER,
    "третьим": Form.OTHER,
    "третьи": Form.OTHER,
    "третьих": Form.OTHER,
}

_ENGLISH_CARDINALS = words(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen "
    "fourteen fifteen sixteen seventeen eighteen nineteen"
)
_ENGLISH_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50}
_ENGLISH_LARGE_TENS = {"sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
_ENGLISH_ORDINALS = words(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth "
    "thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth"
)


def fold(word: str) -> str:
    """Lower case with «ё» as «е», so that spelling habits make no difference."""
    return word.lower().replace("ё", "е")


def _place(value: int) -> int:
    if value >= 100:
        return 100
    return 10 if value >= 10 else 1


@cache
def russian_numerals() -> dict[str, Numeral]:
    """Every Russian number word up to nine hundred, folded, with what it stands for."""
    table: dict[str, Numeral] = {}
    for value, forms in _CARDINALS.items():
        direct, _, oblique = forms.partition("|")
        for word in direct.split():
            table[word] = Numeral(value, Form.CARDINAL, _place(value))
        for word in oblique.split():
            table[word] = Numeral(value, Form.OBLIQUE, _place(value))
        if 11 <= value <= 30:
            table[direct.split()[0] + "ю"] = Numeral(value, Form.OBLIQUE, _place(value))
    for value, stems in _ORDINAL_STEMS.items():
        for stem in stems.split():
            for ending, form in _ORDINAL_ENDINGS.items():
                table[fold(stem) + ending] = Numeral(value, form, _place(value))
    for word, form in _THIRD.items():
        table[word] = Numeral(3, form, 1)
    return table


@cache
def english_numerals() -> dict[str, Numeral]:
    """Every English number word up to ninety, with what it stands for."""
    table = {w: Numeral(i, Form.CARDINAL, 1) for i, w in enumerate(_ENGLISH_CARDINALS)}
    for word, value in (_ENGLISH_TENS | _ENGLISH_LARGE_TENS).items():
        table[word] = Numeral(value, Form.CARDINAL, 10)
    for index, word in enumerate(_ENGLISH_ORDINALS, start=1):
        table[word] = Numeral(index, Form.GENITIVE, 1)
    table["twentieth"] = Numeral(20, Form.GENITIVE, 10)
    table["thirtieth"] = Numeral(30, Form.GENITIVE, 10)
    return table


def may_follow(previous: Numeral, following: Numeral) -> bool:
    """Whether two number words in a row make one number («двадцать» + «шестого»).

    «Десять тридцать» are two numbers, «двадцать три» is one: the place has to fall, and
    an ordinal ends its number.
    """
    if previous.form not in {Form.CARDINAL, Form.OBLIQUE} or following.value == 0:
        return False
    if previous.form is Form.OBLIQUE and following.form is not Form.OBLIQUE:
        return False  # «без двадцати три»
    return previous.value >= 20 and previous.place > following.place
