"""From a result to what the page shows: names put to ids, deals in the order of their weight."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flow.report.quality import (
    CallQuality,
    ManagerQuality,
    call_qualities,
    manager_qualities,
)
from models.vocabulary.checklist import CallScore
from models.vocabulary.deal import CrmSnapshot, Deal, StageKind

Json = Mapping[str, Any]

_GAP_ORDER = ("ahead", "unknown", "behind", "none")
_SEVERITY_ORDER = ("high", "medium", "low")
# Verdicts that a supervisor has to read; the others are folded away.
_OPEN = {"missing", "contradicted", "late", "unknown"}
_WORST_FIRST = ("contradicted", "missing", "unknown", "late")


@dataclass(frozen=True, slots=True)
class StageView:
    """One step of the conveyor strip: `proved`, `stuck` (the verified stage) or `claimed`."""

    name: str
    state: str
    recorded: bool


@dataclass(frozen=True, slots=True)
class QuoteView:
    """A piece of evidence: who said it when, or which record of the CRM says it."""

    text: str
    speaker: str | None
    at: str | None
    start: float | None
    call_id: str | None


@dataclass(frozen=True, slots=True)
class RequirementView:
    """One requirement with its verdict and evidence."""

    stage: str
    verdict: str
    severity: str
    explanation: str
    quotes: tuple[QuoteView, ...]


@dataclass(frozen=True, slots=True)
class FlagView:
    """One flag with the names of its deal and its manager."""

    kind: str
    severity: str
    explanation: str
    at: str | None
    deal: str | None
    user: str | None
    quotes: tuple[QuoteView, ...]


@dataclass(frozen=True, slots=True)
class DealView:
    """One deal: where the card stands, where the deal stands, and why.

    `blocking` is what holds the deal at its verified stage, `open` what else is not proved,
    `settled` what is proved or not due yet.
    """

    id: str
    name: str
    amount: float | None
    currency: str
    manager: str | None
    pipeline: str
    gap: str
    recorded: str | None
    verified: str | None
    strip: tuple[StageView, ...]
    blocking: tuple[RequirementView, ...]
    open: tuple[RequirementView, ...]
    settled: tuple[RequirementView, ...]
    promises: tuple[Json, ...]
    flags: tuple[FlagView, ...]


@dataclass(frozen=True, slots=True)
class ReportView:
    """The whole page."""

    as_of: str
    deals: tuple[DealView, ...]
    other_flags: tuple[FlagView, ...]
    calls: tuple[Json, ...]
    errors: tuple[Json, ...]
    gaps: Mapping[str, int]
    severities: Mapping[str, int]
    missing: int
    users: Mapping[str, str]
    deal_names: Mapping[str, str]
    qualities: Mapping[str, CallQuality]
    managers: tuple[ManagerQuality, ...]


class _Names:
    """Looks up what the ids of a result are called in the CRM."""

    def __init__(self, snapshot: CrmSnapshot, stage_keys: Mapping[str, Mapping[str, str]]) -> None:
        self.deals: Mapping[str, Deal] = {deal.id: deal for deal in snapshot.deals}
        self.users = {user.id: user.name for user in snapshot.users}
        self.pipelines = {pipeline.id: pipeline for pipeline in snapshot.pipelines}
        self._stage_keys = stage_keys

    def stages(self, pipeline_id: str) -> list[tuple[str, str]]:
        """(key, name) of the pipeline's stages in the order of the board."""
        keys = self._stage_keys.get(pipeline_id, {})
        pipeline = self.pipelines.get(pipeline_id)
        return [
            (keys[stage.id], stage.name)
            for stage in (pipeline.stages if pipeline else ())
            if stage.id in keys and stage.kind is not StageKind.LOST
        ]

    def stage(self, pipeline_id: str, key: str | None) -> str | None:
        return dict(self.stages(pipeline_id)).get(key or "", key)


def build_view(
    result: Json,
    snapshot: CrmSnapshot,
    stage_keys: Mapping[str, Mapping[str, str]],
    scores: Mapping[str, CallScore],
    language: str = "ru",
) -> ReportView:
    """Puts a result (docs/formats.md, section 3) and the CRM's names together.

    Args:
        result: the JSON of a run.
        snapshot: the CRM snapshot of the same run.
        stage_keys: per pipeline id, the stage's id in the CRM to its key in the template.
        scores: how calls were led, by recording.
        language: of the page.
    """
    names = _Names(snapshot, stage_keys)
    speakers = _speakers(result["calls"])
    flags = [_flag(flag, names, speakers) for flag in _by_severity(result["flags"])]
    of_deal = defaultdict(list)
    for raw, flag in zip(_by_severity(result["flags"]), flags, strict=True):
        of_deal[raw.get("deal_id")].append(flag)
    deals = sorted(
        (_deal(deal, names, speakers, of_deal[deal["id"]]) for deal in result["deals"]),
        key=lambda deal: (_GAP_ORDER.index(deal.gap), -len(deal.flags), -(deal.amount or 0)),
    )
    shown = {deal.id for deal in deals}
    return ReportView(
        as_of=result["as_of"],
        deals=tuple(deals),
        other_flags=tuple(
            flag for deal_id, own in of_deal.items() if deal_id not in shown for flag in own
        ),
        calls=tuple(sorted(result["calls"], key=lambda call: call["started_at"] or "")),
        errors=tuple(result["errors"]),
        gaps=Counter(deal.gap for deal in deals),
        severities=Counter(flag.severity for flag in flags),
        missing=sum(flag.kind == "missing_recording" for flag in flags),
        users=names.users,
        deal_names={deal.id: deal.name for deal in snapshot.deals},
        qualities=call_qualities(scores),
        managers=manager_qualities(result["calls"], scores, names.users, language),
    )


