"""Where the deal really stands, and where its card stands against that."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from classify.verification.case import Case
from classify.verification.judge import Judged
from models.vocabulary.verdict import Gap, Severity, Verdict


def verified_index(case: Case, judged: Sequence[Judged]) -> int:
    """The place of the first stage whose critical requirements do not all hold.

    A stage without critical requirements never holds a deal back; where every stage
    holds, the deal stands on the last one.
    """
    return min((one.index for one in judged if one.blocks), default=len(case.rules.stages) - 1)


def gap_of(case: Case, judged: Sequence[Judged]) -> Gap:
    """Ahead, behind, none or unknown: docs/formats.md, section 3."""
    if case.lost:
        return Gap.NONE
    if case.position is None:
        return Gap.UNKNOWN
    verified = verified_index(case, judged)
    holding_back = [one for one in judged if one.blocks and one.index == verified]
    if case.position > verified:
        return Gap.AHEAD if _is_proved(holding_back) else Gap.UNKNOWN
    if case.position < verified and done_beyond(case, judged):
        return Gap.BEHIND
    return Gap.NONE


def _is_proved(holding_back: Sequence[Judged]) -> bool:
    """Whether it is sure that the stage's work is not done.

    One thing that is surely not done is enough, but not in a time before the recordings:
    what was written down then, and where, is as little known as what was said.
    """
    if any(one.before for one in holding_back):
        return False
    return any(one.verdict is not Verdict.UNKNOWN for one in holding_back)


def done_beyond(case: Case, judged: Sequence[Judged]) -> list[Judged]:
    """Critical requirements of later stages that a call or an activity already met.

    A field of the CRM proves no work beyond the card, and a card has some minutes to be
    moved after the work.
    """
    moved_by = case.as_of - timedelta(minutes=case.clock.settings.card_minutes)
    return [
        one
        for one in judged
        if case.position is not None
        and one.index > case.position
        and one.requirement.severity is Severity.CRITICAL
        and one.verdict in (Verdict.MET, Verdict.LATE)
        and any(
            hit.evidence.kind == "call" or hit.evidence.id.startswith("activity:")
            for hit in one.finding.hits
            if _by(hit.at, moved_by)
        )
    ]


def _by(at: datetime | None, limit: datetime) -> bool:
    return at is not None and at <= limit
