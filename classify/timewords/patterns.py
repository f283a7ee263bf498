"""The little language in which the expressions of time are written.

A pattern is a regular expression over the tags of `tokens`, one space between two tags.
A rule is a pattern and a reader that turns its match into the fields of a `Frame`, or into
``None`` where the words around show that no time was meant.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from classify.timewords.frames import Frame
from classify.timewords.tokens import Token

# How many tokens around a match a reader may look at.
_SIGHT = 6


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


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """One way of saying a time."""

    pattern: re.Pattern[str]
    read: Reader


def rule(pattern: str, read: Reader) -> Rule:
    """A rule whose pattern covers whole tokens."""
    return Rule(re.compile(rf"(?:{pattern})(?!\S)"), read)


@cache
def _any_of(rules: tuple[Rule, ...]) -> re.Pattern[str]:
    """One pattern that begins wherever one of the rules does: most words begin none."""
    unnamed = (re.sub(r"\?P<\w+>", "?:", rule_.pattern.pattern) for rule_ in rules)
    return re.compile("|".join(unnamed))


def frames_of(tokens: Sequence[Token], rules: tuple[Rule, ...]) -> list[Frame]:
    """All frames from left to right; at one place the longest match wins, then the first rule."""
    line, any_rule = _Line.of(tokens), _any_of(rules)
    found: list[Frame] = []
    index = 0
    while index < len(tokens):
        begins = any_rule.match(line.tags, line.starts[index])
        frame = _longest(line, rules, index) if begins else None
        if frame:
            found.append(frame)
        index = frame.last if frame else index + 1
    return found


@dataclass(frozen=True, slots=True)
class _Line:
    """The tags as one line of text, and where in it the tokens begin and end."""

    tokens: Sequence[Token]
    tags: str
    starts: Sequence[int]
    token_after: Mapping[int, int]

    @classmethod
    def of(cls, tokens: Sequence[Token]) -> _Line:
        starts, token_after, position = [], {}, 0
        for index, token in enumerate(tokens, start=1):
            starts.append(position)
            position += len(token.tag) + 1
            token_after[position - 1] = index
        return cls(tokens, " ".join(token.tag for token in tokens), starts, token_after)


def _longest(line: _Line, rules: Sequence[Rule], first: int) -> Frame | None:
    start = line.starts[first]
    matches = [(match, r) for r in rules if (match := r.pattern.match(line.tags, start))]
    matches.sort(key=lambda pair: -pair[0].end())
    for match, candidate in matches:
        last = line.token_after.get(match.end())
        if last is None:
            continue
        before, after = line.tokens[max(0, first - _SIGHT) : first], line.tokens[last:]
        said = candidate.read(match, Around(before[::-1], after[:_SIGHT]))
        if said is not None:
            return Frame(first, last, **said)  # type: ignore[arg-type]  # readers name Frame's fields
    return None
