"""Which day and hour belong to which deed in a turn, and which were turned down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from classify.actions.english_verbs import is_verb as is_english_verb
from classify.actions.english_verbs import runs_on
from classify.actions.same_day import of_evening, same_day, spoken_evening
from classify.dates import TimeMention
from classify.dialogue import Talk, Turn, read_once, token_at
from classify.text import Token
from models.vocabulary.action import ActionType, SlotValue
from models.vocabulary.transcript import Speaker

VERBS = frozenset({"VERB", "INFN"})
LONGEST_REACH = 12  # words between a deed and its time
TIMED = frozenset({ActionType.MEETING_BOOKED, ActionType.FOLLOW_UP_AGREED})


@dataclass(frozen=True, slots=True)
class When:
    """A day, a clock time, or both; empty where nothing was said.

    `part` is a part of the day («вечером»): it makes no slot but tells the day when none is said.
    `earliest` is the hour of «после двух», which an hour said later replaces.
    """

    day: date | None = None
    clock: time | None = None
    part: str | None = None
    earliest: time | None = None

    def __bool__(self) -> bool:
        return self.day is not None or self.clock is not None

    def updated(self, other: When, *, keep_clock: bool = False) -> When:
        """This slot after another mention: a new day drops the old hour unless told otherwise."""
        part = other.part or self.part
        same_day = other.day is None or self.day in (None, other.day)
        kept = self if same_day or keep_clock else NEVER
        clock = other.clock or (None if other.earliest or other.clashes(kept) else kept.clock)
        earliest = other.earliest or kept.earliest
        return When(other.day or self.day, clock, part, None if clock else earliest)

    def agrees(self, other: When) -> bool:
        """Whether nothing in the two contradicts."""
        if self.clashes(other) or other.clashes(self):
            return False
        return (self.day is None or other.day is None or self.day == other.day) and (
            self.clock is None or other.clock is None or self.clock == other.clock
        )

    def clashes(self, other: When) -> bool:
        """Whether this part of a day, said without an hour, leaves no room for the other's hour."""
        if self.clock is not None or self.part not in HOURS or other.clock is None:
            return False
        first, last = HOURS[self.part]
        return not first <= other.clock.hour <= last


# The hours that a part of the day may mean, generously.
HOURS = {"morning": (5, 12), "afternoon": (11, 18), "evening": (15, 23)}
NEVER = When()


@dataclass(frozen=True, slots=True)
class Placed:
    """A time mention, its words in the turn and the verb it hangs on (none: it stands alone)."""

    mention: TimeMention
    start: int
    end: int
    head: int | None


@read_once
def placed(talk: Talk, turn: Turn) -> tuple[Placed, ...]:
    """The mentions of coming days and hours in a turn, each with its verb."""
    if not talk.times(turn):
        return ()
    heads = _heads(talk, turn)
    out = []
    for mention in talk.times(turn):
        start = token_at(turn, mention.start)
        end = token_at(turn, max(mention.start, mention.end - 1)) + 1
        own = _fronted(talk, turn, (start, end), heads)
        said = spoken_evening(talk, turn, same_day(talk, turn, mention))
        out.append(Placed(said, start, end, _head_of(turn, start, end, own)))
    return tuple(out)


BEHIND = 4  # words by which an English verb behind a time must be nearer than one before it


def _fronted(talk: Talk, turn: Turn, place: tuple[int, int], heads: Sequence[int]) -> list[int]:
    """The verbs that may own a time: in English it follows its verb where there is one before."""
    start, end = place
    if talk.context.language != "en":
        return list(heads)
    sentence = turn.tokens[start].sentence
    before = [h for h in heads if h < start and turn.tokens[h].sentence == sentence]
    reach = start - before[-1] - BEHIND if before else LONGEST_REACH
    return [h for h in heads if h < start or (h - end + 1 < reach and runs_on(turn.tokens, end, h))]


FAMILIES = ("send", "make", "pay", "pay_loose", "sign", "contact", "write", "meet", "visit", "look")


def heads_of(talk: Talk, turn: Turn) -> set[int]:
    """The verbs of deeds that an action can be, which own the times beside them."""
    deeds = talk.book.words(*FAMILIES)
    return {i for i, t in enumerate(turn.tokens) if _is_verb(t) and not deeds.isdisjoint(t.keys)}


STANCES = ("stance.accept", "stance.decline", "stance.defer", "stance.busy")


@read_once
def _heads(talk: Talk, turn: Turn) -> tuple[int, ...]:
    """The verbs that may own a time.

    Those that an action can be; in the client's words the finite ones of other deeds too
    («в четверг поставка приезжает»).
    """
    deeds = talk.book.words(*FAMILIES) - talk.book.words("no_deed")
    light = talk.book.words("light_verbs")
    stance = {i for cue in STANCES for h in talk.hits(cue, turn) for i in range(h.start, h.end)}
    other = turn.speaker is not Speaker.AGENT
    english = talk.context.language == "en"
    return tuple(
        index
        for index, token in enumerate(turn.tokens)
        if (is_english_verb(turn.tokens, index) if english else _is_verb(token))
        and (
            (not deeds.isdisjoint(token.keys) and not (index in stance and _suits(token)))
            or (other and index not in stance and light.isdisjoint(token.keys))
        )
    )


def _suits(token: Token) -> bool:
    """«Четвёртое подойдёт» says that a time is fine, not that somebody comes."""
    return token.form in ("подойдет", "подойдут", "подходит", "подходят")


