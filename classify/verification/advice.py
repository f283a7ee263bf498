"""A flag that rests on words heard too unsurely to accuse anybody is advice and says so.

Every kind of finding has a threshold, measured by `python -m benchmarks.calibrate`: of findings
at or above it at least `WANTED` were right on dialogues that the rules were not written on.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

from classify.verification.sentences import figure_said, say, with_more
from classify.verification.spoken import SPOKEN, Place, rests_on, spoken
from models.vocabulary.verdict import (
    DealVerdict,
    Flag,
    FlagSeverity,
    JudgedCall,
    Verification,
)

FILE = "thresholds.json"
OTHERS = "others"  # kinds with too few findings to measure have one threshold together


@dataclass(frozen=True, slots=True)
class Threshold:
    """The confidence that a kind of finding needs to accuse.

    `precision` is what was right of the `findings` at or above it when it was measured.
    """

    least: float
    precision: float
    findings: int


@cache
def thresholds() -> Mapping[str, Threshold]:
    """The thresholds that the package carries, by ``type/status``."""
    text = files("classify.verification").joinpath(FILE).read_text(encoding="utf-8")
    return {kind: Threshold(**body) for kind, body in json.loads(text).items()}


def threshold_of(kind: str) -> Threshold:
    """The threshold of one kind of finding, ``meeting_booked/done``."""
    known = thresholds()
    return known.get(kind, known[OTHERS])


def with_advice(verification: Verification, calls: Iterable[JudgedCall]) -> Verification:
    """The verification with flags that rest on unsure words alone turned to advice.

    Verdicts stay. Advice is a flag of low severity whose explanation says how surely its words
    were heard and how surely they would have to be.
    """
    unsure = _unsure(calls)
    if not unsure:
        return verification
    deals = {deal.deal_id: deal for deal in verification.deals}
    flags = (_flag(flag, deals.get(flag.deal_id or ""), unsure) for flag in verification.flags)
    return replace(verification, flags=tuple(flags))


def _unsure(calls: Iterable[JudgedCall]) -> dict[Place, tuple[float, float]]:
    """The quotes below their threshold, with their confidence and it.

    Of words that several actions rest on the surest counts.
    """
    unsure: dict[Place, tuple[float, float]] = {}
    sure: set[Place] = set()
    for call in calls:
        for action in call.actions:
            place = (call.call.call_id, action.quote)
            least = threshold_of(f"{action.type}/{action.status}").least
            if action.confidence >= least:
                sure.add(place)
            else:
                unsure[place] = (action.confidence, least)
    return {place: said for place, said in unsure.items() if place not in sure}


def _flag(
    flag: Flag, deal: DealVerdict | None, unsure: Mapping[Place, tuple[float, float]]
) -> Flag:
    if flag.kind not in SPOKEN or not rests_on(flag, deal, unsure):
        return flag
    confidence, least = min(unsure[place] for place in spoken(flag.evidence))
    told = say("advice", confidence=figure_said(confidence), least=figure_said(least))
    return replace(with_more(flag, told), severity=FlagSeverity.LOW)
