"""A time that two agree on without naming what for: «двадцатого с трёх?» — «с трёх, да»."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import time

from classify.actions.bare_clock import bare_clocks
from classify.actions.moves import Move, last_move, moves_of
from classify.actions.named_times import times_said
from classify.actions.table import Said, Standing, Table, Topic, agreed, opened
from classify.actions.timing import NEVER, When, placed
from classify.dialogue import Hit, Talk, Turn
from models.vocabulary.transcript import Speaker

BACK = 6  # turns in which what the time is for would have been said
BACK_ENGLISH = 2  # the English words of other deeds are wide
SHORT = 10  # words of an English turn that offers the time it names
REFUSING = ("decline", "against", "defer", "busy")


def unnamed(talk: Talk, turn: Turn, topic: Topic) -> Table | None:
    """A day with an hour, offered in the turn before and taken in this one, that nothing else owns.

    None where a delivery, a paper, a payment, a call or another deed was spoken of lately.
    """
    before = next((t for t in talk.before(turn, 1) if t.speaker is not turn.speaker), None)
    if before is None or not (placed(talk, before) or bare_clocks(talk, before)):
        return None
    theirs = bool(topic.not_now) and talk.has("follow_up.deliberates", before)
    if theirs or (talk.context.language == "en" and not _offers(talk, before)):
        return None
    moves = moves_of(talk, turn, topic)
    if last_move(moves, REFUSING) or turn.asks(len(turn.tokens) - 1):
        return None
    offered, answer = _time(talk, before, NEVER), _time(talk, turn, NEVER)
    taken = _taken(moves, turn, offered, answer)
    if taken is None or not _ours(talk, turn, topic):
        return None
    slot = _day_of(talk, before, offered.updated(answer))
    if topic.unnamed and (slot.day is None or _hour(slot) is None):
        return None
    table = opened(
        topic, Hit("", before, 0, len(before.tokens), "offers a time"), Standing.OPEN, Said(slot)
    )
    return agreed(table, taken, slot)


def _offers(talk: Talk, turn: Turn) -> bool:
    """Whether an English turn asks or offers: «Sunday at five?»."""
    asks = turn.may_ask or any(talk.has("stance.asks_time", t) for t in talk.before(turn, 1))
    return asks or any(len(turn.tokens) <= SHORT and p.mention.time for p in placed(talk, turn))


def _time(talk: Talk, turn: Turn, kept: When) -> When:
    said = times_said(talk, turn, (), None, free=True)
    until = [p for p in placed(talk, turn) if p.mention.bound == "by" and p.mention.time]
    if said.options or (until and not turn.asks(until[0].start)):
        return NEVER
    slot = kept.updated(said.slot)
    if slot.clock is None:
        for place in bare_clocks(talk, turn):
            slot = slot.updated(When(None, place.mention.time))
    return slot


def _taken(moves: Sequence[Move], turn: Turn, offered: When, answer: When) -> Hit | None:
    """The words that take the offered hour: a yes, or the same hour again."""
    if not offered.agrees(answer):
        return None
    yes = last_move(moves, ("accept",))
    if yes is not None and (offered or answer or offered.earliest or answer.earliest):
        return yes.hit
    same = bool(answer or answer.earliest) and _same(offered, answer)
    return Hit("", turn, 0, len(turn.tokens), "says the hour back") if same else None


def _hour(slot: When) -> time | None:
    return slot.clock or slot.earliest


def _same(offered: When, answer: When) -> bool:
    return (answer.day is None or offered.day in {None, answer.day}) and (
        _hour(answer) is None or _hour(answer) == _hour(offered)
    )


def _ours(talk: Talk, turn: Turn, topic: Topic) -> bool:
    """Whether what was said of late gives the time to the topic, or at least to no other deed."""
    lately = [turn, *talk.before(turn, BACK_ENGLISH if talk.context.language == "en" else BACK)]
    not_now = any(talk.has("follow_up.not_now", t) for t in lately if t.speaker is Speaker.CLIENT)
    if topic.not_now:
        deeds = ("stance.paper_deed", "stance.goods_deed")
        return not_now and not any(talk.has(deed, t) for t in lately[:3] for deed in deeds)
    return not not_now and not any(talk.has("stance.other_deed", t) for t in lately)


def _day_of(talk: Talk, before: Turn, slot: When) -> When:
    """The slot with the day that was named last, a few turns back at most."""
    for turn in talk.before(before, BACK - 1):
        if slot.day is not None:
            break
        day = _time(talk, turn, NEVER).day
        if day is not None:
            slot = replace(slot, day=day)
    return slot
