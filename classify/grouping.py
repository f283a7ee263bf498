"""Segments put together: what one side says until the other speaks, and in which language."""

from __future__ import annotations

from collections.abc import Sequence

from classify import machines
from classify.phrases import Phrasebook
from models.vocabulary.transcript import Segment

LONGEST_MERGED_GAP_S = 30.0


def spoken_language(segments: Sequence[Segment], said: str) -> str:
    """The language that the letters prove, whatever the metadata say."""
    letters = [c for s in segments for c in s.text.lower() if c.isalpha()]
    if not letters:
        return said
    latin = sum("a" <= c <= "z" for c in letters)
    return "en" if 2 * latin > len(letters) else "ru"


def in_time_order(segments: Sequence[Segment]) -> list[Segment]:
    """Segments by their beginning where each has one, whatever order they came in.

    Without times the given order stands.
    """
    if any(segment.start is None for segment in segments):
        return list(segments)
    return sorted(segments, key=_moment)


def _moment(segment: Segment) -> tuple[float, float, str, str]:
    start = segment.start or 0.0
    return start, segment.end or start, str(segment.speaker), segment.text


def groups(segments: Sequence[Segment], book: Phrasebook) -> list[list[Segment]]:
    """Consecutive segments of one side; a person after a machine begins a group of their own."""
    found: list[list[Segment]] = []
    for segment in segments:
        if not segment.text.strip():
            continue
        if found and _continues(found[-1], segment, book):
            found[-1].append(segment)
        else:
            found.append([segment])
    return found


def _continues(group: Sequence[Segment], segment: Segment, book: Phrasebook) -> bool:
    last = group[-1]
    if last.speaker != segment.speaker:
        return False
    timed = last.end is not None and segment.start is not None
    if timed and segment.start - last.end >= LONGEST_MERGED_GAP_S:  # type: ignore[operator] # timed
        return False
    return not _takes_over(group, segment, book)


def _takes_over(group: Sequence[Segment], segment: Segment, book: Phrasebook) -> bool:
    """Whether a person comes to the line on which a machine has spoken."""
    words = book.reader.read(segment.text)
    if not machines.answers(book, words) or machines.announces(book, words):
        return False
    return any(machines.announces(book, book.reader.read(s.text)) for s in group)


def joined(group: Sequence[Segment]) -> tuple[str, tuple[tuple[int, Segment], ...]]:
    """The text of a group and its segments with the offsets at which they begin in it."""
    text, pieces = "", []
    for segment in group:
        text += " " if text else ""
        pieces.append((len(text), segment))
        text += segment.text
    return text, tuple(pieces)
