"""Where deals are really lost: the worst step first, with what fails there most."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from figures.failing import Failing, failing_at
from figures.funnel import Conversion, Funnel, Step, cohort_funnel
from figures.leak_words import Gain, told_leak, told_nothing
from figures.scope import Period
from figures.share import Share
from figures.tally import LEAST, Tally, tally
from figures.told import Told
from models.vocabulary.figures import DealFact, Facts, Line


@dataclass(frozen=True, slots=True)
class Leak:
    """One step of the verified funnel: who is lost there.

    `lost` were at the step before and did not come; those of which nobody can tell are not among
    them. `failing` are the stage's critical requirements, the one that fails most first.
    `level` is the next-worst step's conversion, `gain` what this step at that level would give
    (``None`` where there is nothing to compare). `is_clear`: this step's interval lies below the
    next-worst's, so that it is hardly by chance.
    """

    place: int
    key: str
    name_ru: str
    name_en: str
    conversion: Conversion
    lost: Tally
    failing: tuple[Failing, ...]
    level: float | None
    gain: Gain | None
    is_clear: bool
    sentence: Told


@dataclass(frozen=True, slots=True)
class Leaks:
    """The steps that can be ranked, the worst first; `too_small` are the places that cannot.

    `sentence` is the worst step's, or says why there is none.
    """

    funnel: Funnel
    ranked: tuple[Leak, ...]
    too_small: tuple[int, ...]
    least: int
    sentence: Told

    @property
    def worst(self) -> Leak | None:
        """The worst step, where it loses anything."""
        return next((one for one in self.ranked[:1] if one.lost.count), None)


def leaks(facts: Facts, line: Line, period: Period, least: int = LEAST) -> Leaks:
    """The steps of a cohort's verified funnel, the worst first.

    Ranked is only a step of whose step before at least `least` deals are known to have come or not.
    """
    funnel = cohort_funnel(facts, line, period)
    enough = [one for one in funnel.steps if _of(one) >= max(least, 1)]
    enough.sort(key=lambda one: (one.verified_conversion.share.value or 0.0, one.place))
    deals = {deal.deal_id: deal for deal in facts.deals}
    ranked = tuple(_leak(line, funnel, enough, n, deals) for n in range(len(enough)))
    ranked_places = {one.place for one in ranked}
    found = Leaks(
        funnel=funnel,
        ranked=ranked,
        too_small=tuple(one.place for one in funnel.steps if one.place not in ranked_places),
        least=least,
        sentence=Told("", ""),
    )
    worst = found.worst
    return replace(found, sentence=worst.sentence if worst else told_nothing(ranked, least))


def _of(step: Step) -> int:
    return step.verified_conversion.share.of


def _leak(
    line: Line, funnel: Funnel, ranked: Sequence[Step], n: int, deals: dict[str, DealFact]
) -> Leak:
    step, next_worst, is_worst = ranked[n], next(iter(ranked[n + 1 :]), None), n == 0
    lost = _lost(funnel, step, deals)
    share = step.verified_conversion.share
    level = next_worst.verified_conversion.share.value if next_worst else None
    leak = Leak(
        place=step.place,
        key=step.key,
        name_ru=step.name_ru,
        name_en=step.name_en,
        conversion=step.verified_conversion,
        lost=tally(lost),
        failing=failing_at(line, step.place, lost),
        level=level,
        gain=_gain(funnel.steps, step, level),
        is_clear=next_worst is not None and _is_below(share, next_worst.verified_conversion.share),
        sentence=Told("", ""),
    )
    before = funnel.steps[step.place - 1] if step.place else None
    return replace(leak, sentence=told_leak(leak, before, next_worst if is_worst else None))


def _lost(funnel: Funnel, step: Step, deals: dict[str, DealFact]) -> list[DealFact]:
    """Who was at the step before and did not come, in the order of ids."""
    before = funnel.steps[step.place - 1].verified if step.place else funnel.deals
    rest = set(before.deals).difference(step.verified.deals, step.unknown.deals)
    return [deals[deal_id] for deal_id in sorted(rest)]


def _gain(steps: Sequence[Step], step: Step, level: float | None) -> Gain | None:
    """What the step at that level would give at the end, if later steps stay as they are.

    The same by more deals at the top would take `leads` of them; ``None`` where none comes through.
    """
    own = step.verified_conversion.share
    later = [one.verified_conversion.share.value for one in steps[step.place + 1 :]]
    if level is None or own.value is None or level <= own.value:
        return None
    known = [one for one in later if one is not None]
    if len(known) < len(later):
        return None
    deals = math.prod([own.of, level - own.value, *known])
    values = [one.verified_conversion.share.value or 0.0 for one in steps]
    through = math.prod(values)
    return Gain(deals, own.of, level, own.value, tuple(known), deals / through if through else None)


def _is_below(own: Share, other: Share) -> bool:
    mine, theirs = own.interval, other.interval
    return mine is not None and theirs is not None and mine[1] < theirs[0]
