"""The JSON of a run (docs/formats.md, section 3) and of `classify` (section 4)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime, tzinfo
from typing import Any

from classify.verification.sentences import day_said
from models.store.hearing import UnderstoodCall
from models.vocabulary.action import Action, HeardCall
from models.vocabulary.call import RecordingProblem
from models.vocabulary.deal import CrmSnapshot
from models.vocabulary.transcript import Segment
from models.vocabulary.verdict import (
    DealMatch,
    DealVerdict,
    Evidence,
    Explained,
    Flag,
    Promise,
    RequirementVerdict,
    Verdict,
    Verification,
    explained_in,
)

Json = dict[str, Any]
VERSION = 1


def as_json(value: Json | list[Json]) -> str:
    """Gives a result as the text of a JSON file, Russian as it is read."""
    text = json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    # Half of a surrogate pair, as broken exports hold them, is no text that a file can have.
    return text.encode("utf-8", "replace").decode("utf-8")


def run_result(
    snapshot: CrmSnapshot,
    calls: Iterable[UnderstoodCall],
    verification: Verification,
    problems: Iterable[RecordingProblem],
    zone: tzinfo,
) -> Json:
    """Gives the result of a run in the contract's shape; times in `zone`.

    Calls stand in the order of their start, problems in the order of their names, deals
    and flags as the verifier gave them: the same input gives the same bytes.
    """
    ordered = sorted(
        calls, key=lambda one: (one.judged.call.started_at, one.judged.call.recording or "")
    )
    return {
        "version": VERSION,
        "as_of": _moment(verification.as_of, zone),
        "pipelines": [pipeline.id for pipeline in snapshot.pipelines],
        "calls": [_call(one, zone) for one in ordered],
        "deals": [_deal(deal, zone) for deal in verification.deals],
        "flags": [_flag(flag, zone) for flag in verification.flags],
        "errors": [
            {"recording": one.recording, "error": one.error, "detail": one.detail}
            for one in sorted(problems, key=lambda one: (one.recording, one.error))
        ],
    }


def told_in(language: str, result: Json, verification: Verification, zone: tzinfo) -> Json:
    """The result of a run for people: explained in their language, Russian or English."""
    if language == "ru":
        return result
    return {
        **result,
        "deals": [
            {**told, "requirements": _demanded(told["requirements"], deal, zone, language)}
            for told, deal in zip(result["deals"], verification.deals, strict=True)
        ],
        "flags": _explained(result["flags"], verification.flags, language),
    }


def _demanded(told: Sequence[Json], deal: DealVerdict, zone: tzinfo, language: str) -> list[Json]:
    explained = _explained(told, deal.requirements, language)
    return [
        {**one, "explanation": _who_waived(judged, zone, language) + one["explanation"]}
        for one, judged in zip(explained, deal.requirements, strict=True)
    ]


def _explained(told: Sequence[Json], judged: Sequence[Explained], language: str) -> list[Json]:
    return [
        {**one, "explanation": explained_in(verdict, language)}
        for one, verdict in zip(told, judged, strict=True)
    ]


def classified(call_id: str, heard: HeardCall, *, explain: bool) -> Json:
    """Gives what was heard in one text; with `explain` each action says what made it."""
    return {
        "call_id": call_id,
        "outcome": heard.outcome.value,
        "actions": [
            _action(action) | ({"cues": list(action.cues)} if explain else {})
            for action in heard.actions
        ],
    }


def _call(one: UnderstoodCall, zone: tzinfo) -> Json:
    call, judged, transcript = one.judged.call, one.judged, one.transcript
    return {
        "recording": call.recording,
        "sha256": call.sha256,
        "call_id": call.call_id,
        "direction": call.direction.value if call.direction else None,
        "started_at": _moment(call.started_at, zone),
        "duration_s": _seconds(transcript.duration_s),
        "speech_s": _seconds(transcript.speech_s),
        "user_id": call.user_id,
        "client_number": call.client_number,
        "outcome": judged.outcome.value if judged.outcome else None,
        "language": transcript.language,
        "model": transcript.model,
        "metadata_from": call.metadata_from.value,
        "deal": _match(judged.match),
        "segments": [_segment(segment) for segment in transcript.segments],
        "actions": [_action(action) for action in judged.actions],
    }


def _match(match: DealMatch | None) -> Json | None:
    if match is None or match.deal_id is None:
        return None
    return {
        "id": match.deal_id,
        "score": _share(match.score),
        "method": match.method,
        "reasons": list(match.reasons),
        "alternatives": [
            {"id": deal_id, "score": _share(score)} for deal_id, score in match.alternatives
        ],
    }


def _segment(segment: Segment) -> Json:
    return {
        "start": _seconds(segment.start),
        "end": _seconds(segment.end),
        "speaker": segment.speaker.value,
        "text": segment.text,
        "confidence": _share(segment.confidence),
    }


def _action(action: Action) -> Json:
    return {
        "type": action.type.value,
        "status": action.status.value,
        "speaker": action.speaker.value,
        "start": _seconds(action.start),
        "end": _seconds(action.end),
        "quote": action.quote,
        "slots": {name: action.slots[name] for name in sorted(action.slots)},
        "confidence": _share(action.confidence),
    }


def _deal(deal: DealVerdict, zone: tzinfo) -> Json:
    return {
        "id": deal.deal_id,
        "pipeline_id": deal.pipeline_id,
        "recorded_stage": deal.recorded_stage,
        "verified_stage": deal.verified_stage,
        "gap": deal.gap.value,
        "requirements": [_requirement(one, zone) for one in deal.requirements],
        "promises": [_promise(one, zone) for one in deal.promises],
    }


def _requirement(one: RequirementVerdict, zone: tzinfo) -> Json:
    return {
        "stage": one.stage,
        "id": one.requirement_id,
        "severity": one.severity.value,
        "verdict": one.verdict.value,
        "evidence": _evidence(one.evidence, zone),
        "explanation": _who_waived(one, zone, "ru") + one.explanation,
    }


def _who_waived(one: RequirementVerdict, zone: tzinfo, language: str) -> str:
    """Whose word it is that a requirement does not count, before what the machine found."""
    told = one.waived
    if told is None or one.verdict is not Verdict.WAIVED:
        return ""
    day = day_said(told.at.astimezone(zone))
    if language == "en":
        return f"Waived by hand ({told.who}, {day.en}: {told.note}). Without that: "
    return f"Требование снято вручную ({told.who}, {day.ru}: {told.note}). Без этого: "


def _promise(one: Promise, zone: tzinfo) -> Json:
    return {
        "type": one.type,
        "by": one.by,
        "made_at": _moment(one.made_at, zone),
        "due": one.due,
        "state": one.state.value,
        "call_id": one.call_id,
        "quote": one.quote,
    }


def _flag(flag: Flag, zone: tzinfo) -> Json:
    return {
        "kind": flag.kind.value,
        "severity": flag.severity.value,
        "deal_id": flag.deal_id,
        "call_id": flag.call_id,
        "user_id": flag.user_id,
        "at": _moment(flag.at, zone),
        "explanation": flag.explanation,
        "evidence": _evidence(flag.evidence, zone),
    }


def _evidence(evidence: Sequence[Evidence], zone: tzinfo) -> list[Json]:
    return [
        {
            "kind": one.kind,
            "id": one.id,
            "at": _moment(one.at, zone),
            "quote": one.quote or None,
            "start": _seconds(one.start),
        }
        for one in evidence
    ]


def _moment(moment: datetime | None, zone: tzinfo) -> str | None:
    return moment.astimezone(zone).isoformat(timespec="seconds") if moment else None


def _seconds(value: float | None) -> float | None:
    return None if value is None else round(float(value), 2)


def _share(value: float) -> float:
    return round(min(1.0, max(0.0, float(value))), 3)
