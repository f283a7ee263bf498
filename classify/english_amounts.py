"""Sums of money as they are said in English: «twelve and a half grand», «£1,250», «four eighty»."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from classify.numbers import AmountMention

_WORD = re.compile(
    r"(?P<sign>[£$€₽])|(?P<number>\d{1,3}(?:[,\u00a0 ]\d{3})+(?:\.\d{1,2})?(?!\d)|\d+(?:\.\d+)?)"
    r"(?P<glued>k|m|mln|bn|th|st|nd|rd|am|pm|%)?(?![^\W\d_])|(?P<word>[^\W\d_]+(?:['’][^\W\d_]+)*)"
    r"|(?P<mark>[,.;:!?%-])",
    re.IGNORECASE,
)
_ONES = dict(
    zip(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ],
        range(20),
        strict=True,
    )
)
_TENS = {
    word: 10 * (at + 2)
    for at, word in enumerate(
        ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"],
    )
} | {"fourty": 40}
_SCALES = {
    "thousand": 1e3, "thousands": 1e3, "grand": 1e3, "k": 1e3, "kay": 1e3, "thou": 1e3,
    "million": 1e6, "millions": 1e6, "mil": 1e6, "m": 1e6, "mln": 1e6,
    "billion": 1e9, "bn": 1e9,
}  # fmt: skip
_ONLY_DIGITS = frozenset({"m", "k"})
_SLANG = {"grand": "GBP", "quid": "GBP"}
_CURRENCIES = {
    word: code
    for code, words in {
        "GBP": "£ pound pounds quid sterling gbp",
        "EUR": "€ euro euros eur",
        "USD": "$ dollar dollars buck bucks usd",
        "RUB": "₽ rouble roubles ruble rubles rub",
        "CNY": "yuan cny",
        "AED": "dirham dirhams",
        "TRY": "lira liras",
        "KZT": "tenge",
    }.items()
    for word in words.split()
}
_ROUGH = frozenset(
    ["about", "around", "roughly", "approximately", "approx", "circa", "say", "nearly", "almost"]
)
# What may follow a bare sum; any other word is what the number counts.
_FOLLOW = frozenset(
    [
        "a",
        "an",
        "the",
        "and",
        "or",
        "but",
        "plus",
        "all",
        "in",
        "for",
        "fitted",
        "installed",
        "delivered",
        "including",
        "inclusive",
        "with",
        "net",
        "gross",
        "ex",
        "excluding",
        "flat",
        "tops",
        "max",
        "maximum",
        "minimum",
        "is",
        "it",
        "it's",
        "its",
        "was",
        "that",
        "that's",
        "this",
        "then",
        "now",
        "yeah",
        "yes",
        "okay",
        "ok",
        "right",
        "if",
        "as",
        "at",
        "to",
        "on",
        "by",
        "from",
        "up",
        "down",
        "off",
        "of",
        "per",
        "i",
        "i'll",
        "i'm",
        "we",
        "we'll",
        "you",
        "your",
        "he",
        "they",
        "so",
        "not",
        "no",
        "total",
        "altogether",
        "each",
        "please",
        "went",
        "came",
        "goes",
        "should",
        "would",
        "could",
        "can",
        "what",
        "when",
        "which",
        "because",
        "though",
        "today",
        "tomorrow",
        "yesterday",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "sounds",
        "seems",
        "instead",
        "inc",
        "vat",
        "straight",
        "cash",
        "through",
        "before",
        "after",
        "until",
        "they've",
        "we've",
        "i've",
        "against",
        "do",
        "does",
        "done",
        "still",
        "just",
        "how",
        "about",
    ]
)
_YEARS = range(1950, 2050)
_LEAST_BARE = 10


@dataclass(slots=True)
class _Piece:
    """A word, number or mark of the text; `value` where it is a number."""

    start: int
    end: int
    word: str
    value: float | None
    glued: str = ""
    small: bool = False  # said as one word of a number («eighty»), not in a full figure


@dataclass(slots=True)
class _Said:
    """A number of pieces `first` to `last`; `scaled` by thousands, `currency` named."""

    value: float
    last: int
    scaled: bool = False
    currency: str | None = None


def find_english_amounts(text: str) -> tuple[AmountMention, ...]:
    """Finds the sums said in an English text, in order; counts, shares and years are left out.

    A bare one (`has_unit` false) may be anything that its neighbours make it. Never raises.
    """
    pieces = _pieces(text)
    found: list[AmountMention] = []
    at = 0
    while at < len(pieces):
        said = _said(pieces, at)
        if said is None:
            at += 1
            continue
        if _is_money(pieces, at, said):
            found.append(_mention(text, pieces, at, said))
        at = said.last
    return tuple(found)


def _pieces(text: str) -> list[_Piece]:
    out = []
    for match in _WORD.finditer(text):
        word = match.group().lower().replace("’", "'")
        if match["number"]:
            digits = re.sub(r"[,\u00a0 ]", "", match["number"])
            value = float(digits) if len(digits) < 16 else None
            glued = (match["glued"] or "").lower()
            out.append(_Piece(match.start(), match.end(), word, value, glued))
            continue
        small = word in _ONES or word in _TENS
        value = float(_ONES.get(word, _TENS.get(word, 0))) if small else None
        out.append(_Piece(match.start(), match.end(), word, value, small=small))
    return out


def _at(pieces: Sequence[_Piece], index: int) -> str:
    return pieces[index].word if 0 <= index < len(pieces) else ""


def _said(pieces: Sequence[_Piece], first: int) -> _Said | None:
    """The longest sum that begins at `first`, its currency before or after it."""
    lead = _CURRENCIES.get(pieces[first].word) if pieces[first].word in "£$€₽" else None
    said = _number(pieces, first + 1 if lead else first)
    if said is None:
        return None
    said.currency = said.currency or lead
    after = _at(pieces, said.last)
    if after in _CURRENCIES and after not in "£$€₽":
        said.currency, said.last = _CURRENCIES[after], said.last + 1
        pence = _below_hundred(pieces, said.last)
        if pence and after.startswith(("pound", "euro")) and 10 <= pence[0] < 100:
            said.value, said.last = said.value + pence[0] / 100, pence[1]
    return said


def _number(pieces: Sequence[_Piece], first: int) -> _Said | None:
    whole = _idiom(pieces, first) or _spelt(pieces, first) or _grouped(pieces, first)
    if whole is None:
        return None
    return _short(pieces, first, whole)


def _idiom(pieces: Sequence[_Piece], first: int) -> _Said | None:
    """«A grand», «half a million», «a couple of hundred», «a hundred and fifty»."""
    words = [_at(pieces, first + i) for i in range(4)]
    for lead, value in _IDIOMS:
        size = len(lead)
        scale = words[size] if size < len(words) else ""
        if tuple(words[:size]) == lead and (scale in _SCALES or scale == "hundred"):
            if scale in _ONLY_DIGITS:
                return None
            if scale == "hundred" or lead == ("a",):
                return _grouped(pieces, first + size, lead=value)
            unit = _SLANG.get(scale)
            return _Said(value * _SCALES[scale], first + size + 1, True, unit)
    return None


_IDIOMS: tuple[tuple[tuple[str, ...], float], ...] = (
    (("half", "a"), 0.5),
    (("a", "couple", "of"), 2.0),
    (("couple", "of"), 2.0),
    (("a",), 1.0),
    (("the",), 1.0),
)


def _spelt(pieces: Sequence[_Piece], first: int) -> _Said | None:
    """«Five one five zero»: four or five digits one by one."""
    digits = []
    at = first
    while at < len(pieces) and (value := _digit(pieces[at])) is not None:
        digits.append(value)
        at += 1
    if len(digits) not in (4, 5) or not digits[0]:
        return None
    return _Said(float("".join(map(str, digits))), at)


def _digit(piece: _Piece) -> int | None:
    if piece.word in ("oh", "o", "nought"):
        return 0
    one = piece.value is not None and piece.value < 10 and piece.value.is_integer()
    return int(piece.value or 0) if one and not piece.glued else None


def _grouped(pieces: Sequence[_Piece], first: int, lead: float | None = None) -> _Said | None:
    """Groups of falling scale: «nine million eight hundred thousand», «14 thousand 300»."""
    total, smallest, at = 0.0, float("inf"), first
    currency = None
    while True:
        group = _hundreds(pieces, at, lead)
        lead = None
        if group is None:
            break
        value, after = group
        value, after = _fraction(pieces, value, after)
        glued = pieces[at].glued if after == at + 1 else ""
        word = glued or _at(pieces, after)
        scale = _SCALES.get(word)
        if scale is None or scale >= smallest:
            if scale is None and (value < smallest or smallest == float("inf")):
                total, at = total + value, after
            break
        currency = _SLANG.get(word, currency)
        total, smallest, at = total + value * scale, scale, after + (0 if glued else 1)
        if _at(pieces, at) == "and" and _hundreds(pieces, at + 1, None):
            if _at(pieces, at + 1) in ("a", "the") or smallest < 1e3:
                break
            at += 1
    if at == first:
        return None
    return _Said(total, at, smallest < float("inf"), currency)


def _fraction(pieces: Sequence[_Piece], value: float, at: int) -> tuple[float, int]:
    """«Four and a half», «two point five», «three and a quarter»."""
    words = tuple(_at(pieces, at + i) for i in range(3))
    if words in (("and", "a", "half"), ("and", "a", "alf")):
        return value + 0.5, at + 3
    if words == ("and", "a", "quarter"):
        return value + 0.25, at + 3
    if words == ("and", "three", "quarters"):
        return value + 0.75, at + 3
    if words[0] != "point":
        return value, at
    digits, index = "", at + 1
    while index < len(pieces) and (digit := _digit(pieces[index])) is not None:
        digits, index = digits + str(digit), index + 1
    return (float(f"{int(value)}.{digits}"), index) if digits else (value, at)


def _hundreds(pieces: Sequence[_Piece], at: int, lead: float | None) -> tuple[float, int] | None:
    """A number below a thousand in words or any in digits, «twelve hundred» too."""
    base = (lead, at) if lead is not None else _below_hundred(pieces, at)
    if base is None and _at(pieces, at) == "a" and _at(pieces, at + 1) == "hundred":
        base = (1.0, at + 1)
    if base is None:
        return None
    value, at = base
    if _at(pieces, at) != "hundred":
        return value, at
    value, at = value * 100, at + 1
    joint = 1 if _at(pieces, at) == "and" else 0
    rest = _below_hundred(pieces, at + joint)
    if rest and rest[0] < 100 and _at(pieces, rest[1]) != "hundred":
        return value + rest[0], rest[1]
    return value, at


def _below_hundred(pieces: Sequence[_Piece], at: int) -> tuple[float, int] | None:
    if at >= len(pieces) or pieces[at].value is None:
        return None
    value, after = float(pieces[at].value or 0), at + 1
    if not pieces[at].small:
        return value, after
    if _at(pieces, at) in _TENS:
        joint = 1 if _at(pieces, after) == "-" else 0
        unit = _ONES.get(_at(pieces, after + joint), 0)
        if 0 < unit < 10:
            return value + unit, after + joint + 1
    return value, after


def _short(  # noqa: PLR0911 - one exit per way of saying
    pieces: Sequence[_Piece], first: int, said: _Said
) -> _Said:
    """«Four eighty» is 480, «twelve fifty» 1250, «nine six» and «21 9» 9600 and 21 900."""
    if said.scaled or said.currency or said.value >= 100 or not said.value.is_integer():
        return said
    rest = _below_hundred(pieces, said.last)
    before = pieces[first - 1].value if first else None
    if rest is None or before is not None or not rest[0].is_integer() or said.value == 0:
        return said
    if rest[1] < len(pieces) and (pieces[rest[1]].value is not None):
        return said
    if 10 <= rest[0] < 100 and pieces[first].small:
        return _Said(said.value * 100 + rest[0], rest[1])
    if 100 <= rest[0] < 1000:
        return _Said(said.value * 1000 + rest[0], rest[1])
    if 1 <= rest[0] < 10:
        return _Said(said.value * 1000 + rest[0] * 100, rest[1])
    return said


_NOT_MONEY = frozenset(
    ["percent", "per", "%", "cent", "o'clock", "am", "pm", "st", "nd", "rd", "th"]
)


def _is_money(  # noqa: PLR0911 - one exit a reason
    pieces: Sequence[_Piece], first: int, said: _Said
) -> bool:
    if said.currency is not None:
        return True
    after, before = _at(pieces, said.last), _at(pieces, first - 1)
    if (
        after in ("percent", "%", "o'clock", "am", "pm")
        or pieces[said.last - 1].glued in _NOT_MONEY
    ):
        return False
    if after == "per" and _at(pieces, said.last + 1) == "cent":
        return False
    year = said.value in _YEARS and before in ("in", "since", "of", "from", "by")
    if year or after == "something" or before in ("number", "page", "option", "unit", "room"):
        return False
    if said.scaled:
        return not _counts(after)
    if after == "-" and _at(pieces, said.last + 1).isalpha():
        return False
    if said.value < _LEAST_BARE or not float(said.value).is_integer():
        return False
    return not after or not after[0].isalpha() or after in _FOLLOW


def _counts(after: str) -> bool:
    """«Two thousand leaflets»: a thing in the plural follows."""
    plural = len(after) > 3 and after.endswith("s") and not after.endswith("ss")
    return plural and after not in _FOLLOW and after not in _CURRENCIES and "'" not in after


def _mention(text: str, pieces: Sequence[_Piece], first: int, said: _Said) -> AmountMention:
    start, end = pieces[first].start, pieces[said.last - 1].end
    before = [_at(pieces, i) for i in range(max(0, first - 3), first)]
    bound = {"from": "from", "to": "up_to", "under": "up_to", "maximum": "up_to", "max": "up_to"}
    return AmountMention(
        start=start,
        end=end,
        text=text[start:end],
        value=round(said.value, 2),
        currency=said.currency or "RUB",
        has_unit=said.scaled or said.currency is not None,
        approximate=not _ROUGH.isdisjoint(before),
        bound=bound.get(before[-1] if before else ""),
        currency_named=said.currency is not None,
    )
