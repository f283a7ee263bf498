"""How far the kinds of findings can be trusted, and how little a few decisions say about it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from enum import StrEnum

_Z95 = 1.959963984540054


class Trust(StrEnum):
    """How a kind of finding stands."""

    TRUSTED = "trusted"
    ADVICE = "advice"  # wrong too often: its flags are advice now
    TOO_FEW = "too_few"  # too few decisions to tell


def wilson(right: int, decided: int) -> tuple[float, float]:
    """The 95 % interval of a share.

    Source: E. B. Wilson, Probable inference, the law of succession, and statistical inference,
    1927, https://doi.org/10.2307/2276774.
    """
    if decided == 0:
        return 0.0, 1.0
    share = right / decided
    scale = 1 + _Z95**2 / decided
    middle = share + _Z95**2 / (2 * decided)
    half = _Z95 * math.sqrt(share * (1 - share) / decided + _Z95**2 / (4 * decided**2))
    return max((middle - half) / scale, 0.0), min((middle + half) / scale, 1.0)


def agreement(pairs: Iterable[tuple[str, str]]) -> float | None:
    """Cohen's kappa of two reviewers' words about the same things; ``None`` where none are.

    Source: J. Cohen, A coefficient of agreement for nominal scales, 1960.
    """
    both = list(pairs)
    if not both:
        return None
    words = {word for pair in both for word in pair}
    same = sum(one == other for one, other in both) / len(both)
    chance = sum(
        (sum(one == word for one, _ in both) / len(both))
        * (sum(other == word for _, other in both) / len(both))
        for word in words
    )
    return 1.0 if chance == 1 else (same - chance) / (1 - chance)


def trust_of(*, decided: int, after: int, distrusted: bool) -> Trust:
    """How a kind stands that was decided so often."""
    if decided < after:
        return Trust.TOO_FEW
    return Trust.ADVICE if distrusted else Trust.TRUSTED


def blind_bound(share: float) -> str:
    """The key below which a finding is decided once more, blind: a share of all of them.

    Keys are digests in hexadecimal, spread evenly, and never change; so a finding is chosen by its
    key alone, in the query, whoever decides it and however.
    """
    if share >= 1:
        return "g"  # above every digit
    return f"{int(max(share, 0.0) * 2**32):08x}"
