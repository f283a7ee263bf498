"""`meeting_booked` and `meeting_held`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta

from classify.actions.agreement import Standing, Table, Topic
from classify.actions.english_replies import unrefused
from classify.actions.findings import Findings
from classify.actions.quoting import telling
from classify.actions.timing import iso, placed, settled
from classify.actions.twins import plainer_twin
from classify.citation import clause, make_action, quote
from classify.dates import find_times
from classify.dialogue import Hit, Talk, Turn
from models.vocabulary.action import Action, ActionStatus, ActionType, SlotValue

TOPIC = Topic(
    name="meeting",
    either="meeting.propose",
    agent="meeting.propose_agent",
    client="meeting.propose_client",
    arranged="meeting.arranged",
    against="meeting.against",
    condition="meeting.condition",
    blocked_by="meeting_held.held",
    unnamed=True,
)

STATUS = {
    Standing.AGREED: ActionStatus.DONE,
    Standing.OPEN: ActionStatus.PROPOSED,
    Standing.DEFERRED: ActionStatus.PROPOSED,
    Standing.DECLINED: ActionStatus.DECLINED,
}


def find_booked(talk: Talk, found: Findings) -> list[Action]:
    """The meeting as it stands at the end of the call, with its last slot."""
    table = found.tables.get(TOPIC.name)
    if table is None or plainer_twin(table, found.tables.get("follow_up")):
        return []
    status = final_status(table)
    if table.standing is Standing.OPEN and unrefused(talk, table):
        status = ActionStatus.DONE
    slot = table.kept if status is ActionStatus.DECLINED else table.slot
    when = iso(settled(slot, talk.context.started_at), talk.context.started_at)
    if undated(talk, status, when):
        return []
    slots: dict[str, SlotValue] = when | _where(talk, table)
    return [
        make_action(
            ActionType.MEETING_BOOKED,
            status,
            table.turn,
            telling(talk, table.turn, table.place),
            whole_clause=False,
            cues=table.cues,
            slots=slots,
            confidence=0.85,
        )
    ]


def undated(talk: Talk, status: ActionStatus, when: Mapping[str, SlotValue]) -> bool:
    """Whether the English wordings, which are wide, found a meeting agreed on for no day."""
    return talk.context.language == "en" and status is ActionStatus.DONE and not when


def final_status(table: Table) -> ActionStatus:
    """An offer that stayed open after a cancellation leaves the cancellation standing."""
    unsettled = table.standing in (Standing.OPEN, Standing.DEFERRED)
    if unsettled and (table.refused_whole or _cancelled(table)):
        return ActionStatus.DECLINED
    return STATUS[table.standing]


def _cancelled(table: Table) -> bool:
    return table.was_agreed and any(cue.startswith("declined") for cue in table.cues)


def _where(talk: Talk, table: Table) -> dict[str, SlotValue]:
    turns = [talk.turns[i] for i in table.turns]
    if any(talk.has("meeting.online", turn) for turn in turns):
        return {"online": True}
    for turn in reversed(turns):
        for hit in talk.hits("meeting.place", turn):
            return {"place": quote(turn, hit.start, hit.end)[0]}
    return {}


def find_held(talk: Talk, _: Findings) -> list[Action]:
    """A past meeting of the two sides that one of them refers to."""
    hits = [*talk.all_hits("meeting_held.held"), *_timed_past(talk)]
    hits.sort(key=lambda h: (h.turn.index, h.start))
    hit = next((h for h in hits if not _third_party(talk, h)), None)
    if hit is None:
        return []
    return [
        make_action(
            ActionType.MEETING_HELD,
            ActionStatus.DONE,
            hit.turn,
            (hit.start, hit.end),
            cues=(f"{hit.cue}: {hit.wording}",),
            slots=_past_day(talk, hit.turn, hit) or _day_beside(talk, hit.turn),
        )
    ]


BESIDE = 9  # words between a past deed and its day


def _timed_past(talk: Talk) -> list[Hit]:
    """«You had a chap round last Friday»: deeds of a meeting beside a day that is over."""
    return [
        hit
        for hit in talk.all_hits("meeting_held.timed")
        for p in placed(talk, hit.turn)
        if (p.mention.past or _last(p.mention.text))
        and hit.turn.tokens[p.start].sentence == hit.turn.tokens[hit.start].sentence
        and p.start - hit.end <= BESIDE >= hit.start - p.end
    ]


def _last(text: str) -> bool:
    return text.lower().startswith(("last ", "on last ", "yesterday"))


_BOTH_SIDES = frozenset(
    [
        "наш",
        "ваш",
        "мы",
        "вы",
        "вами",
        "вам",
        "вас",
        "нам",
        "нас",
        "нами",
        "our",
        "your",
        "we",
        "you",
    ]
)


def _third_party(talk: Talk, hit: Hit) -> bool:
    words = hit.turn.tokens[hit.start : hit.end]
    if any(not _BOTH_SIDES.isdisjoint({t.form, *t.keys}) for t in words):
        return False
    return any(
        other.turn.tokens[other.start].sentence == hit.turn.tokens[hit.start].sentence
        and abs(other.start - hit.end) < 6
        for other in talk.hits("meeting_held.others", hit.turn)
    )


ADJECTIVES = ("понедельнич", "вторничн", "сред", "четверго", "пятничн", "субботн", "воскресн")
DAY_NAMED = re.compile(
    r"\b(?:(поза)?вчерашн|(понедельнич|вторничн|четверго|пятничн|субботн|воскресн))"
)


def _adjectives(words: str, today: date) -> list[date]:
    """The day of «субботнего осмотра», «вчерашней встречи»: the last such day before the call."""
    named = DAY_NAMED.search(words)
    if named is None:
        return []
    if named[2] is None:
        return [today - timedelta(days=2 if named[1] else 1)]
    back = (today.weekday() - ADJECTIVES.index(named[2])) % 7 or 7
    return [today - timedelta(days=back)]


def _day_beside(talk: Talk, turn: Turn) -> dict[str, SlotValue]:
    """The past day that the other side names in answer («приезжал, двадцатого ноября»)."""
    sets = ("been", "met", "looked", "shared", "live_talk", "stayed")
    deeds = talk.book.words(*sets)
    said_at = talk.context.started_at
    for other in talk.near(turn, 1):
        if any(t.has("past") and not deeds.isdisjoint(t.keys) for t in other.tokens):
            times = find_times(other.text, said_at, language=talk.context.language, past=True)
            days = [m.date for m in times if m.date and m.date < said_at.date()]
            if days:
                return {"date": days[0].isoformat()}
    return {}


def _past_day(talk: Talk, turn: Turn, hit: Hit) -> dict[str, SlotValue]:
    """The day of a past meeting: said beside it, a weekday in a week that was named too."""
    start, end = clause(turn, hit.start, hit.end)
    said_at = talk.context.started_at
    low = turn.tokens[max(0, start - 5)].start
    high = turn.tokens[min(len(turn.tokens), end + 5) - 1].end
    near = [
        m
        for m in find_times(turn.text, said_at, language=talk.context.language, past=True)
        if low <= m.start < high
    ]
    week = next((m.week for m in near if m.week is not None and m.date is None), None)
    days = [m.date for m in near if m.date is not None and m.date < said_at.date()]
    days = days or _adjectives(turn.text[low:high].lower(), said_at.date())
    if not days:
        return {}
    day = days[0] if week is None else week + timedelta(days=days[0].weekday())
    return {"date": day.isoformat()}


__all__ = ["TOPIC", "find_booked", "find_held"]
