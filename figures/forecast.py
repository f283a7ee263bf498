"""What a week that is running will come to."""

from __future__ import annotations

import math

from figures.plan_results import Forecast

LEAST_PASSED = 0.2  # of the week's working hours: one day of five
LEAST_COUNT = 3
_OUTSIDE = 0.1  # on either side of the range


def forecast(
    count: int, passed: float, least_passed: float = LEAST_PASSED, least_count: int = LEAST_COUNT
) -> Forecast | None:
    """What `count` things after `passed` (0..1) of the working hours will come to by the end.

    The range is that of a Poisson process whose rate is known only from what came so far
    (Jeffreys' prior): what is still to come then is negative binomial with count + 1/2 and
    `passed`. ``None`` on too little, and once the week is over.
    """
    if passed < least_passed or passed >= 1 or count < least_count:
        return None
    value = count / passed
    low, high = _quantiles(count + 0.5, passed)
    return Forecast(
        value=value,
        low=min(count + low, math.floor(value)),
        high=max(count + high, math.ceil(value)),
        passed=passed,
    )


def _quantiles(shape: float, chance: float) -> tuple[int, int]:
    """The least numbers that a negative binomial does not exceed with 10 % and with 90 %."""
    always = math.lgamma(shape)
    sure, rest = math.log(chance), math.log1p(-chance)
    below, number, low = 0.0, 0, None
    while True:
        weight = math.lgamma(number + shape) - always - math.lgamma(number + 1)
        below += math.exp(weight + shape * sure + number * rest)
        if low is None and below >= _OUTSIDE:
            low = number
        if below >= 1 - _OUTSIDE:
            return low or 0, number
        number += 1
