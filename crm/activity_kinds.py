"""What an activity of a CRM is about, told by its words.

CRMs know forms (a task, an e-mail, a file) and seldom say what they are about; rules ask for that:
was the proposal sent, is there a task to qualify the lead. The words stand as data in
`activity_kinds.yaml`, whose head tells how a line is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from core.packaged import read_packaged
from models.vocabulary.deal import ActivityKind, ActivityType

# What these are is settled by their form, whatever is written on them.
_SETTLED = {
    ActivityType.MEETING: ActivityKind.MEETING,
    ActivityType.CALL: ActivityKind.CALL,
    ActivityType.INVOICE: ActivityKind.INVOICE,
    ActivityType.PAYMENT: ActivityKind.PAYMENT,
}
# A letter that mentions a meeting or a call is neither.
_IN_TEXT = frozenset(ActivityKind) - {
    ActivityKind.MEETING,
    ActivityKind.CALL,
    ActivityKind.CLASSIFY,
}
_MOST_CHARACTERS = 4000
_GAP, _MOST_BETWEEN = "..", 3
_KEY = 2  # letters by which a line is looked up; no stem is shorter
_TOKEN = re.compile(r"[a-zа-я]+|\d+")
_SENTENCES = re.compile(r"(?:(?<!доп)(?<!ком)(?<!комм)\.|[!?;\n\r])+", re.IGNORECASE)
_CAMEL = re.compile(r"(?<=[a-zа-яё])(?=[A-ZА-ЯЁ])")


def activity_kind(
    form: ActivityType,
    *,
    subject: str | None = None,
    text: str | None = None,
    file: str | None = None,
) -> ActivityKind:
    """What an activity is about; `OTHER` where no word tells.

    A file's name tells first, then the subject, then the text. Running text counts where it speaks
    of what is there ("КП во вложении"), not of what will be ("завтра пришлю КП"); a note where it
    says that the thing went out, since everything is spoken of in notes.

    Args:
        form: what the CRM calls it, in our words.
        subject: its title; the text of a task is one.
        text: what is written in it, as plain text.
        file: the name of a file that hangs on it.
    """
    if form in _SETTLED:
        return _SETTLED[form]
    words = _words()
    if form is ActivityType.NOTE:
        told = [*_sentences(subject), *_sentences(text)]
        return _first(s for s in told if words.sent.has(s) and not words.not_yet.has(s))
    if file:
        found = _first([_tokens(_CAMEL.sub(" ", file))], in_file=True)
        if found is not ActivityKind.OTHER:
            return found
    found = _first(_sentences(subject))
    if found is not ActivityKind.OTHER:
        return found
    if form is ActivityType.TASK:
        return _first(_sentences(text))
    return _first((s for s in _sentences(text) if not words.not_yet.has(s)), _IN_TEXT)


def _first(
    sentences: Iterable[Sequence[str]],
    among: frozenset[ActivityKind] = frozenset(ActivityKind),
    *,
    in_file: bool = False,
) -> ActivityKind:
    """The kind that is spoken of first.

    A nudge speaks of other kinds and comes before them ("КП: узнать решение"), save where the
    thing itself is to be made first ("Отправить КП и напомнить").
    """
    words = _words()
    lines = words.in_files if in_file else words.kinds
    told = list(sentences)
    hits = [hit for tokens in told for hit in lines.hits(tokens)]
    kinds = [(ActivityKind(name), weak) for name, weak in hits if name]
    kinds = [(kind, weak) for kind, weak in kinds if kind in among]
    strong = [kind for kind, weak in kinds if not weak]
    made = any(words.making.has(tokens[:1]) for tokens in told)
    if ActivityKind.NUDGE in strong[:2] and not made:
        return ActivityKind.NUDGE
    return (strong or [kind for kind, _ in kinds] or [ActivityKind.OTHER])[0]


@dataclass(frozen=True, slots=True)
class _Word:
    """One word of a line: forms, or how it begins."""

    forms: frozenset[str]
    stems: tuple[str, ...]

    def fits(self, token: str) -> bool:
        return token in self.forms or token.startswith(self.stems)


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the data; ``None`` stands for a gap."""

    name: str
    weak: bool
    steps: tuple[_Word | None, ...]

    def ends(self, tokens: Sequence[str], start: int, step: int = 0) -> int | None:
        """Where a match from `start` ends, if there is one."""
        if step == len(self.steps):
            return start
        word = self.steps[step]
        if word is None:
            ends = (self.ends(tokens, start + gap, step + 1) for gap in range(_MOST_BETWEEN + 1))
            return next((end for end in ends if end is not None), None)
        if start < len(tokens) and word.fits(tokens[start]):
            return self.ends(tokens, start + 1, step + 1)
        return None


class _Lines:
    """Lines that are looked up by how their first word begins."""

    def __init__(self, lines: Iterable[_Line]) -> None:
        self._by_key: dict[str, list[_Line]] = {}
        for line in lines:
            first = line.steps[0]
            assert first is not None, "a line begins with a word"  # noqa: S101 - data of ours
            for key in {word[:_KEY] for word in (*first.forms, *first.stems)}:
                self._by_key.setdefault(key, []).append(line)

    def hits(self, tokens: Sequence[str]) -> Iterator[tuple[str, bool]]:
        """Names of the lines that match, in the order of the text, and whether they are weak."""
        at = 0
        while at < len(tokens):
            best: tuple[int, _Line] | None = None
            for line in self._by_key.get(tokens[at][:_KEY], ()):
                end = line.ends(tokens, at)
                if end is not None and (best is None or end > best[0]):
                    best = (end, line)
            if best is not None:
                yield best[1].name, best[1].weak
            at = best[0] if best is not None else at + 1

    def has(self, tokens: Sequence[str]) -> bool:
        """Whether any line matches."""
        return next(self.hits(tokens), None) is not None


@dataclass(frozen=True, slots=True)
class _Words:
    kinds: _Lines
    in_files: _Lines
    not_yet: _Lines
    sent: _Lines
    making: _Lines


@cache
def _words() -> _Words:
    data = read_packaged(files("crm") / "activity_kinds.yaml")
    nothing = list(_compiled("", data.pop("nothing")))
    others = [_Lines(_compiled("", data.pop(name))) for name in ("not_yet", "sent", "making")]
    kinds = [*nothing, *_of_kinds(data, "lines", "weak")]
    return _Words(_Lines(kinds), _Lines([*kinds, *_of_kinds(data, "files")]), *others)


def _of_kinds(data: Mapping[str, Mapping[str, list[str]]], *parts: str) -> Iterator[_Line]:
    for name, lists in data.items():
        ActivityKind(name)
        for part in parts:
            yield from _compiled(name, lists.get(part, []), weak=part == "weak")


def _compiled(name: str, lines: Iterable[str], *, weak: bool = False) -> Iterator[_Line]:
    for line in lines:
        steps = [None if word == _GAP else _word(word.split("|")) for word in line.split()]
        yield _Line(name, weak, tuple(steps))


def _word(alternatives: Sequence[str]) -> _Word:
    forms = frozenset(one for one in alternatives if not one.endswith("*"))
    return _Word(forms, tuple(one[:-1] for one in alternatives if one.endswith("*")))


def _sentences(text: str | None) -> Iterator[list[str]]:
    for part in _SENTENCES.split((text or "")[:_MOST_CHARACTERS]):
        tokens = _tokens(part)
        if tokens:
            yield tokens


def _tokens(text: str) -> list[str]:
    return _TOKEN.findall(text.lower().replace("ё", "е"))
