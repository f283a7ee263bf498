"""Text to tokens: words, numbers and punctuation, each with a tag that patterns read.

Tags: ``n15`` a number as it stands, ``m15`` a bent one («пятнадцати»), ``o26g`` an ordinal
(g, d, s, x: `numerals.Form`), ``half3`` «полтретьего», ``c15:00`` a written clock time
(``z`` first where the hour has a leading zero), ``d26.11`` a written date, ``wd2`` a
weekday, ``mo11g`` a month after its day, ``mo11`` any other month, ``,`` and ``.`` for
punctuation; every other word is its own tag.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from classify.timewords.lexicon import (
    ENGLISH_MONTHS,
    ENGLISH_WEEKDAYS,
    MONTHS,
    WEEKDAYS,
    mend,
    misheard_day,
)
from classify.timewords.numerals import (
    Form,
    Numeral,
    english_numerals,
    fold,
    may_follow,
    russian_numerals,
)


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of text from `start` to `end`; `word` is folded, `tag` is what patterns see."""

    start: int
    end: int
    word: str
    tag: str
    numeral: Numeral | None = None


_RAW = re.compile(
    r"(?P<iso>(?<!\d)\d{4}-\d{2}-\d{2}(?!\d))"
    r"|(?P<clock>(?<![\d.:])\d{1,2}:\d{2}(?![\d:]))"
    r"|(?P<dotted>(?<![\d.])\d{1,2}\.\d{2}(?:\.(?:\d{4}|\d{2}))?(?![\d]|\.\d))"
    r"|(?P<dashed>(?<![\d-])\d{1,2}-\d{2}(?![\d-]|\.\d))"
    r"|(?P<teen>(?<!\d)[1-9]0?(?:\s?-\s?|\s)?н[оа]д?цать?и?(?![^\W\d_]))"
    r"|(?P<meridiem>(?<!\d)\d{1,2}\s?(?:[ap]\.m\.|[ap]m\b))"
    r"|(?P<ordinal>(?<!\d)\d{1,2}-?(?:ого|его|го|ому|ему|му|ое|ые|е|ый|ий|й|ая|я|ую|ю|х|ом|м|st|nd|rd|th)"
    r"(?![^\W\d_]))"
    r"|(?P<grouped>(?<![\d])\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?!\d))"
    r"|(?P<glued>\d+[^\W\d_]+)"
    r"|(?P<number>\d+(?:[.,]\d+)?)"
    r"|(?P<word>[^\W\d_]+(?:['’][^\W\d_]+)*)"
    r"|(?P<hyphen>(?<=\w)-(?=\w))"
    r"|(?P<comma>[,;:()«»\"]|\s[-–—]\s)"
    r"|(?P<stop>[.!?…]+)"
    r"|(?P<sign>[%№€$₽])",
    re.IGNORECASE,
)

_MOST_DIGITS = 15  # more is no number that anybody says
_GENITIVE_ENDINGS = {"го", "ого", "его", "st", "nd", "rd", "th"}
_DATIVE_ENDINGS = {"му", "ому", "ему"}
_NEUTER_ENDINGS = {"е", "ое"}


@lru_cache(maxsize=256)
def tokens_of(text: str, *, english: bool = False) -> tuple[Token, ...]:
    """Cuts `text` into tagged tokens; spans point into `text`."""
    raw = _raw_tokens(text)
    if english:
        from classify.timewords.english_words import cut

        return tuple(_numbers(_tag_words(cut(raw), _english_tag)))
    return tuple(_numbers(_tag_words(_joined(raw), _russian_tag)))


def _raw_tokens(text: str) -> list[Token]:
    tokens = []
    for match in _RAW.finditer(text):
        kind = match.lastgroup or ""
        word = fold(match.group())
        tokens.append(Token(match.start(), match.end(), word, _RAW_TAGS[kind](word)))
    return tokens


def _clock_tag(word: str) -> str:
    hour, minute = re.split(r"[:.-]", word)
    if int(hour) > 24 or int(minute) > 59:
        return "x"
    return f"{'z' if hour[0] == '0' else 'c'}{int(hour)}:{minute}"


