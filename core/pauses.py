"""How long to wait before what failed is tried again."""

from __future__ import annotations

_DAY_S = 24 * 3600.0
_MOST_DOUBLINGS = 60


def doubled_s(first_s: float, tries: int, longest_s: float = _DAY_S) -> float:
    """The seconds after so many failed tries: the first pause, twice as long after each further.

    Never longer than a day, or than what is given.
    """
    return min(first_s * 2.0 ** min(tries - 1, _MOST_DOUBLINGS), longest_s)
