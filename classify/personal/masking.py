"""Puts marks where a call says personal numbers, and tells the seconds in which it does.

A mark («[номер карты •••• ••••]») has a dot for each digit and no digit: nothing of a number is
kept, not even its end (docs/decisions/0015).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from classify.personal.find import Place, personal_places
from models.vocabulary.transcript import HiddenSpan, PersonalKind, Segment, Transcript, Word

WORD_MARGIN_S = 0.3
SHARE_MARGIN_S = 0.5

_NAMES = {
    PersonalKind.CARD: ("номер карты", "card number"),
    PersonalKind.SECURITY_CODE: ("код карты", "card code"),
    PersonalKind.EXPIRY: ("срок карты", "card expiry"),
    PersonalKind.PASSPORT: ("паспорт", "passport"),
    PersonalKind.SNILS: ("СНИЛС", "SNILS"),
    PersonalKind.INN: ("ИНН человека", "personal INN"),
    PersonalKind.ACCOUNT: ("счёт человека", "personal account"),
    PersonalKind.SSN: ("номер соцстрахования", "social security number"),
    PersonalKind.CODE: ("код из сообщения", "one-time code"),
    PersonalKind.PASSWORD: ("пароль", "password"),
}


def masked_transcript(transcript: Transcript) -> Transcript:
    """Gives the transcript with its personal numbers masked and their seconds in `hidden`.

    Masking what is masked changes nothing.
    """
    segments, hidden = masked_segments(transcript.segments, language=transcript.language)
    return replace(transcript, segments=segments, hidden=(*(transcript.hidden or ()), *hidden))


def masked_segments(
    segments: Sequence[Segment], *, language: str
) -> tuple[tuple[Segment, ...], tuple[HiddenSpan, ...]]:
    """Gives the segments with marks for personal numbers, and the seconds that say these.

    Args:
        segments: a call's utterances in order; times may be missing (then no seconds are told).
        language: `ru` or `en`: that of the marks.
    """
    of_segment: dict[int, list[Place]] = {}
    for place in personal_places(segments):
        of_segment.setdefault(place.segment, []).append(place)
    masked = list(segments)
    hidden: list[HiddenSpan] = []
    for index, places in of_segment.items():
        marks = [_mark(place, language) for place in places]
        masked[index] = _masked(segments[index], places, marks)
        hidden += [
            HiddenSpan(*seconds, place.kind, segments[index].speaker)
            for place in places
            if (seconds := seconds_of(segments[index], place)) is not None
        ]
    return tuple(masked), tuple(hidden)


def _mark(place: Place, language: str) -> str:
    name = _NAMES[place.kind][language.startswith("en")]
    fours = [min(4, place.digits - at) for at in range(0, place.digits, 4)]
    return f"[{' '.join([name, *('•' * four for four in fours)])}]"


def _masked(segment: Segment, places: Sequence[Place], marks: Sequence[str]) -> Segment:
    parts, at = [], 0
    for place, mark in zip(places, marks, strict=True):
        parts += [segment.text[at : place.start], mark]
        at = place.end
    text = "".join([*parts, segment.text[at:]])
    return replace(segment, text=text, words=_masked_words(segment, places, marks))


def _masked_words(
    segment: Segment, places: Sequence[Place], marks: Sequence[str]
) -> tuple[Word, ...]:
    """The words with one word, the mark, for all that reach into a place."""
    words: list[Word] = []
    last: int | None = None
    for word, (start, end) in zip(segment.words, _spans(segment), strict=True):
        at = next((i for i, p in enumerate(places) if start < p.end and end > p.start), None)
        if at is None:
            words.append(word)
        elif at == last:
            before = words[-1]
            least = min(before.confidence, word.confidence)
            words[-1] = replace(before, end=word.end, confidence=least)
        else:
            words.append(replace(word, text=marks[at]))
        last = at
    return tuple(words)


def _spans(segment: Segment) -> list[tuple[int, int]]:
    """Where each word stands in the text; one that is not to be found counts as everywhere."""
    spans, at = [], 0
    for word in segment.words:
        found = segment.text.find(word.text, at)
        if found < 0:
            spans.append((0, len(segment.text)))
            continue
        at = found + len(word.text)
        spans.append((found, at))
    return spans


def seconds_of(segment: Segment, place: Place) -> tuple[float, float] | None:
    """The seconds that surely hold a place: its words', else its share of the characters."""
    if segment.start is None or segment.end is None:
        return None
    inside = [
        word
        for word, (start, end) in zip(segment.words, _spans(segment), strict=True)
        if start < place.end and end > place.start
    ]
    if inside:
        start, end, margin = inside[0].start, inside[-1].end, WORD_MARGIN_S
    else:
        rate = (segment.end - segment.start) / max(1, len(segment.text))
        start = segment.start + place.start * rate
        end, margin = segment.start + place.end * rate, SHARE_MARGIN_S
    return round(max(0.0, start - margin), 2), round(end + margin, 2)
