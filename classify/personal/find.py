"""Finds the numbers that belong to a person: cards, documents, accounts, secrets.

A number is known by what it was called and by its length, or by its check digits alone where
these are strong. Telephone numbers, sums, dates and what belongs to companies stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from classify.personal.checks import (
    is_account,
    is_account_of_person,
    is_card,
    is_inn_of_person,
    is_snils,
)
from classify.personal.labels import Label, labels_in
from classify.personal.passwords import passwords_in
from classify.personal.pieces import Piece, begins_as_phone, dictations, own_digits, pieces_of
from models.vocabulary.transcript import PersonalKind, Segment


@dataclass(frozen=True, slots=True)
class Place:
    """Characters `start` to `end` of segment number `segment` that say (part of) a `kind`.

    `digits` counts the digits said there, 0 for a password.
    """

    segment: int
    start: int
    end: int
    kind: PersonalKind
    digits: int


_THREE_QUARTERS = 12
_MOST_STRANGE = 12
_PARTS: dict[Label | None, tuple[int, ...]] = {Label.CARD: (4, 8, 12), Label.PASSPORT: (4, 6)}
_CARD_NEAR = 12
_HOUR_LEAD = re.compile(r"\b(?:в|к|до|с|около|после|at|by|until|before|after)$")
_SERIES = re.compile(r"\bсери")
_SERIES_OR_NUMBER = re.compile(r"\b(?:сери|номер|number)")
_UNNAMED_CARDS = frozenset({15, 16, 18, 19})


def personal_places(segments: Sequence[Segment]) -> tuple[Place, ...]:
    """Every place of a call where a personal number or a password is said, in order."""
    pieces = pieces_of(segments)
    runs = dictations(pieces)
    kinds: dict[Piece, PersonalKind] = {}
    numbers: list[tuple[PersonalKind, str]] = []
    for run in runs:
        kind = _kind_of(run)
        if kind is not None:
            kinds |= dict.fromkeys(run, kind)
            numbers.append((kind, own_digits(run)[0]))
    for kind, run in list(_in_parts(runs, kinds)):
        kinds |= dict.fromkeys(run, kind)
        numbers.append((kind, own_digits(run)[0]))
    kinds |= _parts_said_again(runs, kinds, numbers)
    found = [_place(piece, kind) for piece, kind in kinds.items()]
    cards = [place.segment for place in found if place.kind is PersonalKind.CARD]
    cards += [
        index
        for index, segment in enumerate(segments)
        if any(one.label is Label.CARD for one in labels_in(segment.text))
    ]
    found += _card_details(segments, cards, kinds)
    for index, segment in enumerate(segments):
        found += [
            Place(index, start, end, PersonalKind.PASSWORD, 0)
            for start, end in passwords_in(segment.text)
        ]
    return _apart(found)


def _kind_of(run: Sequence[Piece]) -> PersonalKind | None:
    digits, own = own_digits(run)
    label = run[0].label
    if any(is_account(one) for one in (digits, *(piece.digits for piece in run))):
        theirs = is_account_of_person(digits) or is_account_of_person(run[0].digits)
        return PersonalKind.ACCOUNT if theirs else None
    if _has_card(own):
        return PersonalKind.CARD
    if label is None:
        return _kind_unnamed(digits, own)
    return _kind_named(label, digits, own)


def _kind_named(label: Label, digits: str, own: Sequence[Piece]) -> PersonalKind | None:
    count = len(digits)
    holds = {
        Label.CARD: count >= _THREE_QUARTERS and not begins_as_phone(own),
        Label.PASSPORT: _is_passport(digits, own),
        Label.SNILS: 9 <= count <= 11,
        Label.INN: count == 12,
        Label.SSN: count == 9,
        Label.CODE: 3 <= count <= 8 and not _HOUR_LEAD.search(own[0].lead),
        Label.SECURITY_CODE: 3 <= count <= 8,
    }
    return PersonalKind(label.value) if holds.get(label, False) else None


def _kind_unnamed(digits: str, own: Sequence[Piece]) -> PersonalKind | None:
    """What check digits and grouping tell where nobody said what is dictated."""
    cuts = _cuts(own)
    if is_snils(digits) and {3, 6, 9} <= cuts:
        return PersonalKind.SNILS
    if is_inn_of_person(digits):
        return PersonalKind.INN
    if len(digits) == 9 and sorted(cuts) == [3, 5, 9]:
        return PersonalKind.SSN
    return None


def _is_passport(digits: str, own: Sequence[Piece]) -> bool:
    """Series and number (4 + 6), either of them so called, or the nine of a foreign one."""
    cuts = _cuts(own)
    if len(digits) == 10:
        return 4 in cuts or cuts == {10}
    named = _SERIES if len(digits) == 4 else _SERIES_OR_NUMBER
    return len(digits) == 9 or (len(digits) in {4, 6} and bool(named.search(own[0].lead)))


def _has_card(own: Sequence[Piece]) -> bool:
    """Whether whole pieces in a row make a card."""
    return any(
        _is_card(said[first:last])
        for speaker in {None, *(piece.speaker for piece in own)}
        for said in [[piece for piece in own if speaker is None or piece.speaker is speaker]]
        for first in range(len(said))
        for last in range(first + 1, len(said) + 1)
    )


def _is_card(part: Sequence[Piece]) -> bool:
    """Check digit and length tell where a card was spoken of; else it must be grouped as well.

    A recogniser mishears digits: four groups of four right after «номер карты» are enough.
    """
    digits, cuts, age = "".join(piece.digits for piece in part), _cuts(part), part[0].card_age
    near = age is not None and age <= _CARD_NEAR
    usual = len(digits) in _UNNAMED_CARDS and _grouped(digits, cuts)
    if part[0].label is Label.OTHER and not near:
        return False
    misheard = usual and near and age is not None and age <= 3 and {4, 8, 12, 16} <= cuts
    return misheard or ((near or usual) and is_card(digits))


def _grouped(digits: str, cuts: frozenset[int]) -> bool:
    return cuts == {len(digits)} or ({4, 10} if len(digits) == 15 else {4, 8, 12}) <= cuts


def _in_parts(
    runs: Sequence[Sequence[Piece]], kinds: dict[Piece, PersonalKind]
) -> Iterator[tuple[PersonalKind, list[Piece]]]:
    """Numbers whose parts stand apart: «4276… сейчас, очки надену… 3801 5567 0011»."""
    part: list[Piece] = []
    for run in [*runs, []]:
        free = bool(run) and run[0] not in kinds
        goes_on = (
            free
            and bool(part)
            and run[0].label is part[0].label
            and not run[0].named_anew
            and run[0].strange <= _MOST_STRANGE
        )
        if not goes_on:
            yield from _whole(part)
            part = []
        if free and (len(own_digits(run)[0]) in _PARTS.get(run[0].label, ())):
            part = [*part, *run]
        elif part:
            yield from _whole(part)
            part = []


def _whole(part: list[Piece]) -> Iterator[tuple[PersonalKind, list[Piece]]]:
    """The parts, if together they are enough of a number."""
    if part and part[0].label is Label.CARD and len(own_digits(part)[0]) >= _THREE_QUARTERS:
        yield PersonalKind.CARD, part
    if part and part[0].label is Label.PASSPORT and len(own_digits(part)[0]) == 10:
        yield PersonalKind.PASSPORT, part


def _parts_said_again(
    runs: Sequence[Sequence[Piece]],
    kinds: dict[Piece, PersonalKind],
    numbers: Iterable[tuple[PersonalKind, str]],
) -> dict[Piece, PersonalKind]:
    """Parts of what was found that are said elsewhere; a card's last four digits may stand."""
    found = {}
    for piece in (piece for run in runs for piece in run if piece not in kinds):
        for kind, digits in numbers:
            last_four = kind is PersonalKind.CARD and digits.endswith(piece.digits)
            if len(piece.digits) < 4 or (last_four and len(piece.digits) == 4):
                continue
            if piece.digits in digits and piece.label is not Label.OTHER:
                found[piece] = kind
    return found


