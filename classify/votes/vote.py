"""The vote itself: what is added to the actions that the wordings found, and what goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from classify.citation import holders, make_action
from classify.dialogue import Talk, Turn
from classify.votes.encoder import meanings_of
from classify.votes.kinds import COLUMN, KINDS, Kind, adds, drops
from classify.votes.network import Network
from classify.votes.reached import overruled
from classify.votes.scene import LONGEST, Numbers, Scene, scene_of, voting_turns
from classify.votes.slots import slots_of
from classify.votes.weights import packaged
from models.vocabulary.action import Action, ActionType, Outcome

MOST_WORDS = 150  # of a call that are read: what keeps a long call quick
LEAST_TURNS = 6  # of a call; votes learn from whole calls and know nothing of a snatch of one
NEARLY = 0.9  # what a chance elsewhere in the call is worth to an action


def put_outcome_to_vote(talk: Talk, said: Outcome, actions: Sequence[Action]) -> Outcome:
    """The outcome of a call after the vote (see `overruled`)."""
    return overruled(talk, said, actions, packaged().outcome, meanings_of)


@dataclass(frozen=True, slots=True)
class Voted:
    """An action after the vote, and the chance that the vote gives it; `None`: not voted on."""

    action: Action
    chance: float | None


def put_to_vote(talk: Talk, actions: Sequence[Action], votes: Network | None = None) -> list[Voted]:
    """The actions without those that the votes are sure are none, and with those that they add.

    Args:
        talk: the whole call.
        actions: what the wordings found in it.
        votes: another network than the packaged one.
    """
    turns = voting_turns(talk)
    if len(turns) < LEAST_TURNS:
        return [Voted(action, None) for action in actions]
    votes = votes or packaged().network
    scene = scene_of(turns, meanings_of(_worth_reading(turns, votes)), actions)
    chances = votes.chances(scene)
    kept = [one for a in actions if _stays(one := Voted(a, _chance_of(a, scene, chances)))]
    missed = _missed([one.action.type for one in kept], chances)
    return [*kept, *(_added(talk, scene, chances, kind, votes) for kind in missed)]


def _stays(one: Voted) -> bool:
    return one.chance is None or one.chance >= drops((one.action.type, one.action.status))


def _chance_of(action: Action, scene: Scene, chances: Numbers) -> float | None:
    """What the votes make of an action: its own turn's chance, or nearly another's."""
    column = COLUMN.get((action.type, action.status))
    if column is None:
        return None
    own = [float(chances[at, column]) for at in holders(action, scene.turns)]
    return max([*own, NEARLY * float(chances[:, column].max())])


def _missed(there: Sequence[ActionType], chances: Numbers) -> list[Kind]:
    """The kinds that are likely enough, of types of which nothing is left."""
    best = chances.max(axis=0)
    likeliest: dict[ActionType, Kind] = {}
    for kind in KINDS:
        type_ = kind[0]
        if type_ not in there and (
            type_ not in likeliest or best[COLUMN[kind]] > best[COLUMN[likeliest[type_]]]
        ):
            likeliest[type_] = kind
    return [kind for kind in likeliest.values() if best[COLUMN[kind]] >= adds(kind)]


def _worth_reading(turns: Sequence[Turn], votes: Network) -> list[Turn]:
    """The turns that are read: all of a short call, the most telling ones of a long one."""
    order = sorted(turns, key=lambda turn: (-round(votes.telling(turn), 3), turn.index))
    out, words = [], MOST_WORDS
    for turn in order:
        words -= min(len(turn.tokens), LONGEST)
        if words < 0:
            break
        out.append(turn)
    return out


def _added(talk: Talk, scene: Scene, chances: Numbers, kind: Kind, votes: Network) -> Voted:
    column = COLUMN[kind]
    at = int(chances[:, column].argmax())
    turn, chance = scene.turns[at], float(chances[at, column])
    start, end = _telling_sentence(turn, votes)
    action = make_action(
        *kind,
        turn,
        (start, end),
        cues=(f"vote {chance:.2f}: {_shares(scene, at, column, votes)}",),
        slots=slots_of(talk, kind, turn, (start, end)),
        whole_clause=False,
    )
    return Voted(action, chance)


def _shares(scene: Scene, at: int, column: int, votes: Network) -> str:
    """What the chance would be without the words here, those around, and the wordings' findings."""
    here = np.arange(len(scene.turns)) == at
    parts = {
        "the words here": replace(scene, meanings=np.where(here[:, None], 0, scene.meanings)),
        "the words around": replace(scene, meanings=np.where(here[:, None], scene.meanings, 0)),
        "the wordings": replace(scene, found=np.zeros_like(scene.found)),
    }
    without = {name: votes.chances(part)[at, column] for name, part in parts.items()}
    return ", ".join(f"without {name} {chance:.2f}" for name, chance in without.items())


def _telling_sentence(turn: Turn, votes: Network) -> tuple[int, int]:
    """The sentence of a turn whose words promise most; of equals the longest."""
    starts = [at for at, t in enumerate(turn.tokens) if not at or _new(turn, at)]
    spans = list(zip(starts, [*starts[1:], len(turn.tokens)], strict=True))
    return max(spans, key=lambda s: (round(votes.telling(turn, *s), 3), s[1] - s[0], -s[0]))


def _new(turn: Turn, at: int) -> bool:
    return turn.tokens[at].sentence != turn.tokens[at - 1].sentence
