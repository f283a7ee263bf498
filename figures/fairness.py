"""Fairness: what swaps of names, genders and histories move, and what nobody can tell of whom."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from figures.fairness_results import Moved, MovedCall, UnknownOf
from figures.share import Share
from models.vocabulary.figures import DealFact, Facts
from models.vocabulary.verdict import Verdict

MINIMUM = 10
MOST_UNHEARD = 0.2


@dataclass(frozen=True, slots=True)
class Compared:
    """One call as it was heard and as it is heard with `words` of its words swapped.

    Actions as ``type/status``, with repetitions; verdicts by requirement, where there are any.
    """

    call_id: str
    words: int
    outcomes: tuple[str, str]
    actions: tuple[tuple[str, ...], tuple[str, ...]]
    verdicts: tuple[tuple[str, str], ...] = ()  # (before, after) of one requirement or item each


def moved(swap: str, compared: Sequence[Compared]) -> Moved:
    """What a swap moved; calls in which there was nothing to swap are counted apart."""
    told = [one for one in compared if one.words]
    calls = [_moved_call(one) for one in told]
    changes = Counter(name.partition("/")[0] for one in calls for name in (*one.lost, *one.gained))
    actions = sum(_matched(one)[0] for one in told)
    gone = sum(max(len(one.lost), len(one.gained)) for one in calls)
    verdicts = [pair for one in told for pair in one.verdicts]
    return Moved(
        swap=swap,
        calls=len(compared),
        changed=len(told),
        words=sum(one.words for one in told),
        outcomes=Share(sum(one.outcome is not None for one in calls), len(told)),
        actions=Share(gone, actions + gone),
        verdicts=Share(sum(a != b for a, b in verdicts), len(verdicts)),
        by_action=dict(sorted(changes.items())),
        moved=tuple(one for one in calls if one.outcome or one.lost or one.gained or one.verdicts),
    )


def _moved_call(one: Compared) -> MovedCall:
    _, lost, gained = _matched(one)
    changed = one.outcomes[0] != one.outcomes[1]
    turned = tuple((before, after) for before, after in one.verdicts if before != after)
    return MovedCall(one.call_id, one.outcomes if changed else None, lost, gained, turned)


def _matched(one: Compared) -> tuple[int, tuple[str, ...], tuple[str, ...]]:
    """How many actions stayed, which went and which came."""
    was, is_now = (Counter(some) for some in one.actions)
    stayed = sum((was & is_now).values())
    lost, gained = (tuple(sorted(some.elements())) for some in (was - is_now, is_now - was))
    return stayed, lost, gained


def unknown_by_person(
    facts: Facts, minimum: int = MINIMUM, most_unheard: float = MOST_UNHEARD
) -> tuple[UnknownOf, ...]:
    """How much of each person's work nobody can tell, so that nobody is ranked by it.

    Somebody is comparable with at least `minimum` deals and answered calls (those of their deals)
    of which no more than `most_unheard` could not be understood. Who is least known stands first.
    """
    by: dict[str | None, list[DealFact]] = defaultdict(list)
    for deal in facts.deals:
        by[deal.user_id].append(deal)
    found = [_unknown(user, deals, minimum, most_unheard) for user, deals in by.items()]
    return tuple(sorted(found, key=lambda one: (-(one.unheard.value or 0), one.user_id or "~")))


def _unknown(
    user_id: str | None, deals: Sequence[DealFact], minimum: int, most_unheard: float
) -> UnknownOf:
    unheard = Share(sum(one.unheard for one in deals), sum(one.calls for one in deals))
    verdicts = [one.verdict for deal in deals for one in deal.requirements]
    enough = len(deals) >= minimum and unheard.of >= minimum
    return UnknownOf(
        user_id=user_id,
        unheard=unheard,
        deals=Share(sum(one.unsure is not None for one in deals), len(deals)),
        requirements=Share(verdicts.count(Verdict.UNKNOWN), len(verdicts)),
        comparable=enough and (unheard.value or 0) <= most_unheard,
    )
