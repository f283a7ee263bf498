"""How a table changes when a side speaks to it: goes on, answers, moves it, takes it back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from classify.actions.consent import consent, echo, only_listens, ordinal_choice
from classify.actions.english_replies import answers_else, first_offer, goes_on
from classify.actions.moves import Move, decisive, last_move, moves_of
from classify.actions.said_back import put_off, says_back
from classify.actions.shifts import shifted
from classify.actions.table import Said, Standing, Table, agreed, cleared, countered
from classify.actions.timing import NEVER, When
from classify.dialogue import Hit, Talk, Turn, token_at

SHORT = 6  # words of an answer that is about the time alone


@dataclass(frozen=True, slots=True)
class Reading:
    """One turn as it speaks to one table.

    `answers` tells whether a bare yes or no in it is meant for this table.
    """

    talk: Talk
    turn: Turn
    moves: Sequence[Move]
    said: Said
    answers: bool

    def words(self, start: int, end: int, why: str) -> Hit:
        """Words of the turn that no cue names but that decide."""
        last = max(start + 1, min(end, len(self.turn.tokens)))
        return Hit("", self.turn, start, last, why)


def continued(table: Table, reading: Reading) -> Table | None:
    """The side that put it on the table speaks again before an answer counted."""
    against = last_move(reading.moves, ("against",))
    proposed = last_move(reading.moves, ("propose",))
    if against and (proposed is None or proposed.hit.start < against.hit.start):
        return cleared(table, against.hit, whole=True)
    said = reading.said
    if proposed is None and not said.slot and not said.options:
        return None
    if table.standing is Standing.DECLINED and not (proposed or _offers_anew(table, reading)):
        return None
    hit = proposed.hit if proposed else reading.words(0, 1, "goes on")
    slot = _updated(table.slot, table, reading)
    if table.standing is Standing.DEFERRED and last_move(reading.moves, ("defer",)):
        index = reading.turn.index
        return replace(table, slot=slot, last_turn=index, turns=(*table.turns, index))
    if table.standing is Standing.DECLINED and reading.talk.has("stance.settles", reading.turn):
        return agreed(table, hit, slot)
    after = countered(table, hit, slot, _whole(table, said.options))
    return replace(after, slot=slot, countered=False)


def _offers_anew(table: Table, reading: Reading) -> bool:
    """Whether the side that could not make the time names another («а в пять можно»)."""
    if reading.turn.may_ask:
        return True
    open_word = last_move(reading.moves, ("accept",)) or len(reading.turn.tokens) <= SHORT
    return bool(open_word) and not table.refused_whole and not reading.said.slot.agrees(table.slot)


def closed(table: Table, reading: Reading) -> Table | None:
    """The side that offered notes it («Отлично, записала») after an answer that refused nothing.

    The answer then was a yes, in whatever words.
    """
    talk, turn = reading.talk, reading.turn
    back = says_back(talk, turn, reading.said)
    closes = back or talk.hits("stance.closes", turn) or sees_again(talk, turn, table)
    whole = table.topic.unnamed and table.slot.day is not None and table.slot.clock is not None
    closes = closes or (whole and talk.has("courtesies.farewell", turn))
    if reading.said.options or not closes or talk.asks(turn):
        return None
    if talk.context.language == "en" and not (table.slot or reading.said.slot):
        return None
    answer = next((t for t in talk.before(turn, 1) if t.speaker is not turn.speaker), None)
    if answer is None or answer.index != table.turn.index + 1 or talk.asks(answer):
        return None
    if not answer.tokens or any(m.kind in NOT_YES for m in moves_of(talk, answer, table.topic)):
        return None
    yes = Hit("", answer, 0, min(6, len(answer.tokens)), "taken as a yes")
    if back:
        yes = reading.words(reading.said.at, reading.said.at + 1, "says the time back")
    return agreed(table, yes, table.slot.updated(reading.said.slot))


def sees_again(talk: Talk, turn: Turn, table: Table) -> bool:
    """«До встречи», «до четверга», «увидимся»: a good-bye that counts on what lies there."""
    if talk.has(f"{table.topic.name}.see_you", turn):
        return True
    starts = {h.start for h in talk.hits("courtesies.farewell", turn)}
    days = {m.date for m in talk.times(turn) if token_at(turn, m.start) in starts}
    return table.slot.day is not None and table.slot.day in days


NOT_YES = frozenset({"decline", "against", "defer", "busy"})


def _whole(table: Table, options: Sequence[When]) -> tuple[When, ...]:
    """Options with what the table knows already: «к девяти или к двенадцати?» of a settled day."""
    return tuple(table.slot.updated(option) for option in options)


def answered(table: Table, reading: Reading) -> Table | None:  # noqa: PLR0911 - one exit per kind of answer
    """The other side answers, or either side speaks of what was agreed."""
    said = reading.said
    last = decisive(reading.turn, reading.moves)
    if table.weak and last and last.kind in NOT_YES:
        table = replace(table, standing=Standing.OPEN, weak=False)
    last = _standing_word(table, reading, last)
    proposes = last_move(reading.moves, ("propose",))
    asked = _asked_for(table, reading, last)
    if asked is not None:
        return agreed(table, asked, table.slot.updated(said.slot))
    if last and last.kind in ("decline", "against", "defer") and said.told_at < last.hit.end:
        if not (proposes and proposes.hit.start > last.hit.start):
            return _refused(table, reading, last)
        if not said.slot:
            return countered(table, proposes.hit, NEVER)
    if len(said.options) > 1:
        place = proposes.hit if proposes else reading.words(said.at, said.at + 1, "offers times")
        return countered(table, place, NEVER, _whole(table, said.options))
    spoken = proposes or (last and last.kind == "accept")
    if said.slot and (spoken or not put_off(reading.talk, reading.turn, table)):
        return _timed(table, reading)
    if last and last.kind == "busy":
        if proposes is None:
            return cleared(table, last.hit, whole=False)
        return countered(table, proposes.hit, NEVER)
    return _bare(table, reading, last, proposes)


def _standing_word(table: Table, reading: Reading, last: Move | None) -> Move | None:
    """The decisive word, for something agreed on only where it takes it back or holds to it."""
    if last is None or table.standing is not Standing.AGREED:
        return last
    if _cancels(last, reading.said.slot) and not answers_else(
        reading.talk, reading.turn, table, last
    ):
        return last
    return last_move(reading.moves, ("accept", "against"))


def _asked_for(table: Table, reading: Reading, last: Move | None) -> Hit | None:
    """«Спросите через неделю» — «спрошу»: the deed promised back, which alone would put off."""
    if last is None or last.kind != "defer" or table.standing is not Standing.OPEN:
        return None
    if not (table.topic.not_now and reading.answers):
        return None
    asked = echo(reading.talk, table, reading.turn)
    return asked if asked is not None and asked.start == last.hit.start else None


def _cancels(last: Move, slot: When) -> bool:
    """What is agreed falls by words about it, a «нет» at once, or a «не могу» about its day."""
    if last.kind in ("accept", "against"):
        return True
    return last.kind != "defer" and (last.hit.start <= 2 or (last.kind == "busy" and not slot))


def _refused(table: Table, reading: Reading, last: Move) -> Table | None:
    if last.kind == "against":
        return cleared(table, last.hit, whole=True)
    if not reading.answers:
        return None
    if last.kind == "decline":
        return cleared(table, last.hit, whole=True)
    if table.standing in (Standing.DECLINED, Standing.AGREED):
        return None
    index = reading.turn.index
    return replace(table, standing=Standing.DEFERRED, last_turn=index, turns=(*table.turns, index))


def _bare(table: Table, reading: Reading, last: Move | None, proposes: Move | None) -> Table | None:
    """An answer that names no time."""
    moved = shifted(reading.turn, table.slot) if reading.answers else None
    if moved is not None:
        return countered(table, reading.words(moved[1], moved[1] + 2, "moves the hour"), moved[0])
    if table.standing in (Standing.DECLINED, Standing.DEFERRED) and proposes is None:
        return None
    if table.standing is Standing.DECLINED and proposes is not None:
        return replace(countered(table, proposes.hit, NEVER), countered=False)
    yes = last.hit if last and last.kind == "accept" else proposes.hit if proposes else None
    if table.standing is Standing.AGREED:
        return None if yes is None else _kept(table, yes)
    return _taken(table, reading, yes)


def _taken(table: Table, reading: Reading, yes: Hit | None) -> Table | None:
    """What lies open is taken, by a choice, a yes or without one; or another part of the day is."""
    pointed = ordinal_choice(reading.turn, table.options) if reading.answers else None
    if pointed:
        return agreed(table, reading.words(0, pointed[1] + 1, "chooses"), pointed[0])
    if table.standing is Standing.OPEN:
        yes = yes or _unsaid(table, reading)
    if yes is None:
        return _part_countered(table, reading) if reading.answers else None
    weak = only_listens(reading.turn) and not reading.talk.asks(table.turn)
    return replace(agreed(table, yes, table.slot), weak=weak)


def _part_countered(table: Table, reading: Reading) -> Table | None:
    """«Лучше вечером»: another part of the same day, which the other side has yet to take."""
    part = reading.said.slot.part
    if part is None or part == table.slot.part:
        return None
    hit = reading.words(0, len(reading.turn.tokens), "offers a part of the day")
    return countered(table, hit, table.slot.updated(reading.said.slot))


def _kept(table: Table, hit: Hit) -> Table:
    """What is agreed already is said again: the words that closed it stay."""
    index = hit.turn.index
    return replace(
        table,
        holder=hit.turn.speaker,
        last_turn=index,
        turns=(*table.turns, index),
        countered=False,
    )


def _unsaid(table: Table, reading: Reading) -> Hit | None:
    """Consent without a yes, or going on after the other side's own offer."""
    taken = consent(reading.talk, reading.turn, table, answers=reading.answers)
    if taken is None and sees_again(reading.talk, reading.turn, table):
        taken = reading.words(0, len(reading.turn.tokens), "counts on it")
    asks = reading.talk.asks(reading.turn)
    lets = goes_on(reading.talk, reading.turn, table, asks=asks)
    return taken or (reading.words(0, 6, "goes on") if lets else None)