def _dotted_tag(word: str) -> str:
    day, month, *year = word.split(".")
    if year:
        return f"d{int(day)}.{int(month)}.{year[0]}"
    is_clock = int(day) < 24 and (int(month) > 12 or month == "00")
    return _clock_tag(word) if is_clock else f"d{int(day)}.{int(month)}"


def _meridiem_tag(word: str) -> str:
    hour = int(re.sub(r"\D", "", word))
    return f"{'am' if 'a' in word else 'pm'}{hour}" if 1 <= hour <= 12 else "x"


def _iso_tag(word: str) -> str:
    year, month, day = word.split("-")
    return f"d{int(day)}.{int(month)}.{year}"


def _digit_ordinal_tag(word: str) -> str:
    digits = re.match(r"\d+", word)
    value = digits.group() if digits else ""
    ending = word[len(value) :].lstrip("-")
    if ending in _GENITIVE_ENDINGS:
        form = Form.GENITIVE
    elif ending in _DATIVE_ENDINGS:
        form = Form.DATIVE
    else:
        form = Form.NEUTER if ending in _NEUTER_ENDINGS else Form.OTHER
    return f"o{int(value)}{form}"


def _number_tag(word: str) -> str:
    digits = re.sub(r"\s", "", word)
    if len(digits) > _MOST_DIGITS:
        return "x"
    return f"n{int(digits)}" if digits.isdigit() else f"fraction{digits}"


_RAW_TAGS: dict[str, Callable[[str], str]] = {
    "iso": _iso_tag,
    "clock": _clock_tag,
    "dotted": _dotted_tag,
    "dashed": lambda word: "dash" + _clock_tag(word),
    "teen": lambda word: f"n{10 + int(word[0])}",  # «3-надцать», «30-нацать»
    "meridiem": _meridiem_tag,
    "ordinal": _digit_ordinal_tag,
    "grouped": _number_tag,
    "glued": lambda word: word,
    "number": _number_tag,
    "word": lambda word: word,
    "hyphen": lambda _: "-",
    "comma": lambda _: ",",
    "stop": lambda _: ".",
    "sign": lambda word: word,
}


def _joined(tokens: list[Token]) -> Iterator[Token]:
    """Puts together what a recogniser split («чет верг») and splits what it glued («вчетверг»)."""
    index = 0
    while index < len(tokens):
        token = tokens[index]
        step = _split_width(tokens, index) if not _is_cut_teen(tokens, index) else 2
        if step > 1:
            word = "".join(t.word for t in tokens[index : index + step] if t.tag != "-")
            word = _TEEN.sub("надцат", word)
            yield Token(token.start, tokens[index + step - 1].end, word, word)
        elif index and (day := misheard_day(token.word, tokens[index - 1].word)):
            yield Token(token.start, token.end, day, day)
        elif _is_glued(token.word):
            first = "к" if token.word[0] == "к" else "в"
            yield Token(token.start, token.start + 1, first, first)
            yield Token(token.start + 1, token.end, token.word[1:], token.word[1:])
        else:
            yield token
        index += step


_GLUED_HOURS = frozenset(
    ["два", "три", "четыре", "пять", "шесть", "семь", "восемь", "девять", "десять", "полдень"]
)


def _is_glued(word: str) -> bool:
    """«Вчетверг», «спятницу», «вдва»: a day or an hour that swallowed its preposition."""
    rest = word[1:]
    if word[:1] in {"в", "к"} and rest in WEEKDAYS and len(word) > 4:
        return True
    if word[:1] not in {"в", "с"} or word == "втри":
        return False
    return (rest in WEEKDAYS and len(word) > 6) or rest in _GLUED_HOURS


# «один нацать», «две надцать», «пят надцать»: a teen cut before its ending.
_TEEN = re.compile(r"(?:надцат|нацат|надцт|нацт)")
_TEEN_ENDING = re.compile(r"(?:надцат|нацат)(?:ь|и|ого|ое|ому|ые|ый|ый|ом|ую)?$")
_TEEN_STARTS = frozenset(
    ["один", "дв", "две", "три", "четыр", "пят", "шест", "сем", "восем", "девят"]
)


