"""One plain sentence per verdict: what was asked, and on which facts."""

from __future__ import annotations

from datetime import datetime

from classify.evidence import Hit
from classify.verification.case import Case
from classify.verification.coverage import BlindSpot
from classify.verification.judge import Judged
from classify.verification.rules import Words
from classify.verification.sentences import (
    NOTHING,
    Said,
    day_said,
    field_said,
    joined,
    moment_said,
    say,
)
from models.vocabulary.verdict import Evidence, Verdict

_QUOTE_LENGTH = 80
_CODES = {
    Verdict.MET: "met",
    Verdict.LATE: "late",
    Verdict.WAIVED: "waived",
    Verdict.PENDING: "pending",
}


def explain(case: Case, judged: Judged) -> Said:
    """Why the requirement came to its verdict, for the people who read the pages."""
    requirement, due = judged.requirement, judged.finding.due
    if judged.closed:
        return say("closed", title=requirement.title)
    if judged.because_of is not None:
        return _inherited(case, judged, requirement.title)
    if judged.verdict is Verdict.UNKNOWN:
        why = _what_is_missing(case, judged)
        return say("unknown", title=requirement.title, why=why)
    code = _CODES.get(judged.verdict, "failed")
    if judged.verdict is Verdict.PENDING and due is not None:
        code = "pending_until"
    return say(
        code,
        title=requirement.title,
        failure=Said(requirement.failure.ru.rstrip("."), requirement.failure.en.rstrip(".")),
        facts=_in_brackets(evidence_words(case, judged.finding.hits)),
        due=when(case, due),
    )


def when(case: Case, moment: datetime | None) -> Said:
    """A moment as the pages write it, in the CRM's time zone; the end of a day is the day."""
    if moment is None:
        return Said("—", "—")
    local = moment.astimezone(case.clock.calendar.zone)
    is_end_of_day = (local.hour, local.minute, local.second) == (23, 59, 59)
    return day_said(local) if is_end_of_day else moment_said(local)


def evidence_words(case: Case, hits: tuple[Hit, ...], most: int = 2) -> Said:
    """The strongest pieces of evidence in words."""
    chosen = sorted(hits, key=lambda hit: hit.grade)[:most]
    return joined((_hit_words(case, hit) for hit in chosen), "; ")


def _hit_words(case: Case, hit: Hit) -> Said:
    evidence = hit.evidence
    if evidence.kind != "call" and evidence.id.startswith("field:"):
        return _field_words(case, evidence)
    quote = f": «{_short(evidence.quote)}»" if evidence.quote else ""
    slot = say("slot", at=when(case, hit.slot)) if hit.slot else NOTHING
    if evidence.kind != "call":
        return say("record", at=when(case, evidence.at), quote=quote, slot=slot)
    by = say("corrected_by", who=evidence.corrected_by) if evidence.corrected_by else NOTHING
    return say("call", at=when(case, evidence.at), quote=quote, slot=slot, by=by)


def _field_words(case: Case, evidence: Evidence) -> Said:
    owner, _, name = evidence.id.removeprefix("field:").rpartition(".")
    if name == "created_at":
        return say("card_made", at=when(case, evidence.at))
    if name == "name":
        name = "company.name" if owner == "company" else "contact.name"
    return say("field", label=field_said(name), value=_short(evidence.quote or ""))


def _inherited(case: Case, judged: Judged, title: Words) -> Said:
    needed = next(r.title for _, _, r in case.rules.requirements() if r.id == judged.because_of)
    if judged.verdict is Verdict.UNKNOWN:
        return say("unknown", title=title, why=say("needed_unknown", needed=needed))
    code = "pending_after" if judged.verdict is Verdict.PENDING else "nothing_before"
    return say(code, title=title, needed=needed)


def _what_is_missing(case: Case, judged: Judged) -> Said:
    calls = [spot for spot in judged.blind if spot.until is None]
    if calls:
        times = joined((when(case, spot.at) for spot in calls[:3]), ", ")
        waits = all(spot.waits for spot in calls)
        return say("not_heard_yet" if waits else "no_recording", times=times)
    if judged.blind:
        return _silence_words(case, judged.blind[0])
    if judged.before:
        return say("before_recordings", first=when(case, case.first_recording))
    return say("perhaps_other_deal")


def _silence_words(case: Case, spot: BlindSpot) -> Said:
    system = say("named_system", name=spot.id) if spot.id else say("system")
    if spot.until is not None and spot.until < case.as_of:
        return say("silent_on", system=system, day=day_said(spot.at))
    return say("silent_since", system=system, since=when(case, spot.at))


def _in_brackets(facts: Said) -> Said:
    return Said(f" ({facts.ru})", f" ({facts.en})") if facts.ru else NOTHING


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _QUOTE_LENGTH else line[: _QUOTE_LENGTH - 1].rstrip() + "…"
