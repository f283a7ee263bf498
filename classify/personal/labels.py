"""What a number is called before it is dictated: «номер карты», «паспорт», «телефон»."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path


class Label(StrEnum):
    """What the words before a number say that it is; `OTHER` numbers are nobody's secret."""

    CARD = "card"
    SECURITY_CODE = "security_code"
    EXPIRY = "expiry"
    PASSPORT = "passport"
    SNILS = "snils"
    INN = "inn"
    ACCOUNT = "account"
    SSN = "ssn"
    CODE = "code"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Named:
    """A label and where it stands in a text."""

    label: Label
    start: int
    end: int


_LIST = Path(__file__).with_name("labels.json")


def labels_in(text: str) -> tuple[Named, ...]:
    """The labels of a text, left to right."""
    found, pattern = _labels()
    return tuple(
        Named(found[int((match.lastgroup or "l0")[1:])], match.start(), match.end())
        for match in pattern.finditer(text)
    )


@cache
def _labels() -> tuple[tuple[Label, ...], re.Pattern[str]]:
    """The labels of the list in its order, which settles what words that fit several say."""
    rows = json.loads(_LIST.read_text(encoding="utf-8"))
    parts = [rf"(?P<l{at}>\b(?:{'|'.join(row['said'])}))" for at, row in enumerate(rows)]
    labels = tuple(Label(row["label"]) for row in rows)
    return labels, re.compile("|".join(parts), re.IGNORECASE)
