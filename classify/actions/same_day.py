"""What is said again with less: a day without its month, an hour without its half of the day."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, time, timedelta

from classify.dates import TimeMention
from classify.dialogue import Talk, Turn

BACK = 6  # turns in which the day was named with its month
MONTH_BACK = 3  # turns in which the month of a bare day of the month was named
FARTHEST = timedelta(days=240)  # a month farther ahead is one gone by
DAY = re.compile(
    r"\d{1,2}(?:-?г?о|st|nd|rd|th)?\b|"
    r"(?:перв|втор|трет|четв|пят|шест|седьм|восьм|девят|десят|надцат|двадцат|тридцат)"
    r"\w*(?:ого|его|ое|ому|ье)\b|\b(?:first|second|third|\w+th)\b"
)
MONTHS = (
    r"\b(?:январ|january\b)",
    r"\b(?:феврал|february\b)",
    r"\b(?:март(?!иров)|march\b)",
    r"\b(?:апрел|april\b)",
    r"\b(?:ма[йюея]\b|маем\b|(?:in|of|until|till|by|early|late|mid|next) may\b|may (?:the|\d))",
    r"\b(?:июн|june\b)",
    r"\b(?:июл|july\b)",
    r"\b(?:август|august\b)",
    r"\b(?:сентябр|september\b)",
    r"\b(?:октябр|october\b)",
    r"\b(?:ноябр|november\b)",
    r"\b(?:декабр|december\b)",
)
MONTH = re.compile("|".join(f"({one})" for one in MONTHS))
RELATIVE = re.compile(r"сегодня|завтра|через|(?<!по)недел|today|tomorrow|week|fortnight|\bin\b")
WEEKDAY = re.compile(
    r"понедел|вторн|\bсред[уыае]|четверг|пятниц|суббот|воскресен|"
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
)


def same_day(talk: Talk, turn: Turn, mention: TimeMention) -> TimeMention:
    """The mention on the day, or in the month, that was spoken of a few turns ago."""
    text = mention.text.lower()
    if mention.date is None or mention.past or MONTH.search(text) or RELATIVE.search(text):
        return mention
    day = mention.date
    if mention.weekday is not None:
        return _on(mention, _numbered_before(talk, turn, day))
    if not DAY.search(text):
        return mention
    for before in talk.before(turn, BACK):
        for said in talk.times(before):
            other = said.date
            if other is None or other.day != day.day or other <= day:
                continue
            if MONTH.search(said.text.lower()):
                return replace(mention, date=other)
    if WEEKDAY.search(text):
        return mention
    return _on(mention, _in_month_before(talk, turn, mention.start, day.day))


def _on(mention: TimeMention, day: date | None) -> TimeMention:
    return mention if day is None else replace(mention, date=day)


def _numbered_before(talk: Talk, turn: Turn, coming: date) -> date | None:
    """«Третьего августа вернусь» — «В понедельник и возвращайтесь»: the Monday with a number."""
    for before in talk.before(turn, BACK):
        for said in reversed(talk.times(before)):
            text, other = said.text.lower(), said.date
            if other is None or said.past or said.bound == "by" or other <= coming:
                continue
            if said.weekday is None and DAY.search(text) and other.weekday() == coming.weekday():
                return other
    return None


def _in_month_before(talk: Talk, turn: Turn, start: int, day: int) -> date | None:
    """«К октябрю» — «Шестого звоните»: the number is a day of the month named last."""
    spoken = [turn.text[:start], *(t.text for t in talk.before(turn, MONTH_BACK))]
    for text in spoken:
        named = list(MONTH.finditer(text.lower()))
        if named:
            return _coming(talk.context.started_at.date(), named[-1].lastindex or 0, day)
    return None


def _coming(today: date, month: int, number: int) -> date | None:
    for year in (today.year, today.year + 1):
        try:
            day = date(year, month, number)
        except ValueError:
            return None
        if day >= today:
            return day if day - today <= FARTHEST else None
    return None


EARLY, LATE = time(9), time(17)  # an hour before or since was said of the morning, the evening
NEAR, STILL_NEAR = timedelta(hours=1), timedelta(hours=2)
HALF_BACK = 3  # turns in which the evening was named
LATEST = 9  # a bare hour above is hardly one of the evening: nobody comes or calls at ten
MORNING = re.compile(r"утр|morning|\bam\b|\d ?am\b|\b0?\d[:.]\d\d")
EVENING = re.compile(r"вечер|evening|tonight|\b(?:1[7-9]|2[0-3])[:.-]\d\d")
SAID_PART: tuple[str, ...] = ("утр", "ноч", "дня", "днем", "вечер", "am", "pm", ":")
SAID_PART += ("morning", "afternoon", "evening", "night")


def of_evening(mention: TimeMention, part: str | None) -> time | None:
    """The hour of a mention, of the evening where that part of the day was named before it.

    «В среду вечером? Часов в восемь».
    """
    clock = mention.time
    if clock is None or part != "evening" or not 5 <= clock.hour < 12 or _says_part(mention):
        return clock
    return clock.replace(hour=clock.hour + 12)


def spoken_evening(talk: Talk, turn: Turn, mention: TimeMention) -> TimeMention:
    """The mention with its bare hour in the evening that was spoken of just before it.

    «Вечером, после восьми» — «В полдевятого подъеду».
    """
    hour = mention.time or mention.earliest
    if hour is None or not 5 <= hour.hour <= LATEST or _says_part(mention):
        return mention
    named, later = _evening_before(talk, turn, mention), hour.replace(hour=hour.hour + 12)
    if named is None or not _leaves_room(named, later):
        return mention
    if mention.time is None:
        return replace(mention, earliest=later)
    return replace(mention, time=later, part_of_day="evening")


def _evening_before(talk: Talk, turn: Turn, mention: TimeMention) -> TimeMention | None:
    """The evening named last; none where it is another day's, did not suit or gave way."""
    day, evening = mention.date, None
    for said in _said_before(talk, turn, mention):
        if said.date and day and said.date != day:
            return None  # of that day the evening was said, too, where it named none
        day = day or said.date
        if evening is None and (said.refused or _says_part(said)):
            text = said.text.lower()
            if said.refused or MORNING.search(text) or not EVENING.search(text):
                return None
            evening = said
        if evening and evening.date:
            break
    return evening


