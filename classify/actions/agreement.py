"""Agreement is a pair: who put what on the table, who took it, who took it back.

Every topic that takes two (a meeting, a next contact) has a table. The turns are read in order;
each may put something on a table, answer what lies there, move it to another time or clear it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from classify.actions.answers import NOT_YES, Reading, answered, closed, continued, sees_again
from classify.actions.english_focus import spoken_of, turned_down_beside
from classify.actions.moves import Move, last_move, moves_of
from classify.actions.named_times import times_said
from classify.actions.said_back import says_back
from classify.actions.table import (
    Said,
    Standing,
    Table,
    Topic,
    agreed,
    cleared,
    countered,
    opened,
)
from classify.actions.timing import NEVER, placed, times_for, when
from classify.actions.unnamed import unnamed
from classify.dialogue import Hit, Talk, Turn
from models.vocabulary.transcript import Speaker

__all__ = ["Standing", "Table", "Topic", "track"]

WARM = 3  # turns after which a bare «хорошо» or a bare hour no longer speaks of the table
LONG = 10  # turns after which even an offered time said again opens the matter no more
OF_MEETINGS = ("visit", "meet_verb", "meeting_noun", "expert", "come_not", "look")
OF_TOPIC = frozenset({"propose", "arranged", "against"})


def track(talk: Talk, topics: Sequence[Topic]) -> dict[str, Table]:
    """Follows every topic through the call; gives the tables as they lie at its end."""
    tables: dict[str, Table] = {}
    for turn in talk.turns:
        if turn.machine or not turn.tokens:
            continue
        asked = _asked(talk, tables, turn)
        latest = max((table.last_turn for table in tables.values()), default=0)
        english = talk.context.language == "en"
        spoken = spoken_of(talk, turn, tables, topics) if english else None
        for topic in topics:
            table = tables.get(topic.name)
            if spoken is not None and topic.name not in spoken:
                fallen = turned_down_beside(talk, turn, table) if table else None
                tables |= {topic.name: fallen} if fallen else {}
                continue
            if table is None:
                since = LONG if topic.not_now and tables else 1
                after = _put_down(talk, turn, topic, unclaimed=latest < turn.index - since)
            else:
                warm = table.last_turn == latest and turn.index - table.last_turn <= WARM
                elsewhere = _elsewhere(talk, turn, table, topics)
                answers = topic.name in asked and not (
                    elsewhere and table.standing is Standing.DECLINED
                )
                after = _spoken_to(talk, turn, table, answers=answers, warm=warm and not elsewhere)
            if after is not None:
                tables[topic.name] = after
    return tables


def _elsewhere(talk: Talk, turn: Turn, table: Table, topics: Sequence[Topic]) -> bool:
    """Whether a turn, once this table is settled, puts something on another: its times go there."""
    if table.standing not in (Standing.AGREED, Standing.DECLINED):
        return False
    offers = {t.name for t in topics for m in moves_of(talk, turn, t) if m.kind == "propose"}
    return bool(offers) and table.topic.name not in offers


def _asked(talk: Talk, tables: Mapping[str, Table], turn: Turn) -> set[str]:
    """The tables that a bare answer in this turn would speak to.

    The ones touched last, unless the other side has asked something else since.
    """
    last = next((t for t in talk.before(turn, 2) if t.speaker is not turn.speaker), None)
    waiting = {
        name: table.last_turn
        for name, table in tables.items()
        if (table.holder is not turn.speaker or table.weak)
        and turn.index - table.last_turn <= WARM
        and not (last is not None and _asks_else(talk, last, table))
    }
    if not waiting:
        return set()
    latest = max(waiting.values())
    return {name for name, touched in waiting.items() if touched == latest}


def _asks_else(talk: Talk, turn: Turn, table: Table) -> bool:
    """Whether a turn asks something that is not about the table."""
    if turn.index > table.last_turn:
        return talk.asks(turn)
    if table.standing is not Standing.AGREED or not turn.tokens or not turn.tokens[-1].closes:
        return False
    sentence = turn.tokens[-1].sentence
    if "?" not in turn.tokens[-1].closes or sentence == turn.tokens[0].sentence:
        return False
    about = [p.start for p in placed(talk, turn)]
    about += [m.hit.start for m in moves_of(talk, turn, table.topic)]
    return not any(turn.tokens[at].sentence == sentence for at in about)


def _invited(talk: Talk, turn: Turn, topic: Topic, first: Move, *, unclaimed: bool) -> Table | None:
    """«Часов в двенадцать?» — «Заезжайте»: the answer tells what the offer was."""
    before = next((t for t in talk.before(turn, 1) if t.speaker is not turn.speaker), None)
    asked = [t for t in turn.tokens[first.hit.start : first.hit.end] if t.has("impr")]
    if before is None or not unclaimed or not asked or turn.asks(first.hit.start):
        return None
    said = times_said(talk, before, (), None, free=True)
    if not said.slot or said.options:
        return None
    offer = Hit("", before, max(0, said.at), max(0, said.at) + 1, "names a time")
    return agreed(opened(topic, offer, Standing.OPEN, said), first.hit, said.slot)


DAY_BACK = 3  # turns in which the day of an hour offered alone was named


def _on_last_day(talk: Talk, turn: Turn, topic: Topic, said: Said) -> Said:
    """«Завтра работаете?» — «До шести» — «В три буду»: an hour offered alone is of that day."""
    if not topic.unnamed or said.slot.clock is None or said.slot.day is not None:
        return said
    for before in talk.before(turn, DAY_BACK):
        free = [p for p in placed(talk, before) if p.head is None or not topic.not_now]
        days = [p.mention.date for p in free if p.mention.date and not p.mention.past]
        if days:
            return replace(said, slot=replace(said.slot, day=days[-1]))
    return said


def _put_down(talk: Talk, turn: Turn, topic: Topic, *, unclaimed: bool) -> Table | None:
    """What a turn puts on an empty table.

    `unclaimed`: the turn before spoke of no other table.
    """
    moves = moves_of(talk, turn, topic)
    first = next((m for m in moves if m.kind in ("propose", "arranged")), None)
    if first is not None and topic.unnamed:
        first = next((m for m in moves if m.kind == "arranged"), first)
    if first is None and (topic.unnamed or topic.not_now) and unclaimed:
        taken = unnamed(talk, turn, topic)
        if taken is not None:
            return taken
    if first is None:
        unwanted = talk.hits(f"{topic.name}.unwanted", turn)
        if unwanted and turn.speaker is Speaker.CLIENT:
            named = times_for(talk, turn, unwanted[0].start, unwanted[0].end)
            said = Said(when([p.mention for p in named]))
            return cleared(opened(topic, unwanted[0], Standing.OPEN, said), unwanted[0], whole=True)
        conditional = [hit for hit in talk.hits(topic.condition, turn) if _names(talk, topic, hit)]
        return opened(topic, conditional[0], Standing.DEFERRED, Said()) if conditional else None
    said = _on_last_day(talk, turn, topic, times_said(talk, turn, moves, None, free=False))
    if not said.slot and not said.options and first.kind == "propose":
        invited = _invited(talk, turn, topic, first, unclaimed=unclaimed)
        if invited is not None:
            return invited
    back = bool(topic.not_now) and says_back(talk, turn, said)
    standing = Standing.AGREED if back or first.kind == "arranged" else Standing.OPEN
    table = opened(topic, first.hit, standing, said)
    against = last_move(moves, ("against",))
    if against and against.hit.end > first.hit.end - (first.kind == "arranged"):
        return cleared(table, against.hit, whole=True)
    return table


def _names(talk: Talk, topic: Topic, hit: Hit) -> bool:
    """Whether a condition names the thing that hangs on it («если так» alone is of anything)."""
    if talk.context.language == "en":
        return True
    families = ("contact",) if topic.not_now else OF_MEETINGS
    words = talk.book.words(*families)
    return any(not words.isdisjoint(token.keys) for token in hit.turn.tokens[hit.start : hit.end])


def _spoken_to(talk: Talk, turn: Turn, table: Table, *, answers: bool, warm: bool) -> Table | None:
    """What a turn does to a table on which something lies already."""
    moves: Sequence[Move] = moves_of(talk, turn, table.topic)
    if table.topic.unnamed and not (answers or warm) and table.standing is Standing.OPEN:
        moves = [m for m in moves if m.kind != "against" or _names(talk, table.topic, m.hit)]
    said = times_said(talk, turn, moves, table, free=answers or warm)
    if not said.slot and not said.options and _lies_open(turn, table):
        said = times_said(talk, turn, moves, table, free=True)
        warm = warm or (bool(said.slot) and _points_at(table, said))
    timed = warm and bool(said.slot or said.options)
    of_topic = any(move.kind in OF_TOPIC for move in moves)
    if turn.speaker is table.holder and table.standing is Standing.OPEN and warm:
        taken = closed(table, Reading(talk, turn, moves, said, False))
        if taken is not None:
            return taken
    asked = _time_asked(talk, turn, table, moves) if warm and not said.slot else None
    if asked is not None:
        return asked
    sees = table.standing is Standing.OPEN and sees_again(talk, turn, table)
    if not (answers or timed or of_topic or sees):
        return None
    reading = Reading(talk, turn, moves, said, answers or timed)
    mine = turn.speaker is table.holder
    if mine and table.standing is not Standing.AGREED and not table.weak:
        return continued(table, reading)
    return answered(table, reading)


def _lies_open(turn: Turn, table: Table) -> bool:
    return table.standing is Standing.OPEN and turn.index - table.last_turn <= LONG


def _points_at(table: Table, said: Said) -> bool:
    """Whether a time is one that was offered: it speaks of the offer after other matters too."""
    offered = table.options or (table.slot,)
    return any(
        (said.slot.day is not None and said.slot.day == slot.day)
        or (said.slot.clock is not None and said.slot.clock == slot.clock)
        for slot in offered
    )


def _time_asked(talk: Talk, turn: Turn, table: Table, moves: Sequence[Move]) -> Table | None:
    """«Во сколько вам удобно?»: the answer to it will speak of this table."""
    asks = talk.hits("stance.asks_time", turn)
    if not asks or any(m.kind in ("accept", "propose", *NOT_YES) for m in moves):
        return None
    index = turn.index
    if table.standing is Standing.DECLINED:
        return None if turn.speaker is table.holder else countered(table, asks[0], NEVER)
    holder = turn.speaker if table.standing is Standing.AGREED else table.holder
    return replace(table, holder=holder, last_turn=index, turns=(*table.turns, index))
