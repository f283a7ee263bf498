"""Neighbouring frames of one utterance made one: «в среду, восемнадцатого, в тринадцать часов»."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from classify.timewords.frames import Frame, clock_of, united
from classify.timewords.numerals import words
from classify.timewords.resolve import day_of
from classify.timewords.tokens import Token

# Words that may stand between the pieces of one time.
_FILLERS = frozenset(
    words(
        "в во на к , - это то есть тоже давайте давай например скажем лучше ровно точно там "
        "ну вот так э ээ эээ значит уже где примерно приблизительно прямо прям у нас самое "
        "опять же можно at on the of in , um uh about around say by for"
    )
)
_LONGEST_GAP = 4


def joined(frames: Sequence[Frame], tokens: Sequence[Token], today: date) -> list[Frame]:
    """Folds frames from left to right as long as they say parts of one time."""
    result: list[Frame] = []
    for frame in frames:
        merged = _merged(result[-1], frame, tokens, today) if result else None
        if merged:
            result[-1] = merged
        else:
            result.append(frame)
    return [frame for frame in result if _company_kept(frame, result, tokens)]


def _merged(left: Frame, right: Frame, tokens: Sequence[Token], today: date) -> Frame | None:
    gap = [token.tag for token in tokens[left.last : right.first]]
    if len(gap) > _LONGEST_GAP or any(tag not in _FILLERS for tag in gap):
        return None
    end_of_range = _range(left, right, gap)
    if end_of_range:
        return end_of_range
    if left.needs == "behind":
        return None
    unlike = left.vague != right.vague and not _may_join_vague(left, right)
    if unlike or left.now or right.now or not _days_agree(left, right, today):
        return None
    if left.has_clock and right.has_clock:
        return _same_clock(left, right)
    frame = united(left, right)
    return replace(frame, vague=frame.vague and not frame.has_day) if frame else None


def _range(left: Frame, right: Frame, gap: Sequence[str]) -> Frame | None:
    """«С трёх до четырёх»: the beginning, with the end's part of day where it was said once."""
    opened = left.bound == "from" or "-" in gap
    if not (left.has_clock and right.has_clock and opened):
        return None
    if right.bound != "by" and "-" not in gap:
        return None
    part = left.part
    if part is None and left.hour is not None and right.hour is not None:
        part = right.part if left.hour < right.hour else None
    return replace(left, last=right.last, part=part, span=True, needs=None)


def _may_join_vague(left: Frame, right: Frame) -> bool:
    vague, other = (left, right) if left.vague else (right, left)
    if vague.open_clock:
        return other.has_day or other.part is not None
    return vague.weeks is not None and other.weekday is not None


def _same_clock(left: Frame, right: Frame) -> Frame | None:
    part = left.part or right.part
    if clock_of(replace(left, part=part)) != clock_of(replace(right, part=part)):
        return None
    return united(left, replace(right, hour=left.hour, minute=left.minute, literal=left.literal))


def _days_agree(left: Frame, right: Frame, today: date) -> bool:
    """Whether two days, if both are named, can be one («завтра, двадцатого»)."""
    if not (left.has_day and right.has_day):
        return True
    pair = {_day_kind(left), _day_kind(right)}
    if pair == {"weekday", "date"} or (pair == {"weekday", "distance"} and _weekly(left, right)):
        return True
    if len(pair) != 2:
        return False
    ours, theirs = (day_of(frame, today, past=False) for frame in (left, right))
    if pair == {"weekday", "distance"} and ours and theirs:
        return ours.weekday() == theirs.weekday()  # «сегодня вторник»
    return ours == theirs


def _day_kind(frame: Frame) -> str:
    if frame.days is not None or frame.months is not None:
        return "distance"
    return "date" if frame.day is not None else "weekday"


def _weekly(left: Frame, right: Frame) -> bool:
    return left.weeks is not None or right.weeks is not None


def _company_kept(frame: Frame, frames: Sequence[Frame], tokens: Sequence[Token]) -> bool:
    """Whether a bare number has the company that makes it a time."""
    if frame.needs is None:
        return True
    if frame.needs == "alone":
        return _stands_alone(frame, tokens)
    if frame.needs == "near":
        return any(_near(frame, other, tokens) for other in frames if other.has_day)
    return False


def _stands_alone(frame: Frame, tokens: Sequence[Token]) -> bool:
    before = tokens[frame.first - 1].tag if frame.first else "."
    after = tokens[frame.last].tag if frame.last < len(tokens) else "."
    return before in {".", ",", "давайте", "давай", "лучше"} and after in {".", ","}


def _near(frame: Frame, other: Frame, tokens: Sequence[Token]) -> bool:
    left, right = sorted((frame, other), key=lambda item: item.first)
    gap = tokens[left.last : right.first]
    return len(gap) <= _LONGEST_GAP and all(token.tag != "." for token in gap)
