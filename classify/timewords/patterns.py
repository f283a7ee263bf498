"""The little language in which the expressions of time are written.

A pattern is a regular expression over the tags of `tokens`, one space between two tags.
A rule is a pattern and a reader that turns its match into the fields of a `Frame`, or into
``None`` where the words around show that no time was meant.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from classify.timewords.frames import Frame
from classify.timewords.tokens import Token


@dataclass(frozen=True, slots=True)
class Around:
    """The tokens before and after a match, nearest first."""

    before: Sequence[Token]
    after: Sequence[Token]

    def next_tag(self) -> str:
        """The tag right after, empty at the end."""
        return self.after[0].tag if self.after else ""

    def next_word(self) -> str:
        """The word right after, empty at the end."""
        return self.after[0].word if self.after else ""

    def previous_tag(self) -> str:
        """The tag right before, empty at the beginning."""
        return self.before[0].tag if self.before else ""


Fields = Mapping[str, object]
Reader = Callable[[re.Match[str], Around], Fields | None]


@dataclass(frozen=True, slots=True)
class Rule:
    """One way of saying a time."""

    pattern: re.Pattern[str]
    read: Reader


def rule(pattern: str, read: Reader) -> Rule:
    """A rule whose pattern covers whole tokens."""
    return Rule(re.compile(rf"(?:{pattern})(?!\S)"), read)


def frames_of(tokens: Sequence[Token], rules: Sequence[Rule]) -> list[Frame]:
    """All frames from left to right; at one place the longest match wins, then the first rule."""
    starts, line = _line(tokens)
    index_at = {start: index for index, start in enumerate(starts)}
    ends = {start + len(token.tag): i + 1 for i, (start, token) in enumerate(zip(starts, tokens))}
    found: list[Frame] = []
    index = 0
    while index < len(tokens):
        frame = _longest(tokens, rules, line, starts[index], index_at, ends)
        if frame:
            found.append(frame)
        index = frame.last if frame else index + 1
    return found


def _line(tokens: Sequence[Token]) -> tuple[list[int], str]:
    starts, position = [], 0
    for token in tokens:
        starts.append(position)
        position += len(token.tag) + 1
    return starts, " ".join(token.tag for token in tokens)


def _longest(
    tokens: Sequence[Token],
    rules: Sequence[Rule],
    line: str,
    start: int,
    index_at: Mapping[int, int],
    ends: Mapping[int, int],
) -> Frame | None:
    matches = []
    for candidate in rules:
        match = candidate.pattern.match(line, start)
        if match and match.end() > start:
            matches.append((match, candidate))
    matches.sort(key=lambda pair: -pair[0].end())
    first = index_at[start]
    for match, candidate in matches:
        last = ends[match.end()]
        around = Around(tokens[max(0, first - 6) : first][::-1], tokens[last : last + 6])
        said = candidate.read(match, around)
        if said is not None:
            return Frame(first, last, **said)  # type: ignore[arg-type]  # readers name Frame's fields
    return None
