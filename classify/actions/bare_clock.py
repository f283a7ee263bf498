"""An hour said without its preposition, where the talk is of a time: «хорошо, одиннадцать»."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import time

from classify.actions.same_day import spoken_evening
from classify.actions.timing import Placed
from classify.dates import TimeMention, find_times
from classify.dialogue import Talk, Turn, token_at
from classify.text import Token

LONGEST = 4  # words of an hour: «без пятнадцати одиннадцать утра»
AROUND = frozenset(
    [
        "да",
        "хорошо",
        "ну",
        "тогда",
        "давайте",
        "давай",
        "ага",
        "угу",
        "ладно",
        "окей",
        "ок",
        "понял",
        "поняла",
        "значит",
        "ставлю",
        "записал",
        "записала",
        "пишу",
        "договорились",
        "можно",
        "лучше",
        "может",
        "ровно",
        "отлично",
        "так",
        "есть",
        "нормально",
        "годится",
        "удобно",
        "подходит",
        "подойдет",
        "пойдет",
        "жду",
        "на",
        "в",
        "к",
        "часов",
        "часам",
        "часа",
        "все",
        "принято",
        "решено",
        "устроит",
        "будет",
        "буду",
        "только",
        "тоже",
        "как",
        "раз",
        "вот",
        "именно",
        "супер",
        "идет",
        "по",
        "рукам",
        "а",
        "и",
        "или",
        "либо",
        "скажем",
        "например",
    ]
)
BEFORE = {"ru": "в", "en": "at"}  # what an hour has before it as usual
EARLIEST = 7  # a bare number below is an hour only where it has minutes or a part of the day


# How the words begin without which nothing is an hour: what spares reading all the others.
NUMBER = re.compile(
    r"\d|оди|одн|перв|дв|втор|тр|чет|пят|шест|сем|сед|вос|дев|дес|пол|без|час"
    r"|one|two|three|four|five|six|sev|eig|nine|ten|ele|tw|th|fo|fi|half|quarter|noon|midday"
)


ADDRESS = 6  # words of an address, whose numbers are no hours
OF_ADDRESS = re.compile(
    r"(?:улиц|дом$|квартир|корпус|строени|подъезд|этаж|офис|кабинет|проспект|переул|шоссе|кв$|ул$|"
    r"проезд|бульвар|комнат|участ|гараж|бокс|номер$|street|road|avenue|flat$|house$)"
)


def bare_clocks(talk: Talk, turn: Turn, offered: Collection[time] = ()) -> list[Placed]:
    """The hours that stand alone in a turn; none where the turn names an hour as usual.

    `offered` are hours that lie on the table: they may be said as a bare low number too.
    """
    if talk.context.language not in BEFORE or any(m.time for m in talk.times(turn)):
        return []
    out = []
    for start, end in _runs(talk, turn):
        mention = _clock(talk, turn, start, end, offered)
        if mention is not None:
            out.append(Placed(spoken_evening(talk, turn, mention), start, end, None))
    return out


def _runs(talk: Talk, turn: Turn) -> Iterator[tuple[int, int]]:
    """Runs of a few words between marks and other times, without the words of a yes around."""
    taken = {
        at
        for m in talk.times(turn)
        for at in range(token_at(turn, m.start), token_at(turn, max(m.start, m.end - 1)) + 1)
    }
    around = AROUND | talk.book.words("around_hour")
    start = address = 0
    for at, token in enumerate(turn.tokens):
        if OF_ADDRESS.match(token.form):
            address = at + ADDRESS
        if at in taken or at < address:
            start = at + 1
        elif token.comma or token.closes or at + 1 in taken or at + 1 == len(turn.tokens):
            low, high = _stripped(turn.tokens, start, at + 1, around)
            if 0 < high - low <= LONGEST:
                yield low, high
            start = at + 1


def _stripped(
    tokens: Sequence[Token], start: int, end: int, around: frozenset[str]
) -> tuple[int, int]:
    while start < end and tokens[start].form in around:
        start += 1
    while start < end and tokens[end - 1].form in around - {"часов", "часа"}:
        end -= 1
    return start, end


def _clock(
    talk: Talk, turn: Turn, start: int, end: int, offered: Collection[time]
) -> TimeMention | None:
    """The hour that these words are, read as if «в» stood before them."""
    if not any(NUMBER.match(token.form) for token in turn.tokens[start:end]):
        return None
    low, high = turn.tokens[start].start, turn.tokens[end - 1].end
    words = re.sub(r"['’](?:s|d|ll)$", "", (turn.meant or turn.text)[low:high])
    language = talk.context.language
    before = f"{BEFORE[language]} "
    found = find_times(before + words, talk.context.started_at, language=language)
    if len(found) != 1 or found[0].time is None or found[0].date is not None:
        return None
    mention = found[0]
    if mention.start != 0 or mention.end != len(words) + len(before):
        return None
    hour_only = end - start == 1 and not any(c in words for c in ":.-")
    earliest = EARLIEST if language == "ru" else 2
    if hour_only and mention.time not in offered and not earliest <= _hour(mention) <= 20:
        return None
    return replace(mention, start=low, end=high, text=words)


def _hour(mention: TimeMention) -> int:
    hour = mention.time.hour if mention.time else 0
    return hour - 12 if 12 < hour < 12 + EARLIEST and mention.part_of_day == "afternoon" else hour
