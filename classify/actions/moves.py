"""What one turn does to a table: which moves it makes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from classify.actions.consent import so_be_it
from classify.actions.english_verbs import asked
from classify.actions.table import Topic
from classify.actions.timing import Placed, placed, times_for
from classify.actions.unable import noes
from classify.dialogue import Hit, Talk, Turn, read_once
from models.vocabulary.transcript import Speaker


@dataclass(frozen=True, slots=True)
class Move:
    """One thing that a turn does to a table, at a word of it."""

    kind: str  # propose | arranged | accept | decline | against | defer | busy
    hit: Hit


@read_once
def moves_of(talk: Talk, turn: Turn, topic: Topic) -> tuple[Move, ...]:
    """Everything that a turn does to a topic's table, in the order of its words."""
    kinds: list[tuple[str, Iterable[Hit]]] = [
        ("propose", _proposals(talk, turn, topic)),
        ("arranged", _arranged(talk, turn, topic)),
        ("against", _against(talk, turn, topic)),
        ("defer", [h for cue in _defers(topic) for h in talk.hits(cue, turn)]),
        ("accept", [*_told(talk, turn, "stance.accept"), *so_be_it(turn)]),
        ("decline", talk.hits("stance.decline", turn)),
        ("busy", [*_told(talk, turn, "stance.busy"), *_noes(talk, turn)]),
    ]
    moves = [Move(kind, hit) for kind, hits in kinds for hit in hits]
    moves = _unconditional(talk, turn, topic, moves)
    against = [m.hit for m in moves if m.kind in ("against", "defer", "decline", "busy")]
    deferring = [m.hit for m in moves if m.kind == "defer"]
    own = (m for m in moves if not _inside(m.hit, _stronger(m, against, deferring)))
    return tuple(sorted(own, key=lambda m: (m.hit.start, m.hit.end, m.kind == "against")))


def _against(talk: Talk, turn: Turn, topic: Topic) -> list[Hit]:
    own = talk.hits(f"{topic.against}_client", turn) if turn.speaker is Speaker.CLIENT else []
    return [*talk.hits(topic.against, turn), *own]


def _defers(topic: Topic) -> tuple[str, ...]:
    return (topic.condition, "stance.defer", "stance.hangs")


def _told(talk: Talk, turn: Turn, cue: str) -> list[Hit]:
    """The words of a stance; in English none that are asked: «would four be all right?»."""
    said = talk.hits(cue, turn)
    if talk.context.language != "en":
        return said
    return [h for h in said if not asked(turn.tokens, h.start)]


def _noes(talk: Talk, turn: Turn) -> list[Hit]:
    return [Hit("", turn, p.start, p.end + 1, "no after a time") for p in noes(talk, turn)]


HANGING = 12  # words that hang on a condition where no mark ends it
HUNG = 8  # words before an «if» that hang on it


def _hung_before(talk: Talk, turn: Turn) -> set[int]:
    """The words before a condition that hang on it: «we'll come to you if it's wanted»."""
    return {
        at
        for hit in talk.hits("stance.hangs", turn)
        for at in range(max(0, hit.start - HUNG), hit.start)
        if turn.tokens[at].sentence == turn.tokens[hit.start].sentence
        and not any(t.comma for t in turn.tokens[at : hit.start])
    }


def _unconditional(talk: Talk, turn: Turn, topic: Topic, moves: Sequence[Move]) -> list[Move]:
    """The moves that hang on no «если»: «если дождь — не приезжайте» refuses nothing."""
    hanging: set[int] = set()
    for hit in [*talk.hits(topic.condition, turn), *talk.hits("stance.hangs", turn)]:
        sentence = turn.tokens[hit.start].sentence
        last = len(turn.tokens) if turn.punctuated else hit.end + HANGING
        hanging |= {
            at
            for at in range(hit.start, min(last, len(turn.tokens)))
            if turn.tokens[at].sentence == sentence
        }
    if talk.context.language == "en" and turn.speaker is Speaker.CLIENT:
        hanging |= _hung_before(talk, turn)
    return [m for m in moves if m.kind == "defer" or m.hit.start not in hanging]


