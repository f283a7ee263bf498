"""The vote itself: what is added to the actions that the wordings found, and what goes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from classify.dialogue import Talk, Turn, make_action
from classify.votes.ballots import BALLOTS, Ballot
from classify.votes.encoder import meanings_of
from classify.votes.model import Model, model
from classify.votes.places import LONGEST, Numbers, Place, described, places
from classify.votes.slots import slots_of
from models.vocabulary.action import Action

MOST_WORDS = 120  # of a call that are read: what keeps a long call quick
LEAST_TURNS = 6  # of a call; votes learn from whole calls and know nothing of a snatch of one


@dataclass(frozen=True, slots=True)
class Vote:
    """How likely a place carries an action, and how much each of its parts says so."""

    ballot: Ballot
    place: Place
    chance: float
    shares: dict[str, float]


def second_opinion(
    talk: Talk, actions: Sequence[Action], trained: Model | None = None
) -> list[Action]:
    """The actions without those that the votes are sure are none, and with those that they add.

    Args:
        talk: the whole call.
        actions: what the wordings found in it.
        trained: other weights than the packaged ones.
    """
    if len(talk.turns) < LEAST_TURNS:
        return list(actions)
    trained = trained or model()
    asked = [b for b in BALLOTS if b.name in trained.weights]
    cast = _votes(talk, actions, asked, trained)
    kept = [a for a in actions if not _voted_down(a, cast)]
    types = {a.type for a in kept}
    added: list[Action] = []
    for ballot in asked:
        if ballot.type not in types:
            best = max((v for v in cast if v.ballot is ballot), key=_chance, default=None)
            if best is not None and best.chance >= ballot.add:
                added.append(_action(talk, best, trained))
    return [*kept, *added]


def _chance(vote: Vote) -> tuple[float, int]:
    return vote.chance, -vote.place.turn.index


def _votes(
    talk: Talk, actions: Sequence[Action], asked: Sequence[Ballot], trained: Model
) -> list[Vote]:
    chosen = _worth_reading(talk, actions, asked, trained)
    meanings = meanings_of(turn for place in chosen for turn in place.around)
    rows = described(chosen, meanings)
    out = []
    for ballot in asked:
        odds = trained.odds(ballot.name, rows)
        for place, row, number in zip(chosen, rows, odds.tolist(), strict=True):
            if place.turn.speaker is ballot.side:
                out.append(_vote(ballot, place, row, number, trained))
    return out


def _vote(ballot: Ballot, place: Place, row: Numbers, odds: float, trained: Model) -> Vote:
    chance = 1 / (1 + math.exp(-max(-50.0, min(50.0, odds))))
    return Vote(ballot, place, chance, trained.shares(ballot.name, row))


def _worth_reading(
    talk: Talk, actions: Sequence[Action], asked: Sequence[Ballot], trained: Model
) -> list[Place]:
    """The places that may change something, the most telling ones while the words last."""
    droppable = {b.type for b in asked if b.drop}
    doubted = [a for a in actions if a.type in droppable]
    found = {a.type for a in actions} - droppable
    sides = {b.side for b in asked if b.type not in found}
    some = [p for p in places(talk) if p.turn.speaker in sides]
    order = sorted(
        some,
        key=lambda p: (
            not any(_carries(a, p.turn) for a in doubted),
            -trained.telling(p.turn),
            p.turn.index,
        ),
    )
    return _within(order, MOST_WORDS)


def _within(order: Iterable[Place], words: int) -> list[Place]:
    """The first places whose turns together hold no more words than may be read."""
    out: list[Place] = []
    read: set[int] = set()
    for place in order:
        new = {t.index: min(len(t.tokens), LONGEST) for t in place.around if t.index not in read}
        words -= sum(new.values())
        if words < 0:
            break
        read |= set(new)
        out.append(place)
    return out


def _carries(action: Action, turn: Turn) -> bool:
    return action.speaker is turn.speaker and action.quote in turn.text


def _voted_down(action: Action, cast: Sequence[Vote]) -> bool:
    """Whether the votes that know the words of an action are all but sure that it is none."""
    known = [
        vote
        for vote in cast
        if (vote.ballot.type, vote.ballot.status) == (action.type, action.status)
        and _carries(action, vote.place.turn)
    ]
    return bool(known) and all(vote.chance < vote.ballot.drop for vote in known)


def _action(talk: Talk, vote: Vote, trained: Model) -> Action:
    turn = vote.place.turn
    start, end = _telling_sentence(turn, trained)
    said = ", ".join(f"{part} {share:+.1f}" for part, share in vote.shares.items())
    return make_action(
        vote.ballot.type,
        vote.ballot.status,
        turn,
        (start, end),
        cues=(f"vote {vote.chance:.2f}: {said}",),
        slots=slots_of(talk, vote.ballot, turn, (start, end)),
        confidence=round(vote.chance, 2),
        whole_clause=False,
    )


def _telling_sentence(turn: Turn, trained: Model) -> tuple[int, int]:
    """The sentence of a turn whose words promise most; of equals the longest."""
    starts = [at for at, t in enumerate(turn.tokens) if not at or _new(turn, at)]
    spans = list(zip(starts, [*starts[1:], len(turn.tokens)], strict=True))
    return max(spans, key=lambda s: (round(trained.telling(turn, *s), 3), s[1] - s[0], -s[0]))


def _new(turn: Turn, at: int) -> bool:
    return turn.tokens[at].sentence != turn.tokens[at - 1].sentence
