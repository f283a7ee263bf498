"""What of a CRM's words may be written down: what a database takes, and of nobody forgotten."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from models.vocabulary.phone import Phone

# What may be a telephone number inside of a text.
_NUMBER = re.compile(r"(?<![0-9A-Za-z])\+?\d(?:[ ()\-\u00a0]*\d){6,14}(?![0-9A-Za-z])")
_BLOT = "•••"
_ALL = "_forgotten"


@dataclass(frozen=True, slots=True)
class Unwanted:
    """Tells the numbers of people who were forgotten.

    `read` is how a text becomes a number, `forgotten` whether it is (E.164) of somebody forgotten.
    """

    read: Callable[[str], Phone | None]
    forgotten: Callable[[str], bool]

    def is_theirs(self, text: str) -> bool:
        """Whether a text is such a number."""
        phone = self.read(text)
        return phone is not None and phone.e164 is not None and self.forgotten(phone.e164)

    def blotted(self, text: str) -> str:
        """A text with such numbers blotted out."""
        return _NUMBER.sub(lambda m: _BLOT if self.is_theirs(m.group()) else m.group(), text)


def as_storable(columns: dict[str, Any], unwanted: Unwanted | None) -> dict[str, Any]:
    """A row's values as every database takes them, without the numbers of forgotten people.

    A contact all of whose numbers are such is marked: see `known_contact`.
    """
    stored = {name: _clean(value) for name, value in columns.items()}
    if unwanted is None:
        return stored
    phones = stored.get("phones", ())
    left = [one for one in phones if not unwanted.is_theirs(one)]
    blotted = {
        name: value if name == "id" or name.endswith("_id") else _blotted(value, unwanted)
        for name, value in stored.items()
    }
    if phones:
        blotted["phones"] = left
    if "emails" in columns and phones and not left:
        blotted[_ALL] = True
    return blotted


def known_contact(columns: dict[str, Any]) -> bool:
    """Whether a contact may be written down: not one whose numbers are all forgotten."""
    return not columns.pop(_ALL, False)


def _blotted(value: Any, unwanted: Unwanted) -> Any:
    if isinstance(value, str):
        return unwanted.blotted(value)
    if isinstance(value, list):
        return [_blotted(one, unwanted) for one in value]
    if isinstance(value, dict):
        return {name: _blotted(one, unwanted) for name, one in value.items()}
    return value


def _clean(value: Any) -> Any:
    """Without characters and numbers that one of the databases refuses."""
    if isinstance(value, str):
        if value.isascii() and "\0" not in value:
            return value
        return value.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, list):
        return [_clean(one) for one in value]
    if isinstance(value, dict):
        return {_clean(name): _clean(one) for name, one in value.items()}
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
