"""What a run tells on the terminal: which deals are not where their cards are, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from flow.summary_words import ENGLISH, Words
from models.vocabulary.deal import CrmSnapshot

Json = Mapping[str, Any]
Line = tuple[str, str]  # (style, text)

_MOST = 20
_SEVERITIES = ("high", "medium", "low")
_STYLES = {"high": "bold red", "medium": "yellow", "low": "dim"}
# What these say of a deal stands above the flags already.
_TOLD_WITH_DEALS = ("stage_ahead_of_reality", "stage_behind_reality")
_NOT_PROVED = ("missing", "contradicted", "late")


def summary_lines(
    result: Json,
    snapshot: CrmSnapshot,
    stage_keys: Mapping[str, Mapping[str, str]],
    words: Words = ENGLISH,
) -> Iterator[Line]:
    """Gives the lines of the summary with their styles, for the result of a run."""
    names = _StageNames(snapshot, stage_keys)
    deals = {deal.id: deal.name for deal in snapshot.deals}
    yield from _deals(result, names, deals, words)
    yield from _flags(result, deals, words)
    yield from _coverage(result, words)


def again_lines(again: Mapping[str, float], words: Words = ENGLISH) -> Iterator[Line]:
    """Gives the line on what a second listening came to; none where nothing was heard again."""
    if again["quotes"]:
        yield "bold", words.again.format(**again)


def print_summary(lines: Iterator[Line], files: Mapping[str, Path | None]) -> None:
    """Prints the summary to stdout, coloured on a terminal, and where the results lie."""
    from rich.console import Console
    from rich.text import Text

    console = Console(soft_wrap=True, highlight=False)
    for style, text in lines:
        console.print(Text(text, style=style))
    for name, path in files.items():
        if path is not None:
            console.print(Text(f"{name}: {path}"))


class _StageNames:
    """The CRM's names of a template's stages."""

    def __init__(self, snapshot: CrmSnapshot, stage_keys: Mapping[str, Mapping[str, str]]) -> None:
        self._names: dict[tuple[str, str], str] = {}
        for pipeline in snapshot.pipelines:
            keys = stage_keys.get(pipeline.id, {})
            for stage in pipeline.stages:
                if stage.id in keys:
                    self._names.setdefault((pipeline.id, keys[stage.id]), stage.name)

    def of(self, pipeline_id: str, key: str | None) -> str:
        """Gives the stage's name, its key where the CRM has no such stage."""
        return self._names.get((pipeline_id, key or ""), key or "?")


def _deals(
    result: Json, names: _StageNames, deals: Mapping[str, str], words: Words
) -> Iterator[Line]:
    of_gap: dict[str, list[Json]] = {"ahead": [], "behind": [], "unknown": [], "none": []}
    for deal in result["deals"]:
        of_gap[deal["gap"]].append(deal)
    ahead = of_gap["ahead"]
    yield "bold", words.not_backed.format(ahead=len(ahead), deals=len(result["deals"]))
    for deal in ahead[:_MOST]:
        yield "bold red", f"  {_standing(deal, names, deals, words)}"
        for requirement in _reasons(deal, _NOT_PROVED):
            yield "", f"      {requirement['explanation']}"
    yield from _rest(ahead, words.more)
    yield "", words.behind.format(deals=len(of_gap["behind"]))
    for deal in of_gap["behind"][:_MOST]:
        yield "", f"  {_standing(deal, names, deals, words)}"
    yield from _rest(of_gap["behind"], words.more)
    yield "", words.unknown.format(deals=len(of_gap["unknown"]))
    for deal in of_gap["unknown"][:_MOST]:
        yield "yellow", f"  {deal['id']} {deals.get(deal['id'], '')}"
        for requirement in _reasons(deal, ("unknown",))[:1]:
            yield "", f"      {requirement['explanation']}"
    yield from _rest(of_gap["unknown"], words.more)
    honest = [f"{deal['id']} {deals.get(deal['id'], '')}".strip() for deal in of_gap["none"]]
    shown = ": " + ", ".join(honest[:_MOST]) if honest else ""
    backed = words.backed.format(deals=len(honest))
    yield "green", f"{backed}{shown}{', ...' if len(honest) > _MOST else ''}"


def _standing(deal: Json, names: _StageNames, deals: Mapping[str, str], words: Words) -> str:
    recorded = names.of(deal["pipeline_id"], deal["recorded_stage"])
    verified = names.of(deal["pipeline_id"], deal["verified_stage"])
    standing = words.standing.format(recorded=recorded, verified=verified)
    return f"{deal['id']} {deals.get(deal['id'], '')}: {standing}"


def _rest(listed: Sequence[Json], told: str) -> Iterator[Line]:
    if len(listed) > _MOST:
        yield "", f"  {told.format(more=len(listed) - _MOST)}"


def _reasons(deal: Json, verdicts: Sequence[str]) -> list[Json]:
    """What holds the deal back: the verified stage's critical demands with these verdicts."""
    return [
        one
        for one in deal["requirements"]
        if one["stage"] == deal["verified_stage"]
        and one["severity"] == "critical"
        and one["verdict"] in verdicts
    ]


def _flags(result: Json, deals: Mapping[str, str], words: Words) -> Iterator[Line]:
    counts = Counter(flag["severity"] for flag in result["flags"])
    called = {one: words.severities.get(one, one) for one in _SEVERITIES}
    shown = [words.of_severity.format(count=counts[one], severity=called[one]) for one in called]
    yield "bold", words.flags.format(counts=", ".join(shown))
    events = [flag for flag in result["flags"] if flag["kind"] not in _TOLD_WITH_DEALS]
    for severity in _SEVERITIES[:2]:
        flags = [flag for flag in events if flag["severity"] == severity]
        for flag in flags[:_MOST]:
            where = deals.get(flag["deal_id"] or "") or flag["call_id"] or ""
            kind = words.kinds.get(flag["kind"], flag["kind"])
            text = f"  {called[severity]}: {kind} ({where}): {flag['explanation']}"
            yield _STYLES[severity], text
        yield from _rest(flags, words.more_flags)


def _coverage(result: Json, words: Words) -> Iterator[Line]:
    calls, errors = result["calls"], result["errors"]
    missing = sum(flag["kind"] == "missing_recording" for flag in result["flags"])
    understood = sum(call["outcome"] != "unintelligible" for call in calls)
    tied = sum(call["deal"] is not None for call in calls)
    minutes = sum(call["duration_s"] or 0.0 for call in calls) / 60
    counts = {"calls": len(calls), "minutes": minutes, "understood": understood}
    yield "bold", words.coverage.format(**counts)
    yield "", f"  {words.tied.format(tied=tied, missing=missing)}"
    if errors:
        yield "bold red", words.unusable.format(errors=len(errors))
        for error in errors[:_MOST]:
            yield "", f"  {error['recording']}: {error['error']}: {error['detail']}"
        yield from _rest(errors, words.more_errors)