def _card_details(
    segments: Sequence[Segment], cards: Sequence[int], kinds: dict[Piece, PersonalKind]
) -> Iterator[Place]:
    """Expiry dates said near a card, also as orders («седьмой двадцать восьмой»)."""
    for piece in pieces_of(segments, ordinals=True) if cards else ():
        near = any(abs(piece.segment - card) <= _CARD_NEAR for card in cards)
        if (
            near
            and piece not in kinds
            and piece.label is Label.EXPIRY
            and 2 <= len(piece.digits) <= 8
        ):
            yield _place(piece, PersonalKind.EXPIRY)


def _cuts(pieces: Sequence[Piece]) -> frozenset[int]:
    cuts, at = set(), 0
    for piece in pieces:
        cuts |= {at + cut for cut in piece.cuts}
        at += len(piece.digits)
    return frozenset(cuts)


def _place(piece: Piece, kind: PersonalKind) -> Place:
    return Place(piece.segment, piece.start, piece.end, kind, len(piece.digits))


def _apart(places: Iterable[Place]) -> tuple[Place, ...]:
    """The places in order, of two that overlap the longer one."""
    kept: list[Place] = []
    for place in sorted(places, key=lambda one: (one.segment, one.start, -one.end)):
        if kept and kept[-1].segment == place.segment and place.start < kept[-1].end:
            if place.end - place.start > kept[-1].end - kept[-1].start:
                kept[-1] = place
            continue
        kept.append(place)
    return tuple(kept)
