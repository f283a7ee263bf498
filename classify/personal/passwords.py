"""Passwords that are said or written out in a call; they need not have digits."""

from __future__ import annotations

import re
from collections.abc import Iterator

_SPELLED = (
    r"(?:больш\w+|маленьк\w+|заглавн\w+|строчн\w+|латинск\w+|английск\w+|собак\w+|решетк\w+"
    r"|точка|тире|дефис|подч[её]ркивание|знак|восклицательный|доллар|звездочк\w+|буква|цифр\w+"
    r"|capital|lower ?case|upper ?case|dash|dot|underscore|at sign|hash|exclamation mark"
    r"|ноль|один|два|три|четыре|пять|шесть|семь|восемь|девять|десять|\w+надцать|\w+дцать|сорок"
    r"|\w+десят|девяносто|сто|двести|триста|четыреста|\w+сот|zero|one|two|three|four|five|six"
    r"|seven|eight|nine|ten)"
)
_SIGNS = r"[^\s,.;:!?«»\"“”()]*[A-Za-z0-9@#$%^&*_][^\s,;«»\"“”()]*"
_PART = rf"(?:{_SPELLED}(?![\w-])|{_SIGNS}|[^\W\d_](?![\w-]))"
_LEAD_RU = (
    r"парол(?:ь|я)\b(?:\s+(?:от|на|для|к)\s+[а-яё-]+(?:\s+[а-яё-]+)??)?"
    r"(?:\s*(?:[,:–—-]+|у\s+меня|там|такой|будет|это|следующий|запишите|пишите|вот))*\s*"
)
_LEAD_EN = r"pass ?words?(?:\s+(?:for|to)\s+(?:\w+\s+){1,3}?)?\s*(?:is|was|:|—|-)\s*:?\s*"
_PASSWORD = re.compile(
    rf"\b(?:{_LEAD_RU}|{_LEAD_EN})(?P<secret>(?:[^\W\d_]+[\s,]+(?={_PART}))?"
    rf"{_PART}(?:[\s,]+{_PART}){{0,20}})",
    re.IGNORECASE,
)
_PLAIN_ENGLISH = re.compile(r"[a-z']+[.!?]?")
_DIGIT_OR_SPELLED = re.compile(rf"\d|[@#$%^&*_]|[a-z][A-Z]|(?i:\b{_SPELLED}(?![\w-]))")


def passwords_in(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each password; «пароль пришлём» has none."""
    for match in _PASSWORD.finditer(text):
        secret = match["secret"]
        english = match.group().casefold().startswith("pass")
        if _DIGIT_OR_SPELLED.search(secret) or (
            not english and re.search(r"[A-Za-z]{3}", secret) and _PLAIN_ENGLISH.search(secret)
        ):
            yield match.start("secret"), match.end("secret")
