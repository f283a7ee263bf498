"""Agreement is a pair: who put what on the table, who took it, who took it back.

Every topic that takes two (a meeting, a next contact) has a table. The turns are read in order;
each may put something on a table, answer what lies there, move it to another time or clear it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from classify.actions.timing import Placed, When, placed, times_for, turned_down, when
from classify.dialogue import Hit, Talk, Turn
from models.vocabulary.transcript import Speaker

WARM = 3  # turns after which a bare «хорошо» or a bare hour no longer speaks of the table


class Standing(StrEnum):
    """What lies on a table."""

    OPEN = "open"
    DEFERRED = "deferred"
    AGREED = "agreed"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class Topic:
    """A thing that two agree on, and the notions (cue names) that speak of it.

    `agent` and `client` are the cues by which a side puts it on the table, `either` those of
    both; `arranged` speaks of what was agreed before the call; `against` takes it back or refuses
    it; `condition` makes it depend.
    """

    name: str
    either: str
    agent: str
    client: str
    arranged: str
    against: str
    condition: str
    blocked_by: str = ""


@dataclass(frozen=True)
class Table:
    """What is known of one topic so far. `place` is the decisive words of `turn`."""

    topic: Topic
    standing: Standing
    holder: Speaker
    slot: When
    turn: Turn
    place: tuple[int, int]
    last_turn: int
    options: tuple[When, ...] = ()
    kept: When = When()
    was_agreed: bool = False
    refused_whole: bool = False
    countered: bool = False
    cues: tuple[str, ...] = ()
    turns: tuple[int, ...] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class Move:
    """One thing that a turn does to a table, at a word of it."""

    kind: str  # propose | arranged | accept | decline | against | defer | busy
    hit: Hit


def track(talk: Talk, topics: Sequence[Topic]) -> dict[str, Table]:
    """Follows every topic through the call; gives the tables as they lie at its end."""
    tables: dict[str, Table] = {}
    for turn in talk.turns:
        if turn.machine or not turn.tokens:
            continue
        asked = _asked(talk, tables, turn)
        latest = max((table.last_turn for table in tables.values()), default=0)
        for topic in topics:
            table = tables.get(topic.name)
            recent = table is not None and table.last_turn == latest
            after = _step(talk, turn, topic, table, answers=topic.name in asked, recent=recent)
            if after is not None:
                tables[topic.name] = after
    return tables


def _asked(talk: Talk, tables: Mapping[str, Table], turn: Turn) -> set[str]:
    """The tables that a bare answer in this turn would speak to: the ones touched last, unless
    the other side has asked something else since."""
    last = next((t for t in talk.before(turn, 2) if t.speaker is not turn.speaker), None)
    waiting = {
        name: table.last_turn
        for name, table in tables.items()
        if table.holder is not turn.speaker
        and turn.index - table.last_turn <= WARM
        and not (last is not None and last.index > table.last_turn and _asks(talk, last))
    }
    if not waiting:
        return set()
    latest = max(waiting.values())
    return {name for name, touched in waiting.items() if touched == latest}


def _asks(talk: Talk, turn: Turn) -> bool:
    return any("?" in t.closes for t in turn.tokens) or (
        not turn.punctuated and talk.has("stance.question", turn)
    )


def _proposals(talk: Talk, turn: Turn, topic: Topic) -> list[Hit]:
    own = topic.agent if turn.speaker is Speaker.AGENT else topic.client
    hits = [*talk.hits(topic.either, turn), *talk.hits(own, turn)]
    blocked = {
        at
        for cue in (topic.against, topic.condition, topic.blocked_by)
        if cue
        for hit in talk.hits(cue, turn)
        for at in range(hit.start, hit.end)
    }
    return [h for h in hits if blocked.isdisjoint(range(h.start, h.end))]


def _moves(talk: Talk, turn: Turn, topic: Topic) -> list[Move]:
    kinds: list[tuple[str, Iterable[Hit]]] = [
        ("propose", _proposals(talk, turn, topic)),
        ("arranged", talk.hits(topic.arranged, turn)),
        ("against", talk.hits(topic.against, turn)),
        ("defer", [*talk.hits(topic.condition, turn), *talk.hits("stance.defer", turn)]),
        ("accept", talk.hits("stance.accept", turn)),
        ("decline", talk.hits("stance.decline", turn)),
        ("busy", talk.hits("stance.busy", turn)),
    ]
    moves = [Move(kind, hit) for kind, hits in kinds for hit in hits]
    against = [m.hit for m in moves if m.kind in ("against", "defer", "decline", "busy")]
    return sorted(
        (m for m in moves if m.kind != "accept" or not _inside(m.hit, against)),
        key=lambda m: (m.hit.start, m.hit.end),
    )


def _inside(hit: Hit, others: Sequence[Hit]) -> bool:
    return any(other.start <= hit.start and hit.end <= other.end for other in others)


def _step(
    talk: Talk, turn: Turn, topic: Topic, table: Table | None, *, answers: bool, recent: bool
) -> Table | None:
    moves = _moves(talk, turn, topic)
    kinds = {move.kind for move in moves}
    if table is None:
        return _opened(talk, turn, topic, moves)
    warm = recent and turn.index - table.last_turn <= WARM
    if not (answers or warm or kinds & {"propose", "arranged", "against"}):
        return None
    slot, options, at = _slot(talk, turn, topic, moves, table, free=answers or warm)
    answers = answers or (warm and bool(slot or options))
    if not (answers or slot or options or kinds & {"propose", "arranged", "against"}):
        return None
    if turn.speaker is table.holder and table.standing is not Standing.AGREED:
        return _continued(table, turn, moves, slot, options)
    return _answered(talk, table, turn, moves, (slot, options, at), answers=answers)


def _opened(talk: Talk, turn: Turn, topic: Topic, moves: Sequence[Move]) -> Table | None:
    first = next((m for m in moves if m.kind in ("propose", "arranged")), None)
    if first is None:
        conditional = talk.hits(topic.condition, turn)
        if not conditional:
            return None
        return _new(topic, turn, conditional[0], Standing.DEFERRED, When(), ())
    slot, options, _ = _slot(talk, turn, topic, moves, free=False)
    standing = Standing.AGREED if first.kind == "arranged" else Standing.OPEN
    table = _new(topic, turn, first.hit, standing, slot, options)
    against = [m for m in moves if m.kind == "against" and m.hit.start > first.hit.start]
    if against:
        return _cleared(table, turn, against[-1].hit, whole=True)
    return table


def _new(
    topic: Topic, turn: Turn, hit: Hit, standing: Standing, slot: When, options: tuple[When, ...]
) -> Table:
    return Table(
        topic=topic,
        standing=standing,
        holder=turn.speaker,
        slot=slot,
        turn=turn,
        place=(hit.start, hit.end),
        last_turn=turn.index,
        options=options,
        kept=slot,
        was_agreed=standing is Standing.AGREED,
        cues=(f"{hit.cue}: {hit.wording}",),
        turns=(turn.index,),
    )


def _continued(
    table: Table, turn: Turn, moves: Sequence[Move], slot: When, options: tuple[When, ...]
) -> Table | None:
    """The side that put it on the table speaks again before an answer counted."""
    against = [m for m in moves if m.kind == "against"]
    proposed = [m for m in moves if m.kind == "propose"]
    if against and (not proposed or proposed[-1].hit.start < against[-1].hit.start):
        return _cleared(table, turn, against[-1].hit, whole=True)
    if not proposed and not slot and not options:
        return None
    if table.standing is Standing.DECLINED and not (proposed or _is_question(turn)):
        return None
    place = (proposed[-1].hit.start, proposed[-1].hit.end) if proposed else (0, 1)
    return replace(
        table,
        standing=Standing.OPEN,
        slot=table.slot.updated(slot),
        options=options,
        kept=table.kept if table.was_agreed else table.slot.updated(slot),
        turn=turn,
        place=place,
        last_turn=turn.index,
        countered=False,
        turns=(*table.turns, turn.index),
    )


def _is_question(turn: Turn) -> bool:
    return any("?" in token.closes for token in turn.tokens) or not turn.punctuated


def _answered(
    talk: Talk,
    table: Table,
    turn: Turn,
    moves: Sequence[Move],
    said: tuple[When, tuple[When, ...], int],
    *,
    answers: bool,
) -> Table | None:
    """The other side answers, or either side speaks of what was agreed."""
    slot, options, at = said
    last = _decisive(turn, moves)
    if last is not None and table.standing is Standing.AGREED and not _cancels(last, slot):
        last = _last(moves, ("accept",))
    refusing = last is not None and last.kind in ("decline", "against", "defer", "busy")
    proposes = _last(moves, ("propose",))
    if last is not None and refusing and at <= last.hit.start and last.kind != "busy":
        if not (proposes and proposes.hit.start > last.hit.start):
            return _refused(table, turn, last, answers=answers)
        if not slot:
            return _countered(table, turn, proposes.hit, When(), ())
    if len(options) > 1:
        place = proposes.hit if proposes else Hit("", turn, at, at + 1, "offers times")
        return _countered(table, turn, place, When(), options)
    if slot:
        return _with_slot(talk, table, turn, moves, said)
    if last is not None and last.kind == "busy":
        if proposes is None:
            return _cleared(table, turn, last.hit, whole=False)
        return _countered(table, turn, proposes.hit, When(), ())
    heard = talk.hits(f"{table.topic.name}.heard", turn) if answers else []
    return _bare(table, turn, last, proposes, options, heard)


def _cancels(last: Move, slot: When) -> bool:
    """What is agreed falls by words about it, a «нет» at once, or a «не могу» about its day."""
    if last.kind in ("accept", "against"):
        return True
    return last.kind != "defer" and (last.hit.start <= 2 or (last.kind == "busy" and not slot))


_REFUSING = ("decline", "against", "defer")


def _decisive(turn: Turn, moves: Sequence[Move]) -> Move | None:
    """The last word of an answer; after a refusal a yes counts only where the turn ends with it
    («не знаю, ну давайте»), else it speaks of something else («нет. Давайте я ему передам»)."""
    last = _last(moves, ("accept", "busy", *_REFUSING))
    against = _last(moves, _REFUSING)
    if last is None or against is None or last.kind != "accept":
        return last
    return last if len(turn.tokens) - last.hit.end <= 1 else against


def _bare(
    table: Table,
    turn: Turn,
    last: Move | None,
    proposes: Move | None,
    options: tuple[When, ...],
    heard: Sequence[Hit],
) -> Table | None:
    """An answer that names no time; `heard` takes note without a yes («спасибо», «узнавайте»)."""
    if table.standing is Standing.DECLINED:
        if proposes is None:
            return None
        return replace(_countered(table, turn, proposes.hit, When(), options), countered=False)
    if table.standing is Standing.DEFERRED and proposes is None:
        return None
    if last is not None and last.kind == "accept":
        return _agreed(table, turn, last.hit, table.slot)
    if proposes is not None:
        return _agreed(table, turn, proposes.hit, table.slot)
    if table.standing is Standing.OPEN and turn.speaker is Speaker.CLIENT and heard:
        return _agreed(table, turn, heard[0], table.slot)
    if table.countered and table.standing is Standing.OPEN:
        return _agreed(table, turn, Hit("", turn, 0, min(6, len(turn.tokens)), "goes on"), table.slot)
    return None


def _with_slot(
    talk: Talk,
    table: Table,
    turn: Turn,
    moves: Sequence[Move],
    said: tuple[When, tuple[When, ...], int],
) -> Table | None:
    slot, options, at = said
    keep = talk.has("stance.same_time", turn)
    chosen = _chosen(table, slot)
    where = _last(moves, ("accept", "propose"))
    hit = where.hit if where else Hit("", turn, at, at + 1, "names the time")
    if table.standing is Standing.DECLINED:
        return _countered(table, turn, hit, slot, options)
    if table.standing is Standing.AGREED and slot.agrees(table.slot):
        return _agreed(table, turn, hit, table.slot.updated(slot))
    if chosen is not None and len(options) <= 1:
        asking = turn.asks(at) and not any(m.kind == "accept" for m in moves)
        merged = chosen.updated(slot)
        if not asking or merged == chosen:
            return _agreed(table, turn, hit, merged)
    return _countered(table, turn, hit, table.slot.updated(slot, keep_clock=keep), options)


def _chosen(table: Table, slot: When) -> When | None:
    """What of the offered the answer takes: an option, the slot itself, or an open day."""
    if table.options:
        return next((o for o in table.options if o.agrees(slot)), None)
    if not table.slot or slot.agrees(table.slot):
        return table.slot
    return None


def _agreed(table: Table, turn: Turn, hit: Hit, slot: When) -> Table:
    return replace(
        table,
        standing=Standing.AGREED,
        slot=slot,
        kept=slot,
        options=(),
        holder=turn.speaker,
        turn=turn,
        place=(hit.start, hit.end),
        last_turn=turn.index,
        was_agreed=True,
        countered=False,
        cues=(*table.cues, f"accepted: {hit.wording}"),
        turns=(*table.turns, turn.index),
    )


def _countered(
    table: Table, turn: Turn, hit: Hit, slot: When, options: tuple[When, ...]
) -> Table:
    return replace(
        table,
        standing=Standing.OPEN,
        holder=turn.speaker,
        slot=When() if len(options) > 1 else slot,
        options=options if len(options) > 1 else (),
        kept=table.kept if table.was_agreed else slot,
        turn=turn,
        place=(hit.start, hit.end),
        last_turn=turn.index,
        countered=True,
        cues=(*table.cues, f"another offer: {hit.wording}"),
        turns=(*table.turns, turn.index),
    )


def _refused(table: Table, turn: Turn, last: Move, *, answers: bool) -> Table | None:
    if last.kind == "defer":
        if table.standing is Standing.DECLINED or not answers:
            return None
        if table.standing is Standing.AGREED:
            return None
        return replace(
            table,
            standing=Standing.DEFERRED,
            last_turn=turn.index,
            turns=(*table.turns, turn.index),
        )
    if last.kind == "decline" and not answers:
        return None
    return _cleared(table, turn, last.hit, whole=True)


def _cleared(table: Table, turn: Turn, hit: Hit, *, whole: bool) -> Table:
    return replace(
        table,
        standing=Standing.DECLINED,
        holder=turn.speaker,
        turn=turn,
        place=(hit.start, hit.end),
        last_turn=turn.index,
        refused_whole=table.refused_whole or whole,
        countered=False,
        cues=(*table.cues, f"declined: {hit.wording}"),
        turns=(*table.turns, turn.index),
    )


def _last(moves: Sequence[Move], kinds: Sequence[str]) -> Move | None:
    return next((m for m in reversed(moves) if m.kind in kinds), None)


def _repeats(p: Placed, table: Table | None) -> bool:
    """Whether a mention says again the day and the hour on the table, whatever verb is near."""
    if table is None or table.slot.clock is None or p.mention.time is None:
        return False
    return (p.mention.date, p.mention.time) == (table.slot.day, table.slot.clock)


def _leave_taking(talk: Talk, turn: Turn) -> set[int]:
    """«До среды!» is a good-bye and names no time."""
    return {h.start for h in talk.hits("courtesies.farewell", turn)} 


def _slot(
    talk: Talk,
    turn: Turn,
    topic: Topic,
    moves: Sequence[Move],
    table: Table | None = None,
    *,
    free: bool,
) -> tuple[When, tuple[When, ...], int]:
    """The time that a turn gives the topic: (slot, the options where several, first word or -1).

    `free`: times that hang on no other deed speak to the table too.
    """
    rejected = turned_down(talk, turn) | _leave_taking(talk, turn)
    mine = {
        p.start: p
        for move in moves
        if move.kind in ("propose", "arranged")
        for p in times_for(talk, turn, move.hit.start, move.hit.end)
    }
    if free or mine:
        mine |= {
            p.start: p
            for p in placed(talk, turn)
            if not p.mention.past
            and ((p.head is None and (free or _touches(turn, p, mine))) or _repeats(p, table))
        }
    kept = [mine[start] for start in sorted(mine) if start not in rejected]
    if not kept:
        return When(), (), -1
    groups = _alternatives(turn, kept)
    options = tuple(when([p.mention for p in group]) for group in groups)
    if len(options) > 1:
        return When(), options, kept[-1].start
    return options[0], (), kept[-1].start


def _touches(turn: Turn, free: Placed, mine: Mapping[int, Placed]) -> bool:
    sentence = turn.tokens[free.start].sentence
    return any(abs(turn.tokens[p.start].sentence - sentence) <= 1 for p in mine.values())


def _alternatives(turn: Turn, mentions: Sequence[Placed]) -> list[list[Placed]]:
    groups = [[mentions[0]]]
    for before, after in zip(mentions, mentions[1:], strict=False):
        between = turn.tokens[before.end : after.start]
        if any(token.form in ("или", "либо", "or") for token in between):
            groups.append([after])
        else:
            groups[-1].append(after)
    return groups
