"""Since when each stage of a deal is proved, and the first that is not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from models.vocabulary.figures import Line, RequirementFact
from models.vocabulary.verdict import DealVerdict, Gap, RequirementVerdict, Severity, Verdict

_MET = frozenset({Verdict.MET, Verdict.LATE})
_FAILED = frozenset({Verdict.MISSING, Verdict.CONTRADICTED})


@dataclass(frozen=True, slots=True)
class Proof:
    """What of a deal's line is proved; the words are those of `DealFact`."""

    proved: tuple[datetime | None, ...]
    verified: int | None
    blocked: int | None
    unsure: int | None
    requirements: tuple[RequirementFact, ...]


def stages_proved(  # noqa: PLR0913 - one deal has this many sides
    verdict: DealVerdict,
    line: Line,
    *,
    created_at: datetime,
    is_lost: bool,
    recorded: int | None,
    reached: int | None,
    whole: frozenset[str] = frozenset(),
) -> Proof:
    """Holds a deal's verdicts against the line.

    A stage is proved where all its critical requirements are met, late or waived, since the latest
    of their earliest proofs (of those in `whole`: since the last of it). A field of the CRM says
    not since when: where nothing else does, it is as the stage before. A stage with nothing
    critical is proved when the stage before it is. What nobody demands any more, the deal being
    lost, is no proof.

    `blocked` is the first place up to `reached` where something critical is missing or
    contradicted, or still awaited on a stage that the card has left behind; `unsure` the first
    that is not proved either and of which something critical cannot be told. A deal that could
    not be judged at all is unsure from the first stage on.
    """
    by_stage: dict[str, list[RequirementVerdict]] = {stage.key: [] for stage in line.stages}
    for one in verdict.requirements:
        if one.severity is Severity.CRITICAL and one.stage in by_stage:
            by_stage[one.stage].append(one)
    judged = verdict.verified_stage is not None
    stands = _place(line, verdict.verified_stage)
    proved: list[datetime | None] = []
    before: datetime | None = created_at
    for place, stage in enumerate(line.stages):
        own = by_stage[stage.key]
        # What has no stage before it, or nothing critical of its own, is as the one before.
        needs_more = is_lost and stands is not None and place >= stands
        holds = judged and all(_holds(one, lost=needs_more) for one in own)
        if not own:
            holds = holds and before is not None
        at = _since(own, whole) if holds else None
        before = (at or before or created_at) if holds else None
        proved.append(before)
    return Proof(
        proved=tuple(proved),
        verified=_verified(proved),
        blocked=_first(verdict, by_stage, line, reached, recorded, failed=True),
        unsure=_first(verdict, by_stage, line, reached, recorded, failed=False)
        if judged
        else (0 if reached is not None else None),
        requirements=tuple(
            RequirementFact(
                one.requirement_id,
                one.verdict,
                _proof_at(one, whole) if one.verdict in _MET else None,
            )
            for one in verdict.requirements
        ),
    )


def _holds(one: RequirementVerdict, *, lost: bool) -> bool:
    if one.verdict in _MET:
        return True
    return one.verdict is Verdict.WAIVED and (not lost or one.waived is not None)


def _since(own: Sequence[RequirementVerdict], whole: frozenset[str]) -> datetime | None:
    times = [_proof_at(one, whole) for one in own if one.verdict in _MET]
    return max((at for at in times if at is not None), default=None)


def _proof_at(one: RequirementVerdict, whole: frozenset[str]) -> datetime | None:
    times = [evidence.at for evidence in one.evidence if evidence.at is not None]
    if not times:
        return None
    return max(times) if one.requirement_id in whole else min(times)


def _verified(proved: Sequence[datetime | None]) -> int | None:
    first = next((n for n, at in enumerate(proved) if at is None), len(proved))
    return first - 1 if first else None


def _first(  # noqa: PLR0913 - one deal has this many sides
    verdict: DealVerdict,
    by_stage: dict[str, list[RequirementVerdict]],
    line: Line,
    reached: int | None,
    recorded: int | None,
    *,
    failed: bool,
) -> int | None:
    """The first place that fails for sure, or the first of which it cannot be told."""
    for place, stage in enumerate(line.stages[: -1 if reached is None else reached + 1]):
        if reached is None:
            return None
        verdicts = {one.verdict for one in by_stage[stage.key]}
        unknown = Verdict.UNKNOWN in verdicts
        left = recorded is not None and place < recorded
        fails = bool(verdicts & _FAILED) or (left and Verdict.PENDING in verdicts)
        if fails and unknown and verdict.gap is Gap.UNKNOWN:
            fails = False  # it lies before the recordings: what is missing there proves nothing
        if fails if failed else (unknown and not fails):
            return place
    return None


def _place(line: Line, key: str | None) -> int | None:
    return next((n for n, stage in enumerate(line.stages) if stage.key == key), None)