def _by_severity(flags: Sequence[Json]) -> list[Json]:
    return sorted(flags, key=lambda flag: _SEVERITY_ORDER.index(flag["severity"]))


def _speakers(calls: Sequence[Json]) -> dict[tuple[str, str], str]:
    """(call id, quote) to who speaks it, from the actions that verdicts quote."""
    return {
        (call["call_id"], action["quote"]): action["speaker"]
        for call in calls
        for action in call["actions"]
    }


def _quote(evidence: Json, speakers: Mapping[tuple[str, str], str]) -> QuoteView:
    in_call = evidence["kind"] == "call"
    text = evidence.get("quote") or ""
    return QuoteView(
        text=text or ("" if in_call else evidence["id"]),
        speaker=speakers.get((evidence["id"], text)) if in_call else None,
        at=evidence.get("at"),
        start=evidence.get("start"),
        call_id=evidence["id"] if in_call else None,
    )


def _flag(flag: Json, names: _Names, speakers: Mapping[tuple[str, str], str]) -> FlagView:
    deal = names.deals.get(flag.get("deal_id") or "")
    return FlagView(
        kind=flag["kind"],
        severity=flag["severity"],
        explanation=flag["explanation"],
        at=flag.get("at"),
        deal=deal.name if deal else None,
        user=names.users.get(flag.get("user_id") or ""),
        quotes=tuple(_quote(one, speakers) for one in flag["evidence"]),
    )


def _deal(
    deal: Json, names: _Names, speakers: Mapping[tuple[str, str], str], flags: Sequence[FlagView]
) -> DealView:
    card = names.deals[deal["id"]]
    pipeline = names.pipelines[deal["pipeline_id"]]
    unproved = [one for one in deal["requirements"] if one["verdict"] in _OPEN]
    blocking = [
        one
        for one in unproved
        if one["stage"] == deal["verified_stage"] and one["severity"] == "critical"
    ]

    def views(requirements: Sequence[Json]) -> tuple[RequirementView, ...]:
        return tuple(_requirement(one, pipeline.id, names, speakers) for one in requirements)

    return DealView(
        id=deal["id"],
        name=card.name,
        amount=card.amount,
        currency=card.currency,
        manager=names.users.get(card.responsible_id or ""),
        pipeline=pipeline.name,
        gap=deal["gap"],
        recorded=names.stage(pipeline.id, deal["recorded_stage"]),
        verified=names.stage(pipeline.id, deal["verified_stage"]),
        strip=_strip(deal, names.stages(pipeline.id)),
        blocking=views(sorted(blocking, key=lambda one: _WORST_FIRST.index(one["verdict"]))),
        open=views([one for one in unproved if one not in blocking]),
        settled=views([one for one in deal["requirements"] if one["verdict"] not in _OPEN]),
        promises=tuple(deal["promises"]),
        flags=tuple(flags),
    )


def _requirement(
    one: Json, pipeline_id: str, names: _Names, speakers: Mapping[tuple[str, str], str]
) -> RequirementView:
    return RequirementView(
        stage=names.stage(pipeline_id, one["stage"]) or one["stage"],
        verdict=one["verdict"],
        severity=one["severity"],
        explanation=one["explanation"],
        quotes=tuple(_quote(evidence, speakers) for evidence in one["evidence"]),
    )


def _strip(deal: Json, stages: Sequence[tuple[str, str]]) -> tuple[StageView, ...]:
    """The conveyor: proved up to the verified stage, claimed up to the recorded one."""
    keys = [key for key, _ in stages]
    verified = keys.index(deal["verified_stage"]) if deal["verified_stage"] in keys else 0
    recorded = keys.index(deal["recorded_stage"]) if deal["recorded_stage"] in keys else -1
    views = []
    for place, (_, name) in enumerate(stages):
        if place < verified:
            state = "proved"
        elif place == verified:
            state = "stuck"
        else:
            state = "claimed" if place <= recorded else "ahead"
        views.append(StageView(name, state, place == recorded))
    return tuple(views)