def _leaves_room(evening: TimeMention, hour: time) -> bool:
    """Whether an hour may be of that evening: «до вечера» is none, «после девяти» begins later."""
    lying, ends = evening.time or evening.earliest, evening.bound == "by"
    if lying is None:
        return not ends
    if (ends and hour > lying) or (evening.earliest and hour < lying):
        return False
    return abs(_since(lying) - _since(hour)) <= STILL_NEAR


def _said_before(talk: Talk, turn: Turn, mention: TimeMention) -> Iterator[TimeMention]:
    """The coming times before one in its turn and in the turns before, the nearest first."""
    said = [one for one in talk.times(turn) if one.start < mention.start]
    for one in (said, *(talk.times(before) for before in talk.before(turn, HALF_BACK))):
        yield from (m for m in reversed(one) if not m.past)


def _says_part(mention: TimeMention) -> bool:
    """Whether its half of the day is told: by a word, by how it is written, by «через час»."""
    return mention.exact_offset or any(word in mention.text.lower() for word in SAID_PART)


def of_same_half(mention: TimeMention, lying: time | None) -> TimeMention:
    """The mention with its bare hour in the half of the day in which the hour on the table lies.

    «В семь» after «в семь утра», and «в семь» against «в восемь утра».
    """
    clock = mention.time
    if clock is None or lying is None or _says_part(mention):
        return mention
    other = clock.replace(hour=(clock.hour + 12) % 24)
    near = abs(_since(other) - _since(lying)) <= NEAR
    if other == lying or (near and not EARLY <= lying < LATE):
        return replace(mention, time=other, part_of_day=None)
    return mention


def _since(clock: time) -> timedelta:
    return timedelta(hours=clock.hour, minutes=clock.minute)