def _proposals(talk: Talk, turn: Turn, topic: Topic) -> list[Hit]:
    own = topic.agent if turn.speaker is Speaker.AGENT else topic.client
    hits = [*talk.hits(topic.either, turn), *talk.hits(own, turn), *_timed(talk, turn, topic)]
    if topic.unnamed and talk.context.language == "en" and turn.speaker is Speaker.AGENT:
        hits += _times_asked(talk, turn)
    blocked = {
        at
        for cue in (topic.against, topic.condition, topic.blocked_by)
        if cue
        for hit in talk.hits(cue, turn)
        for at in range(hit.start, hit.end)
    }
    hedged = {at for h in talk.hits("stance.some_day", turn) for at in range(h.start, h.end)}
    return [
        h for h in hits if blocked.isdisjoint(range(h.start, h.end)) and h.end - 1 not in hedged
    ]


def _arranged(talk: Talk, turn: Turn, topic: Topic) -> list[Hit]:
    """What was agreed on before the call; some wordings tell it only of a time to come."""
    timed = talk.hits(f"{topic.name}.arranged_timed", turn)
    return [*talk.hits(topic.arranged, turn), *(h for h in timed if _has_time(talk, topic, h))]


def _has_time(talk: Talk, topic: Topic, hit: Hit) -> bool:
    times = times_for(talk, hit.turn, hit.start, hit.end)
    if talk.context.language == "en":
        times = [p for p in times if _beside(hit, p)]
    return any(_tells(p, topic) for p in times)


LONGEST_QUESTION = 12  # words of a question that offers nothing but a time


def _times_asked(talk: Talk, turn: Turn) -> list[Hit]:
    """«Wednesday at one in our showroom?»: a short question of an agent about a coming hour."""
    if talk.has("stance.other_deed", turn):
        return []
    out = []
    for p in placed(talk, turn):
        number = turn.tokens[p.start].sentence
        words = [i for i, t in enumerate(turn.tokens) if t.sentence == number]
        hour = p.mention.date and p.mention.time and not p.mention.past
        if hour and turn.asks(p.start) and len(words) <= LONGEST_QUESTION:
            out.append(Hit("meeting.timed_agent", turn, p.start, p.end, "asks for an hour"))
    return out


def _timed(talk: Talk, turn: Turn, topic: Topic) -> list[Hit]:
    """Wordings that offer something only where they name a time («подъедете в четверг?»)."""
    side = "agent" if turn.speaker is Speaker.AGENT else "client"
    names = (f"{topic.name}.timed", f"{topic.name}.timed_{side}")
    hits = [hit for name in names for hit in talk.hits(name, turn)]
    near = [
        hit
        for hit in talk.hits(f"{topic.name}.timed_close", turn)
        if any(0 <= hit.start - p.end <= 2 and not p.mention.past for p in placed(talk, turn))
    ]
    return near + [hit for hit in hits if _has_time(talk, topic, hit)]


def _beside(hit: Hit, p: Placed) -> bool:
    return hit.turn.tokens[p.start].sentence == hit.turn.tokens[hit.start].sentence


def _tells(p: Placed, topic: Topic) -> bool:
    """Whether a mention is a time to come back at; «в октябре» offers no visit."""
    said = p.mention
    near = said.date or said.time or said.earliest or said.week or said.part_of_day
    return not _now_or_later(p) and (bool(near) or not topic.unnamed)


AT_NO_TIME = frozenset(["потом", "позже", "later", "soon", "sometime", "some day", "eventually"])


def _now_or_later(p: Placed) -> bool:
    """«Сейчас», «потом»: no time to come back at."""
    return p.mention.kind == "now" or p.mention.text.lower() in AT_NO_TIME


def _stronger(move: Move, against: Sequence[Hit], deferring: Sequence[Hit]) -> Sequence[Hit]:
    """The words within which a move says nothing of its own («обещать не могу» refuses nothing)."""
    if move.kind == "accept":
        return against
    return deferring if move.kind in ("decline", "busy") else ()


def _inside(hit: Hit, others: Sequence[Hit]) -> bool:
    return any(other.start <= hit.start and hit.end <= other.end for other in others)


def last_move(moves: Sequence[Move], kinds: Sequence[str]) -> Move | None:
    """The last move of some kinds."""
    return next((m for m in reversed(moves) if m.kind in kinds), None)


_REFUSING = ("decline", "against", "defer")


def decisive(turn: Turn, moves: Sequence[Move]) -> Move | None:
    """The last word of an answer.

    After a refusal a yes counts only where the turn ends with it («не знаю, ну давайте»), else it
    speaks of something else («нет. Давайте я ему передам»).
    """
    last = last_move(moves, ("accept", "busy", *_REFUSING))
    against = last_move(moves, _REFUSING)
    if last is None or against is None or last.kind != "accept":
        return last
    return last if len(turn.tokens) - last.hit.end <= 1 else against
