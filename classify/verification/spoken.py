"""What of a flag was said aloud, and whether it rests on certain words alone."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from models.vocabulary.verdict import (
    DealVerdict,
    Evidence,
    Flag,
    FlagKind,
    Severity,
    Verdict,
)

Place = tuple[str, str]  # call id, quote
# Flags of what was said; a quote in the others only illustrates them.
SPOKEN = frozenset(
    {
        FlagKind.SLOT_MISMATCH,
        FlagKind.PROMISE_BROKEN,
        FlagKind.NO_SHOW_OF_AGENT,
        FlagKind.STAGE_AHEAD_OF_REALITY,
    }
)
_UNPROVED = frozenset({Verdict.MISSING, Verdict.CONTRADICTED})


def spoken(evidence: Sequence[Evidence]) -> list[Place]:
    """The places in calls that evidence quotes."""
    return [(one.id, one.quote) for one in evidence if one.kind == "call" and one.quote]


def rests_on(flag: Flag, deal: DealVerdict | None, places: Collection[Place]) -> bool:
    """Whether a flag would not stand without some places: all that it quotes is among them.

    For a stage that is ahead, what holds the deal back must hang on them too.
    """
    quoted = spoken(flag.evidence)
    if not quoted or not all(place in places for place in quoted):
        return False
    return flag.kind is not FlagKind.STAGE_AHEAD_OF_REALITY or _held_back_by(deal, places)


def _held_back_by(deal: DealVerdict | None, places: Collection[Place]) -> bool:
    """Whether all that holds a deal back at its stage is contradicted by these places.

    A contradiction without evidence of its own only follows another one.
    """
    holding = [
        one
        for one in (deal.requirements if deal else ())
        if deal is not None
        and one.stage == deal.verified_stage
        and one.severity is Severity.CRITICAL
        and one.verdict in _UNPROVED
    ]
    return all(
        one.verdict is Verdict.CONTRADICTED
        and all(place in places for place in spoken(one.evidence))
        for one in holding
    )
