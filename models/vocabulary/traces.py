"""The traces of a person in any text: numbers in every writing, names, e-mail addresses."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from typing import Any

REMOVED = "[removed]"
_LAST_DIGITS = 10
_BETWEEN = r"[\s().\-‐-―]{0,3}"


@dataclass(frozen=True, slots=True)
class Traces:
    """What tells a person: numbers in E.164, whole names, e-mail addresses."""

    numbers: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()

    def count(self, text: str) -> int:
        """How often the person is named in `text`."""
        return sum(1 for _ in _pattern(self).finditer(text))

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Where in `text` the person is named."""
        return [match.span() for match in _pattern(self).finditer(text)]

    def without(self, text: str) -> str:
        """The text with the person taken out."""
        return _pattern(self).sub(REMOVED, text)

    def without_in(self, value: Any) -> Any:
        """A value of JSON with the person taken out of its texts, names and numbers."""
        if isinstance(value, str):
            return self.without(value)
        if isinstance(value, dict):
            return {self.without(str(name)): self.without_in(one) for name, one in value.items()}
        if isinstance(value, list):
            return [self.without_in(one) for one in value]
        if isinstance(value, int | float) and not isinstance(value, bool):
            return REMOVED if self.count(str(value)) else value
        return value

    def raw_forms(self) -> tuple[bytes, ...]:
        """The traces as bytes of a file whose form is not known, without any space around them.

        Names stand as UTF-8 and as JSON escapes them.
        """
        texts = [_digits(number) for number in self.numbers] + [*self.names, *self.emails]
        escaped = [json.dumps(name)[1:-1] for name in self.names]
        return tuple(dict.fromkeys(text.encode() for text in (*texts, *escaped)))


@cache
def _pattern(traces: Traces) -> re.Pattern[str]:
    parts = [_number(one) for one in traces.numbers]
    for name in traces.names:
        parts += [_name(name.split()), _name(name.split()[::-1])]
        parts += [re.escape(json.dumps(form)[1:-1]) for form in (name, name.lower())]
    parts += [rf"(?<![\w.]){re.escape(one)}(?!\w)" for one in traces.emails]
    return re.compile("|".join(dict.fromkeys(parts)) or r"(?!)", re.IGNORECASE)


def _digits(number: str) -> str:
    return number.lstrip("+")[-_LAST_DIGITS:]


def _number(number: str) -> str:
    """The last ten digits, however grouped, after any country or trunk prefix."""
    spaced = _BETWEEN.join(_digits(number))
    return rf"(?<!\d)(?:\+?\d{{1,4}}{_BETWEEN})?{spaced}(?!\d)"


def _name(words: list[str]) -> str:
    """The words in this order, as texts and as file names join them."""
    joined = r"[\s_.\-]+".join(re.escape(word) for word in words)
    return rf"(?<![^\W_]){joined}(?![^\W_])"


def hushed(data: bytes, traces: Traces) -> bytes:
    """Bytes of a text with the person taken out and every other byte at its place.

    A log that somebody writes to at the same moment can be changed that way without harm.
    """
    text = data.decode("utf-8", "surrogateescape")
    parts, last = [], 0
    for start, end in traces.spans(text):
        parts.append(text[last:start].encode("utf-8", "surrogateescape"))
        parts.append(b"#" * len(text[start:end].encode("utf-8", "surrogateescape")))
        last = end
    parts.append(text[last:].encode("utf-8", "surrogateescape"))
    return b"".join(parts)
