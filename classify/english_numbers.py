"""Numbers as they are said in English: «twelve and a half», «fourteen hundred», «four eighty»."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from classify.timewords.numerals import words

_WORD = re.compile(
    r"(?P<sign>[£$€₽])|(?P<number>\d{1,3}(?:[,\u00a0 ]\d{3})+(?:\.\d{1,2})?(?!\d)|\d+(?:\.\d+)?)"
    r"(?P<glued>k|m|mln|bn|th|st|nd|rd|am|pm|%)?(?![^\W\d_])|(?P<word>[^\W\d_]+(?:['’][^\W\d_]+)*)"
    r"|(?P<mark>[,.;:!?%-])",
    re.IGNORECASE,
)
_ONES = {
    word: at
    for at, word in enumerate(
        words(
            "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
            "fifteen sixteen seventeen eighteen nineteen"
        )
    )
}
_TENS = {
    word: 10 * (at + 2)
    for at, word in enumerate(words("twenty thirty forty fifty sixty seventy eighty ninety"))
} | {"fourty": 40}
SCALES = {
    "thousand": 1e3, "thousands": 1e3, "grand": 1e3, "k": 1e3, "kay": 1e3, "thou": 1e3,
    "million": 1e6, "millions": 1e6, "mil": 1e6, "m": 1e6, "mln": 1e6,
    "billion": 1e9, "bn": 1e9,
}  # fmt: skip
_ONLY_DIGITS = frozenset({"m", "k"})


@dataclass(slots=True)
class Piece:
    """A word, number or mark of the text; `value` where it is a number."""

    start: int
    end: int
    word: str
    value: float | None
    glued: str = ""
    small: bool = False  # said as one word of a number («eighty»), not in a full figure


@dataclass(slots=True)
class Said:
    """A number of pieces `first` to `last`; `scaled` by thousands, `currency` named."""

    value: float
    last: int
    scaled: bool = False
    currency: str | None = None


def pieces_of(text: str) -> list[Piece]:
    """The words, numbers and marks of a text in order."""
    out = []
    for match in _WORD.finditer(text):
        word = match.group().lower().replace("’", "'")
        if match["number"]:
            digits = re.sub(r"[,\u00a0 ]", "", match["number"])
            value = float(digits) if len(digits) < 16 else None
            glued = (match["glued"] or "").lower()
            out.append(Piece(match.start(), match.end(), word, value, glued))
            continue
        small = word in _ONES or word in _TENS
        value = float(_ONES.get(word, _TENS.get(word, 0))) if small else None
        out.append(Piece(match.start(), match.end(), word, value, small=small))
    return out


def word_at(pieces: Sequence[Piece], index: int) -> str:
    """The word of a piece, lower case; empty outside the text."""
    return pieces[index].word if 0 <= index < len(pieces) else ""


def number(pieces: Sequence[Piece], first: int) -> Said | None:
    """The longest number that begins at piece `first`; none where there is none."""
    whole = _idiom(pieces, first) or _spelt(pieces, first) or _grouped(pieces, first)
    if whole is None:
        return None
    return _short(pieces, first, whole)


def _idiom(pieces: Sequence[Piece], first: int) -> Said | None:
    """«A grand», «half a million», «a couple of hundred», «a hundred and fifty»."""
    words = [word_at(pieces, first + i) for i in range(4)]
    for lead, value in _IDIOMS:
        size = len(lead)
        scale = words[size] if size < len(words) else ""
        if tuple(words[:size]) == lead and (scale in SCALES or scale == "hundred"):
            if scale in _ONLY_DIGITS:
                return None
            if scale == "hundred" or lead == ("a",):
                return _grouped(pieces, first + size, lead=value)
            return Said(value * SCALES[scale], first + size + 1, True)
    return None


_IDIOMS: tuple[tuple[tuple[str, ...], float], ...] = (
    (("half", "a"), 0.5),
    (("a", "couple", "of"), 2.0),
    (("couple", "of"), 2.0),
    (("a",), 1.0),
    (("the",), 1.0),
)


def _spelt(pieces: Sequence[Piece], first: int) -> Said | None:
    """«Five one five zero»: four or five digits one by one."""
    digits = []
    at = first
    while at < len(pieces) and (value := _digit(pieces[at])) is not None:
        digits.append(value)
        at += 1
    if len(digits) not in (4, 5) or not digits[0]:
        return None
    return Said(float("".join(map(str, digits))), at)


def _digit(piece: Piece) -> int | None:
    if piece.word in ("oh", "o", "nought"):
        return 0
    one = piece.value is not None and piece.value < 10 and piece.value.is_integer()
    return int(piece.value or 0) if one and not piece.glued else None


def _grouped(pieces: Sequence[Piece], first: int, lead: float | None = None) -> Said | None:
    """Groups of falling scale: «nine million eight hundred thousand», «14 thousand 300»."""
    total, smallest, at = 0.0, float("inf"), first
    while True:
        group = _hundreds(pieces, at, lead)
        lead = None
        if group is None:
            break
        value, after = group
        value, after = _fraction(pieces, value, after)
        glued = pieces[at].glued if after == at + 1 else ""
        word = glued or word_at(pieces, after)
        scale = SCALES.get(word)
        if scale is None or scale >= smallest:
            if scale is None and (value < smallest or smallest == float("inf")):
                total, at = total + value, after
            break
        total, smallest, at = total + value * scale, scale, after + (0 if glued else 1)
        if word_at(pieces, at) == "and" and _hundreds(pieces, at + 1, None):
            if word_at(pieces, at + 1) in ("a", "the") or smallest < 1e3:
                break
            at += 1
    if at == first:
        return None
    return Said(total, at, smallest < float("inf"))


def _fraction(pieces: Sequence[Piece], value: float, at: int) -> tuple[float, int]:
    """«Four and a half», «two point five», «three and a quarter»."""
    words = tuple(word_at(pieces, at + i) for i in range(3))
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


def _hundreds(pieces: Sequence[Piece], at: int, lead: float | None) -> tuple[float, int] | None:
    """A number below a thousand in words or any in digits, «twelve hundred» too."""
    base = (lead, at) if lead is not None else below_hundred(pieces, at)
    if base is None and word_at(pieces, at) == "a" and word_at(pieces, at + 1) == "hundred":
        base = (1.0, at + 1)
    if base is None:
        return None
    value, at = base
    if word_at(pieces, at) != "hundred":
        return value, at
    value, at = value * 100, at + 1
    joint = 1 if word_at(pieces, at) == "and" else 0
    rest = below_hundred(pieces, at + joint)
    if rest and rest[0] < 100 and word_at(pieces, rest[1]) != "hundred":
        return value + rest[0], rest[1]
    return value, at


def below_hundred(pieces: Sequence[Piece], at: int) -> tuple[float, int] | None:
    """A number of one or two words below a hundred, or any in digits, and the piece after it."""
    if at >= len(pieces) or pieces[at].value is None:
        return None
    value, after = float(pieces[at].value or 0), at + 1
    if not pieces[at].small:
        return value, after
    if word_at(pieces, at) in _TENS:
        joint = 1 if word_at(pieces, after) == "-" else 0
        unit = _ONES.get(word_at(pieces, after + joint), 0)
        if 0 < unit < 10:
            return value + unit, after + joint + 1
    return value, after


def _short(  # noqa: PLR0911 - one exit per way of saying
    pieces: Sequence[Piece], first: int, said: Said
) -> Said:
    """«Four eighty» is 480, «twelve fifty» 1250, «nine six» and «21 9» 9600 and 21 900."""
    if said.scaled or said.currency or said.value >= 100 or not said.value.is_integer():
        return said
    joint = 1 if word_at(pieces, said.last) == "-" and pieces[first].small else 0
    rest = below_hundred(pieces, said.last + joint)
    before = pieces[first - 1].value if first else None
    if rest is None or before is not None or not rest[0].is_integer() or said.value == 0:
        return said
    if rest[1] < len(pieces) and (pieces[rest[1]].value is not None):
        return said
    if 10 <= rest[0] < 100 and pieces[first].small:
        return Said(said.value * 100 + rest[0], rest[1])
    if 100 <= rest[0] < 1000:
        return Said(said.value * 1000 + rest[0], rest[1])
    if 1 <= rest[0] < 10:
        return Said(said.value * 1000 + rest[0] * 100, rest[1])
    return said
