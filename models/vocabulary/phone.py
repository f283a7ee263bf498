"""Telephone numbers as one form, E.164, whatever a PBX, a CRM or a person wrote.

The traps that this answers are real: extensions that a parser takes for city numbers,
``+8...`` from a PBX that puts a plus before everything, foreign numbers without a plus,
notes after the number, `anonymous` where a number should stand.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers

_HIDDEN = frozenset(
    [
        "anonymous",
        "unknown",
        "restricted",
        "private",
        "withheld",
        "unavailable",
        "hidden",
        "none",
        "null",
        "undefined",
        "n/a",
        "invalid",
        "скрыт",
        "скрытый",
        "неизвестный",
        "неизвестно",
        "неизвестен",
        "аноним",
        "анонимный",
    ]
)
_ADDRESS = re.compile(r"<([^<>]+)>")
_SCHEME = re.compile(r"^(?:tel|sips?|callto|phone|skype)\s*:\s*", re.IGNORECASE)
_EXTENSION_WORD = re.compile(
    r"(?:доб(?:ав(?:очный|\.)?)?|вн(?:утр(?:енний)?)?|(?<![a-zа-яё])(?:ext(?:ension)?|x))"
    r"\s*[.:=#№]*\s*(?P<digits>\d{1,7})(?!\d)",
    re.IGNORECASE,
)
_TAIL = re.compile(r"(?:;\s*ext\s*=|[*#,;@])\s*", re.IGNORECASE)
_RUN = re.compile(r"\+?[\d(][\d\s().\-‐‑‒–—]*\d|\+?\d")
_GROUP_END = re.compile(r"\d(?=\D+\d|$)")
_DOMESTIC_PLUS_8 = re.compile(r"^\+\s*8[\s(.\-]|^\+8(?:49[5689]|800)\d{7}$")
_MIN_FOREIGN_DIGITS = 10


@dataclass(frozen=True, slots=True)
class Phone:
    """A number that can be dialled: outside (`e164`), inside (`extension`) or both."""

    e164: str | None
    extension: str | None


@lru_cache(maxsize=1 << 17)  # a ledger has each number many times, and parsing is slow
def normalise_phone(
    raw: str | None,
    *,
    region: str = "RU",
    area_code: str | None = None,
    extension_max_digits: int = 5,
) -> Phone | None:
    """The number that `raw` means, ``None`` where it names none.

    Length decides what an extension is before any parsing: up to `extension_max_digits`
    digits are an extension. `area_code` completes city numbers written without it.
    Only numbers that libphonenumber holds for valid become E.164; of several numbers in
    one text the first counts.
    """
    text = _clean(raw)
    if text is None:
        return None
    body, extension = _split_extension(text)
    for run in _RUN.finditer(body):
        e164 = _outside_number(run.group(), region, area_code, extension_max_digits)
        if e164 is not None:
            return Phone(e164, extension)
    inside = _inside_number(body, extension_max_digits) or extension
    return Phone(None, inside) if inside is not None else None


def is_hidden_number(raw: str | None) -> bool:
    """Whether `raw` says that the caller withheld the number (`anonymous`, `Restricted`...)."""
    if raw is None:
        return False
    text = _SCHEME.sub("", _address(unicodedata.normalize("NFKC", raw)).strip(" \"'<>")).casefold()
    return text.partition("@")[0] in _HIDDEN


def _clean(raw: str | None) -> str | None:
    """The part of `raw` that can hold a number: compatibility forms folded, address taken."""
    if raw is None:
        return None
    text = _SCHEME.sub("", _address(unicodedata.normalize("NFKC", raw)).strip(" \"'\t\r\n"))
    if not any(character.isdecimal() for character in text) or is_hidden_number(text):
        return None
    return "".join(str(int(c)) if c.isdecimal() else c for c in text)


def _address(text: str) -> str:
    match = _ADDRESS.search(text)
    return match.group(1) if match else text


def _split_extension(text: str) -> tuple[str, str | None]:
    """`text` without its extension, and the extension: by a word or after ``* # , ;ext=``."""
    word = _EXTENSION_WORD.search(text)
    if word is not None:
        return text[: word.start()].rstrip(" ,;("), word.group("digits")
    tail = _TAIL.search(text, 1)
    if tail is None:
        return text, None
    rest = text[tail.end() :].strip()
    if tail.group().startswith("@"):
        return text[: tail.start()], None
    if re.fullmatch(r"\d{1,7}", rest):
        return text[: tail.start()], rest
    return text, None


def _inside_number(body: str, longest: int) -> str | None:
    """`body` as an extension: nothing but a few digits, not all of them zero."""
    digits = body.strip(" +.()-")
    if not re.fullmatch(r"\d+", digits) or len(digits) > longest or not digits.strip("0"):
        return None
    return digits


def _outside_number(run: str, region: str, area_code: str | None, longest: int) -> str | None:
    """E.164 of a run of digits and separators; trailing groups that fit no number fall off."""
    for part in _shrinking(run):
        digits = re.sub(r"\D", "", part)
        if len(digits) <= longest or not digits.strip("0"):
            return None
        for candidate, home in _readings(part, digits, region, area_code):
            e164 = _valid(candidate, home)
            if e164 is not None:
                return e164
    return None


def _shrinking(run: str) -> Iterator[str]:
    """`run`, then `run` without its last group, and so on while enough digits are left."""
    ends = [match.end() for match in _GROUP_END.finditer(run)]
    for end in reversed(ends):
        part = run[:end]
        if end == ends[-1] or sum(c.isdigit() for c in part) >= 10:
            yield part


def _readings(
    part: str, digits: str, region: str, area_code: str | None
) -> Iterator[tuple[str, str | None]]:
    """The ways to read a number, likeliest first, as (text, region or None if global)."""
    plus = part.startswith("+")
    if plus and region == "RU" and _DOMESTIC_PLUS_8.search(part):
        yield digits, region
    if plus:
        yield "+" + digits, None
    if digits.startswith("00"):
        yield "+" + digits.lstrip("0"), None
    yield digits, region
    if len(digits) >= _MIN_FOREIGN_DIGITS and not part.startswith("("):
        yield "+" + digits, None
    if area_code is not None and not plus:
        yield area_code + digits, region
    if len(digits) > 11:  # the country code was put before a number that had it
        yield digits[1:], region


def _valid(text: str, region: str | None) -> str | None:
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