def _timed(table: Table, reading: Reading) -> Table | None:
    """An answer that names a time: a choice, a confirmation, or another offer."""
    said, turn = reading.said, reading.turn
    decided = last_move(reading.moves, ("accept", "propose"))
    hit = decided.hit if decided else reading.words(said.at, said.at + 1, "names the time")
    if table.standing is Standing.DECLINED:
        if not reading.answers:
            return None
        # An hour alone is another hour of the day that was spoken of, not of today.
        slot = _updated(table.slot, table, reading)
        return countered(table, hit, slot, _whole(table, said.options))
    if table.standing is Standing.AGREED and said.slot.agrees(table.slot):
        slot = table.slot.updated(said.slot)
        return _kept(table, hit) if slot == table.slot else agreed(table, hit, slot)
    if table.standing is Standing.AGREED and _repeats_back(reading):
        return agreed(table, hit, table.slot.updated(said.slot))
    chosen = _chosen(table, said.slot)
    if chosen is not None:
        asking = turn.asks(said.at) and not any(m.kind == "accept" for m in reading.moves)
        merged = _updated(chosen, table, reading)
        offers = first_offer(reading.talk, turn, table, reading.moves)
        if not offers and (not asking or merged == chosen):
            return agreed(table, hit, merged)
    return countered(table, hit, _updated(table.slot, table, reading), said.options)


def _updated(slot: When, table: Table, reading: Reading) -> When:
    """A slot with what the turn says of it; «в то же время» keeps the last hour that was named."""
    after = slot.updated(reading.said.slot)
    if after.clock is None and reading.talk.has("stance.same_time", reading.turn):
        return replace(after, clock=table.hour)
    return after


_OPEN_WORDS = frozenset(["лучше", "давайте", "давай", "может", "но", "только", "а", "или", "or"])


def _repeats_back(reading: Reading) -> bool:
    """«Понял, через два часа»: the other side's hour said back, not another offer."""
    yes = any(m.kind == "accept" and m.hit.start == 0 for m in reading.moves)
    forms = {token.form for token in reading.turn.tokens}
    return yes and not reading.turn.asks(reading.said.at) and _OPEN_WORDS.isdisjoint(forms)


def _chosen(table: Table, slot: When) -> When | None:
    """What of the offered the answer takes: an option, the slot itself, or an open day."""
    if table.options:
        return next((o for o in table.options if o.agrees(slot)), None)
    if not table.slot or slot.agrees(table.slot):
        return table.slot
    return None
