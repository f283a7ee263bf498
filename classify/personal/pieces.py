"""Stretches of a call in which somebody dictates digits, and what stands around them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from classify.dictation import Dictated, dictated
from classify.personal.labels import Label, Named, labels_in
from classify.timewords.numerals import fold, words
from models.vocabulary.transcript import Segment, Speaker


@dataclass(frozen=True, slots=True)
class Piece:
    """Digits that were said in one breath: characters `start` to `end` of one segment.

    `cuts` are the places in `digits` where one number ended and the next began. `label` is what
    the words before call it, `label_age` how many segments ago they were said. `strange` counts
    the words since the piece before that are no part of a dictation («да, записываю» is). `lead`
    are the last words before it in its segment, folded. `card_age` tells how many segments ago
    a card was spoken of.
    """

    segment: int
    speaker: Speaker
    start: int
    end: int
    digits: str
    cuts: frozenset[int] = frozenset()
    label: Label | None = None
    label_age: int = 0
    strange: int = 0
    named_anew: bool = False
    lead: str = ""
    card_age: int | None = None


_JOINTS = frozenset(
    words(
        "и э ээ эм мм м дальше далее потом затем тире дефис пробел снова опять ну "
        "and then dash space hyphen um uh"
    )
)
_FILLERS = _JOINTS | frozenset(
    words(
        "да так угу ага ок окей хорошо понял поняла записал записала записываю пишу записано есть "
        "принято принял слушаю диктуйте диктую продолжайте продолжаю теперь после этого еще вот "
        "верно правильно точно все говорите секунду секундочку минуту момент ой извините "
        "повторите повторяю номер номера серия серии последние цифры идет готов готова можете "
        "раз давайте уже внимательно yes yeah yep ok okay right got it go on "
        "next correct sure ready listening hm hmm mhm aha alright now the number is and sorry "
        "one moment please continue i'm i am here so it's thats that's"
    )
)
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_PHONE = re.compile(r"[78]\d{10}|9\d{9}")
_REACH = {
    Label.CARD: 12,
    Label.PASSPORT: 6,
    Label.SNILS: 4,
    Label.INN: 3,
    Label.ACCOUNT: 4,
    Label.SECURITY_CODE: 4,
    Label.EXPIRY: 3,
    Label.SSN: 4,
    Label.CODE: 4,
    Label.OTHER: 2,
}
_AFTER_CHARS = 24
_LEAD_WORDS = 3


def pieces_of(segments: Sequence[Segment], *, ordinals: bool = False) -> list[Piece]:
    """All digits said in a call, in order; sums, dates and hours are left out.

    Args:
        segments: the call's utterances.
        ordinals: whether orders count too («седьмой двадцать восьмой» on a card).
    """
    found: list[Piece] = []
    current: Named | None = None
    age, strange, named_anew = 0, 0, False
    card_at: int | None = None
    for index, segment in enumerate(segments):
        labels = labels_in(segment.text)
        at = 0
        for run in _runs(segment.text, labels, ordinals=ordinals):
            start, end = run[0].start, run[-1].end
            passed = [one for one in labels if at <= one.start < start]
            if any(one.label is Label.CARD for one in passed):
                card_at = index
            if passed:
                current, age, named_anew = passed[-1], index, True
            strange += _strange(segment.text[at:start])
            label = current.label if current else None
            if label is not None and index - age > _REACH[label]:
                label = None
            found.append(
                Piece(
                    index,
                    segment.speaker,
                    start,
                    end,
                    "".join(one.digits for one in run),
                    _cuts(run),
                    label or _named_after(segment.text, labels, end),
                    index - age if label else 0,
                    strange if found else 0,
                    named_anew,
                    " ".join(_WORD.findall(fold(segment.text[at:start]))[-_LEAD_WORDS:]),
                    None if card_at is None else index - card_at,
                )
            )
            if label is Label.OTHER:
                current = None  # it names one number
            strange, named_anew, at = 0, False, end
        rest = [one for one in labels if one.start >= at]
        if any(one.label is Label.CARD for one in rest):
            card_at = index
        if rest:
            current, age, named_anew = rest[-1], index, True
        strange += _strange(segment.text[at:])
    return found


def dictations(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """Pieces that go on from each other with nothing but «угу», «дальше» in between."""
    runs: list[list[Piece]] = []
    for piece in pieces:
        phones = _is_phone(piece) or (runs and _is_phone(runs[-1][-1]))
        if runs and not (piece.strange or piece.named_anew or phones):
            runs[-1].append(piece)
        else:
            runs.append([piece])
    return runs


def own_digits(run: Sequence[Piece]) -> tuple[str, list[Piece]]:
    """The digits of a dictation without what the other side said back, and who dictated them."""
    digits = ""
    own: list[Piece] = []
    for piece in run:
        said_back = own and piece.speaker is not own[-1].speaker and digits.endswith(piece.digits)
        if not said_back:
            digits += piece.digits
            own.append(piece)
    return digits, own


def _is_phone(piece: Piece) -> bool:
    return bool(_PHONE.fullmatch(piece.digits)) and piece.label is not Label.SNILS


def begins_as_phone(run: Sequence[Piece]) -> bool:
    """Whether the first eleven digits of a dictation are a telephone number by themselves."""
    return 11 in run[0].cuts and bool(_PHONE.fullmatch(run[0].digits[:11]))


def _runs(text: str, labels: Sequence[Named], *, ordinals: bool) -> list[list[Dictated]]:
    runs: list[list[Dictated]] = []
    last: Dictated | None = None
    for number in dictated(text):
        inside_label = any(one.start <= number.start < one.end for one in labels)
        plain = not (number.measured or number.glued or inside_label)
        if plain and (ordinals or not number.ordinal):
            joined = (
                last is not None
                and not _PHONE.fullmatch(number.digits)
                and not _PHONE.fullmatch(last.digits)
                and _joins(text[last.end : number.start])
            )
            if joined:
                runs[-1].append(number)
            else:
                runs.append([number])
            last = number
        else:
            last = None
    return runs


def _joins(gap: str) -> bool:
    words = [fold(word) for word in _WORD.findall(gap)]
    return len(gap) < 60 and all(word in _JOINTS for word in words) and "+" not in gap


def _strange(gap: str) -> int:
    return sum(fold(word) not in _FILLERS for word in _WORD.findall(gap))


def _named_after(text: str, labels: Sequence[Named], end: int) -> Label | None:
    """«…, это номер карты»: a label that follows at once."""
    after = [one for one in labels if end <= one.start <= end + _AFTER_CHARS]
    return after[0].label if after and "." not in text[end : after[0].start] else None


def _cuts(run: Sequence[Dictated]) -> frozenset[int]:
    cuts, at = set(), 0
    for number in run:
        at += len(number.digits)
        cuts.add(at)
    return frozenset(cuts)