def _is_cut_teen(tokens: list[Token], index: int) -> bool:
    pair = tokens[index : index + 2]
    return (
        len(pair) == 2
        and pair[0].word.rstrip("ьа") in _TEEN_STARTS
        and bool(_TEEN_ENDING.match(pair[1].word))
    )


_SPLIT_WORDS = {"послезавтра", "позавчера", *(w for w in WEEKDAYS if len(w) > 4)}

_SPLIT_STARTS = {start for word in _SPLIT_WORDS for start in (word[:1], word[:2])}


def _split_width(tokens: list[Token], index: int) -> int:
    """How many tokens make up one day's name from `index` on; 1 where nothing was split."""
    if tokens[index].word[:2] not in _SPLIT_STARTS:
        return 1
    for width in (3, 2):
        parts = tokens[index : index + width]
        if len(parts) < width or parts[0].tag == "-" or any(p.tag in WEEKDAYS for p in parts):
            continue
        if any(not part.tag.isalpha() and part.tag != "-" for part in parts):
            continue
        if "".join(p.word for p in parts if p.tag != "-") in _SPLIT_WORDS:
            return width
    return 1


def _tag_words(tokens: Iterable[Token], tag_of: Callable[[Token], Token]) -> Iterator[Token]:
    for token in tokens:
        if token.tag != token.word or not token.word[:1].isalpha():
            yield token
        else:
            yield tag_of(token)


def _russian_tag(token: Token) -> Token:
    return Token(token.start, token.end, *_russian_word(token.word))


@lru_cache(maxsize=20_000)
def _russian_word(said: str) -> tuple[str, str, Numeral | None]:
    """A word as it was meant, its tag and the number it says."""
    numerals = russian_numerals()
    word = said if said in numerals else mend(said)
    if word in numerals:
        return word, "num", numerals[word]
    if word in WEEKDAYS:
        return word, f"wd{WEEKDAYS[word]}", None
    if word in MONTHS:
        month, genitive = MONTHS[word]
        return word, f"mo{month}{'g' if genitive else ''}", None
    half = numerals.get(word[3:]) if word.startswith("пол") else None
    if half and half.form is Form.GENITIVE:
        return word, f"half{half.value}", None
    return word, word, None


def _english_tag(token: Token) -> Token:
    word = token.word
    if word in english_numerals():
        return Token(token.start, token.end, word, "num", english_numerals()[word])
    if word in ENGLISH_WEEKDAYS:
        return Token(token.start, token.end, word, f"wd{ENGLISH_WEEKDAYS[word]}")
    if word in ENGLISH_MONTHS:
        return Token(token.start, token.end, word, f"mo{ENGLISH_MONTHS[word]}g")
    return token


def _numbers(tokens: Iterator[Token]) -> Iterator[Token]:
    """Puts number words in a row together: «двадцать» «шестого» is one token ``o26g``."""
    pending: list[Token] = []
    for token in tokens:
        last = pending[-1].numeral if pending else None
        if token.numeral and last and may_follow(last, token.numeral):
            pending.append(token)
            continue
        if _is_tight_hyphen(token, pending):
            continue
        if pending:
            yield _number(pending)
        pending = [token] if token.numeral else []
        if not token.numeral:
            yield token
    if pending:
        yield _number(pending)


def _is_tight_hyphen(token: Token, pending: list[Token]) -> bool:
    """Whether a hyphen stands inside a compound («twenty-six»), not between two hours."""
    english_ten = bool(pending) and pending[-1].word.endswith("ty")
    return token.tag == "-" and english_ten


def _number(parts: list[Token]) -> Token:
    value = sum(part.numeral.value for part in parts if part.numeral)
    form = parts[-1].numeral.form if parts[-1].numeral else Form.CARDINAL
    word = " ".join(part.word for part in parts)
    tag = f"o{value}{form}" if form in "gdsx" else f"{form}{value}"
    return Token(parts[0].start, parts[-1].end, word, tag)
