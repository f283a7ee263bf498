"""What a test of fairness and the share of the unknown come to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from figures.share import Share


@dataclass(frozen=True, slots=True)
class Moved:
    """What one swap (names, genders, history) moved; the aim is nothing.

    `changed` are calls in which a word was swapped at all: only they can show anything. Shares are
    of calls that came to another outcome, of actions that came, went or changed, of verdicts.
    """

    swap: str
    calls: int
    changed: int
    words: int
    outcomes: Share
    actions: Share
    verdicts: Share
    by_action: Mapping[str, int]
    moved: tuple[MovedCall, ...]


@dataclass(frozen=True, slots=True)
class MovedCall:
    """One call whose result moved; actions lost and gained as ``type/status``."""

    call_id: str
    outcome: tuple[str, str] | None
    lost: tuple[str, ...]
    gained: tuple[str, ...]
    verdicts: tuple[tuple[str, str], ...] = ()  # before and after, of those that moved


@dataclass(frozen=True, slots=True)
class UnknownOf:
    """How much of a person's work nobody can tell.

    `unheard`: answered calls nobody could understand; `deals`: deals with something unknown on the
    way to where the card stands; `requirements`: critical and advisory ones of all deals.
    `comparable`: enough calls and deals, and few enough unheard, to stand in a ranking.
    """

    user_id: str | None
    unheard: Share
    deals: Share
    requirements: Share
    comparable: bool
