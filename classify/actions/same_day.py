"""What is said again with less: a day without its month, an hour without its half of the day."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import time, timedelta

from classify.dates import TimeMention
from classify.dialogue import Talk, Turn

BACK = 6  # turns in which the day was named with its month
DAY = re.compile(
    r"\d{1,2}(?:-?г?о)?\b|"
    r"(?:перв|втор|трет|четв|пят|шест|седьм|восьм|девят|десят|надцат|двадцат|тридцат)"
    r"\w*(?:ого|его|ое|ому|ье)\b"
)
MONTH = re.compile(
    r"\b(?:январ|феврал|март|апрел|ма[йюея]\b|июн|июл|август|сентябр|октябр|ноябр|декабр)"
)
RELATIVE = re.compile(r"сегодня|завтра|через|недел")


def same_day(talk: Talk, turn: Turn, mention: TimeMention) -> TimeMention:
    """The mention on the day that was named with its month a few turns ago, if it is that day."""
    day, text = mention.date, mention.text.lower()
    if day is None or mention.past or not DAY.search(text) or MONTH.search(text):
        return mention
    if RELATIVE.search(text):
        return mention
    for before in talk.before(turn, BACK):
        for said in talk.times(before):
            other = said.date
            if other is None or other.day != day.day or other <= day:
                continue
            if MONTH.search(said.text.lower()):
                return replace(mention, date=other)
    return mention


EARLY, LATE = time(9), time(17)  # an hour before or since was said of the morning, the evening
NEAR = timedelta(hours=1)
SAID_PART: tuple[str, ...] = ("утр", "ноч", "дня", "днем", "вечер", "am", "pm", ":")
SAID_PART += ("morning", "afternoon", "evening", "night")


def of_evening(mention: TimeMention, part: str | None) -> time | None:
    """The hour of a mention, of the evening where that part of the day was named before it.

    «В среду вечером? Часов в восемь».
    """
    clock = mention.time
    if clock is None or part != "evening" or not 5 <= clock.hour < 12:
        return clock
    if any(word in mention.text.lower() for word in SAID_PART):
        return clock
    return clock.replace(hour=clock.hour + 12)


def of_same_half(mention: TimeMention, lying: time | None) -> TimeMention:
    """The mention with its bare hour in the half of the day in which the hour on the table lies.

    «В семь» after «в семь утра», and «в семь» against «в восемь утра».
    """
    clock = mention.time
    if clock is None or lying is None or any(word in mention.text.lower() for word in SAID_PART):
        return mention
    other = clock.replace(hour=(clock.hour + 12) % 24)
    near = abs(_since(other) - _since(lying)) <= NEAR
    if other == lying or (near and not EARLY <= lying < LATE):
        return replace(mention, time=other, part_of_day=None)
    return mention


def _since(clock: time) -> timedelta:
    return timedelta(hours=clock.hour, minutes=clock.minute)
