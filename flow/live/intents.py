"""What the CRM shall say of a deal: fields, notes, tasks, a tag, words of calls. Never its stage.

Pure: verdict, findings and decisions come in, what should stand there comes out.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote as url_quote
from zoneinfo import ZoneInfo

from classify.verification.rules import PipelineRules
from classify.verification.worktime import WorkCalendar
from flow.live.crm_words import (
    Language,
    day_in,
    discreet,
    moment_in,
    phrase,
    second_of,
)
from flow.live.told import (
    DealFacts,
    accusing,
    ahead_flag,
    best_quote,
    blockers,
    confidence_in,
    stage_called,
    told_gap,
)
from models.vocabulary.crm_write import (
    CallWords,
    FieldValues,
    NotesWanted,
    NoteText,
    TagName,
    TaskText,
    WriteKind,
    WriteOptions,
)
from models.vocabulary.deal import StageKind
from models.vocabulary.outbox import CONFIRMED, Wanted
from models.vocabulary.review import Decision, Finding
from models.vocabulary.transcript import Speaker
from models.vocabulary.verdict import Evidence, FlagKind, Gap, explained_in

FRESH_H = 24.0  # hours after which an open deal is told anew when it was checked
FRESH_DECISION = timedelta(days=7)  # what was confirmed longer ago is known to everybody by now
_VERDICT = "verdict"


@dataclass(frozen=True, slots=True)
class Manner:
    """How it is told: what is wanted, in which language, in whose time, and where we are found.

    `as_of` is when the deals were judged, `calendar` tells working days, `task_days` is how many
    of them a task has.
    """

    options: WriteOptions
    language: Language
    zone: ZoneInfo
    calendar: WorkCalendar
    task_days: int
    pages: str | None
    as_of: datetime
    now: datetime


def wanted_writes(facts: DealFacts, manner: Manner) -> list[Wanted]:
    """What should stand in the CRM for one deal, in the order in which it is written."""
    options = manner.options
    wanted: list[Wanted] = []
    if options.fields:
        wanted.append(_fields(facts, manner))
    wanted += _tags(facts, manner)
    if facts.deal.status is not StageKind.LOST:
        wanted += _notes(facts, manner)
        if options.tasks:
            wanted += [_task(facts, manner, *one) for one in _confirmed(facts, manner)]
    if options.transcripts:
        wanted += [
            Wanted(
                WriteKind.TRANSCRIPT,
                CallWords(call.call_id, call.activity_id, ()),
                f"call:{call.call_id}",
                "words",
            )
            for call in facts.calls
        ]
    return wanted


def page_of(deal_id: str, manner: Manner) -> str | None:
    """The address of our page of a deal, which asks for a log-in; ``None``: no address is set."""
    return f"{manner.pages}/deals/{url_quote(deal_id, safe='')}" if manner.pages else None


def _fields(facts: DealFacts, manner: Manner) -> Wanted:
    gap = told_gap(facts)
    known = gap is not Gap.UNKNOWN
    stage = stage_called(facts, facts.verdict.verified_stage, manner.language) if known else None
    values = FieldValues(
        verified_stage=stage,
        gap=phrase("gap", gap.value, manner.language),
        confidence=confidence_in(facts, gap),
        checked_at=manner.as_of,
        link=page_of(facts.deal.id, manner),
    )
    same = _digest(values.verified_stage, values.gap, values.confidence, values.link)
    checked_lately = manner.as_of > manner.now - timedelta(hours=FRESH_H)
    is_open = facts.deal.status is StageKind.OPEN
    return Wanted(
        WriteKind.FIELDS,
        values,
        "fields",
        same,
        fresh_h=FRESH_H if is_open and checked_lately else None,
    )


def _tags(facts: DealFacts, manner: Manner) -> Iterator[Wanted]:
    """The tag where the deal is ahead; off again where it is not, and old names of it."""
    name = manner.options.tag
    ahead = told_gap(facts) is Gap.AHEAD
    for tag in sorted(facts.tags | ({name} if name else set())):
        on = ahead and tag == name
        same = "on" if on else "off"
        yield Wanted(WriteKind.TAG, TagName(tag, on), f"tag:{tag}", same, only_instead=not on)


def _notes(facts: DealFacts, manner: Manner) -> Iterator[Wanted]:
    wanted = manner.options.notes
    if wanted is NotesWanted.OFF:
        return
    if wanted is NotesWanted.VERDICTS:
        yield from _verdict_note(facts, manner)
    for finding, decision in _confirmed(facts, manner):
        told = wanted is NotesWanted.VERDICTS and finding is ahead_flag(facts)
        if not told:
            text = _note(facts, manner, finding, decision)
            yield _of_finding(WriteKind.NOTE, NoteText(text), finding, decision)


def _verdict_note(facts: DealFacts, manner: Manner) -> Iterator[Wanted]:
    """One note for each new state of a deal that is ahead; one more when that is over."""
    gap, flag, language = told_gap(facts), ahead_flag(facts), manner.language
    if flag is not None and gap is Gap.AHEAD:
        held = [(one.stage, one.requirement_id, one.verdict) for one in blockers(facts.verdict)[:1]]
        verdict = facts.verdict
        same = _digest(verdict.recorded_stage, verdict.verified_stage, gap, held)
        text = NoteText(_note(facts, manner, flag, facts.confirmed.get(flag.id)))
        yield Wanted(WriteKind.NOTE, text, _VERDICT, same, finding=flag.id)
    elif gap is Gap.NONE:
        stage = stage_called(facts, facts.verdict.recorded_stage, language)
        over = phrase("says", "over" if stage else "over_elsewhere", language, stage=stage or "")
        text = NoteText(_signed([phrase("says", "note", language, sentence=over)], facts, manner))
        yield Wanted(WriteKind.NOTE, text, _VERDICT, "over", only_instead=True)
    elif gap is Gap.UNKNOWN and facts.verdict.gap is Gap.UNKNOWN and manner.options.unknown:
        yield _unknown_note(facts, manner)


def _unknown_note(facts: DealFacts, manner: Manner) -> Wanted:
    language = manner.language
    why = [discreet(explained_in(one, language), language) for one in blockers(facts.verdict)[:1]]
    sentence = " ".join([phrase("says", "cannot_tell", language), *why])
    text = _signed([phrase("says", "note", language, sentence=sentence)], facts, manner)
    held = [(one.stage, one.requirement_id) for one in blockers(facts.verdict)[:1]]
    return Wanted(WriteKind.NOTE, NoteText(text), _VERDICT, _digest(Gap.UNKNOWN, held))


def _confirmed(facts: DealFacts, manner: Manner) -> Iterator[tuple[Finding, Decision]]:
    """What a supervisor confirmed lately, loud enough to be told."""
    for finding in facts.findings:
        decision = facts.confirmed.get(finding.id)
        if decision is None or not accusing(finding):
            continue
        if decision.at > manner.now - FRESH_DECISION:
            yield finding, decision


def _task(facts: DealFacts, manner: Manner, finding: Finding, decision: Decision) -> Wanted:
    language = manner.language
    sentence = discreet(explained_in(finding, language), language)
    task = TaskText(
        phrase("says", "task", language, sentence=sentence),
        facts.deal.responsible_id,
        manner.calendar.add_working_days(manner.now, manner.task_days),
    )
    return _of_finding(WriteKind.TASK, task, finding, decision)


def _of_finding(
    kind: WriteKind, content: NoteText | TaskText, finding: Finding, decision: Decision
) -> Wanted:
    topic = f"{CONFIRMED}{finding.id}:{decision.id}"
    return Wanted(kind, content, topic, "confirmed", finding=finding.id)


def _note(facts: DealFacts, manner: Manner, finding: Finding, decision: Decision | None) -> str:
    """The sentence, the words that it rests on, and what would change it."""
    language = manner.language
    sentence = discreet(explained_in(finding, language), language)
    lines = [phrase("says", "note", language, sentence=sentence)]
    held = blockers(facts.verdict) if finding.kind is FlagKind.STAGE_AHEAD_OF_REALITY else []
    evidence = [*finding.evidence, *(said for one in held[:1] for said in one.evidence)]
    best = best_quote(facts, evidence)
    if best is not None:
        lines.append(_quote(best, facts, manner))
    demands = [_title(facts.rules, one.requirement_id, language) for one in held[:1]]
    if any(demands):
        what = discreet("; ".join(filter(None, demands)), language)
        lines.append(phrase("says", "change", language, demands=what))
    if decision is not None:
        day = day_in(decision.at.astimezone(manner.zone), language)
        lines.append(phrase("says", "confirmed", language, day=day))
    return _signed(lines, facts, manner)


def _quote(best: Evidence, facts: DealFacts, manner: Manner) -> str:
    language = manner.language
    heard = facts.heard.get((best.id, best.quote or ""))
    speaker = heard.speaker if heard is not None else Speaker.UNKNOWN
    at = moment_in(best.at.astimezone(manner.zone), language) if best.at else ""
    text = phrase(
        "says",
        "quote",
        language,
        quote=discreet((best.quote or "").strip(), language),
        speaker=phrase("speaker", speaker.value, language),
        at=at,
    ).rstrip(", ")
    if best.start is not None:
        text += phrase("says", "second", language, second=second_of(best.start))
    return text + "."


def _signed(lines: list[str], facts: DealFacts, manner: Manner) -> str:
    link = page_of(facts.deal.id, manner)
    if link is not None:
        lines = [*lines, phrase("says", "link", manner.language, link=link)]
    return "\n".join(lines)


def _title(rules: PipelineRules | None, requirement: str, language: Language) -> str:
    """What a requirement asks, in short."""
    for _, _, one in rules.requirements() if rules is not None else ():
        if one.id == requirement:
            title = one.title.en if language == "en" else one.title.ru
            return title[:1].lower() + title[1:] if not title[:2].isupper() else title
    return ""


def _digest(*parts: object) -> str:
    text = json.dumps(parts, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:16]