def _is_verb(token: Token) -> bool:
    first = token.parses[0].grammemes if token.parses else frozenset()
    return not VERBS.isdisjoint(first) or "PRTS" in first


# After these another time is offered, which the verb before does not own.
ANEW = frozenset(["лучше", "давайте", "давай", "тогда"])


def _head_of(turn: Turn, start: int, end: int, heads: Sequence[int]) -> int | None:
    sentence = turn.tokens[start].sentence
    same = [
        h
        for h in heads
        if turn.tokens[h].sentence == sentence
        and not start <= h < end
        and ANEW.isdisjoint(t.form for t in turn.tokens[h + 1 : start])
    ]
    if same:
        best = min(same, key=lambda h: (_apart(turn, h, start, end), h < start))
        return best if _distance(best, start, end) <= LONGEST_REACH else None
    return None


COMMA = 3  # words that a mark between a verb and its time weighs


def _apart(turn: Turn, head: int, start: int, end: int) -> int:
    """How far a verb is from a time: words, and more where a mark stands between."""
    between = turn.tokens[head:start] if head < start else turn.tokens[end - 1 : head]
    return _distance(head, start, end) + COMMA * any(token.comma for token in between)


def _distance(head: int, start: int, end: int) -> int:
    return start - head if head < start else head - end + 1


def when(mentions: Sequence[TimeMention]) -> When:
    """What several mentions of one slot say together: the last day, the last clock time."""
    slot, week, named = When(), None, None
    for mention in mentions:
        day = mention.date
        if day is None and week is not None and mention.weekday is not None:
            day = week + timedelta(days=mention.weekday)
        week = mention.week or week
        part = None if mention.week or mention.weekday is not None else mention.part_of_day
        clock = of_evening(mention, named)
        named = mention.part_of_day or named
        slot = slot.updated(When(day, clock, part, mention.earliest))
    return slot


def times_for(talk: Talk, turn: Turn, start: int, end: int) -> list[Placed]:
    """The coming times that belong to the deed in words `start` to `end`.

    Its own sentence first; where that has none, a neighbouring sentence that has no verb.
    """
    coming = [p for p in placed(talk, turn) if not p.mention.past]
    heads = _cluster(talk, turn, start, end)
    own = [
        p
        for p in coming
        if (
            p.head in heads
            or (p.start < end and start < p.end)
            or (p.head is None and _close(p, start, end))
        )
        and turn.tokens[p.start].sentence == turn.tokens[start].sentence
    ]
    if own:
        return own
    sentence = turn.tokens[start].sentence
    alone = [p for p in coming if p.head is None]
    following = [p for p in alone if turn.tokens[p.start].sentence == sentence + 1]
    return following or [p for p in alone if turn.tokens[p.start].sentence == sentence - 1]


def _close(p: Placed, start: int, end: int) -> bool:
    return min(abs(p.start - end), abs(start - p.end)) <= LONGEST_REACH


VISIT_REACH = 6  # words between two verbs of one visit: «заедем к вам в пятницу покажем»


def _cluster(talk: Talk, turn: Turn, start: int, end: int) -> set[int]:
    """The verbs of a deed: those in its words and those chained to them («готовлю пришлю»)."""
    heads = _heads(talk, turn)
    coming = talk.book.words("visit", "meet", "look")
    visits = {h for h in heads if not coming.isdisjoint(turn.tokens[h].keys)}
    chain = {h for h in heads if start <= h < end}
    grown = True
    while grown:
        more = {
            h
            for h in heads
            if h not in chain
            and any(
                abs(h - c) <= (VISIT_REACH if {h, c} <= visits else 2)
                and turn.tokens[h].sentence == turn.tokens[c].sentence
                for c in chain
            )
        }
        chain |= more
        grown = bool(more)
    return chain


# The hour from which a part of the day no longer lies ahead.
PART_OVER = {"morning": 10, "noon": 13, "afternoon": 17, "evening": 22}


def settled(slot: When, said_at: datetime) -> When:
    """The slot as it stands in an action.

    On the call's day where only an hour or a part of the day still ahead was said; «после двух»
    settles no hour; an hour of the call's own day that is over is the one of the evening.
    """
    since = slot.clock or slot.earliest
    slot = When(slot.day, slot.clock, slot.part)
    if slot.day is None:
        ahead = since > said_at.time() if since else said_at.hour < _over(slot)
        return When(said_at.date(), slot.clock) if ahead else slot
    if slot.clock and slot.day == said_at.date() and slot.clock <= said_at.time():
        evening = time((slot.clock.hour + 12) % 24, slot.clock.minute)
        return When(slot.day, evening) if evening > said_at.time() else slot
    return slot


def _over(slot: When) -> int:
    return PART_OVER.get(slot.part or "", 0)


def iso(slot: When, said_at: datetime) -> dict[str, SlotValue]:
    """`datetime` where day and hour are settled, `date` where only the day is."""
    if slot.day is None:
        return {}
    if slot.clock is None:
        return {"date": slot.day.isoformat()}
    moment = datetime.combine(slot.day, slot.clock, tzinfo=said_at.tzinfo)
    return {"datetime": moment.isoformat()}


def due(slot: When, said_at: datetime) -> dict[str, SlotValue]:
    """The slot as a deadline."""
    value = next(iter(iso(slot, said_at).values()), None)
    return {} if value is None else {"due": value}
