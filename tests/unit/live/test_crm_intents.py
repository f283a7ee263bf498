"""What a CRM is told of a deal: only what is true, in its own words, and never its stage."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classify.pipeline_file import load_pipelines
from classify.verification.worktime import WorkCalendar
from flow.live.crm_words import discreet
from flow.live.intents import Manner, wanted_writes
from flow.live.told import DealFacts, HeardQuote, confidence_in, confirmation_of, told_gap
from models.vocabulary.crm_write import (
    FieldValues,
    NotesWanted,
    NoteText,
    TagName,
    TaskText,
    WriteKind,
    WriteOptions,
    write_options,
)
from models.vocabulary.deal import Deal, Pipeline, Stage, StageKind
from models.vocabulary.outbox import Wanted
from models.vocabulary.review import Decision, DecisionKind, Finding, FindingState
from models.vocabulary.transcript import Speaker
from models.vocabulary.verdict import (
    DealVerdict,
    Evidence,
    FlagKind,
    FlagSeverity,
    Gap,
    Grade,
    RequirementVerdict,
    Severity,
    Verdict,
)

MOSCOW = ZoneInfo("Europe/Moscow")
NOW = datetime(2026, 11, 20, 12, tzinfo=MOSCOW)  # a Friday
CALLED = datetime(2026, 11, 17, 14, 20, tzinfo=MOSCOW)
RULES = load_pipelines(None)["web_studio"]
SAID = Evidence("call", "call-1", CALLED, "давайте пока без встречи", 62.5)
OURS = Evidence("call", "call-1", CALLED + timedelta(minutes=1), "хорошо, вернусь позже", 80.0)
SENTENCE = "В CRM этап «КП», доказан только этап «Назначаем встречу»: встречи не было."
PIPELINE = Pipeline(
    "p",
    "Сайты",
    "web_studio",
    (
        Stage("s1", "Заявка", key="lead_received"),
        Stage("s2", "Назначаем встречу", key="meeting_scheduling"),
        Stage("s3", "КП", key="proposal"),
    ),
)


def requirement(stage: str, verdict: Verdict, grade: Grade, *said: Evidence) -> RequirementVerdict:
    return RequirementVerdict(
        stage, "meeting_scheduling.booked", Severity.CRITICAL, verdict, grade, "Почему.", said
    )


def verdict(gap: Gap = Gap.AHEAD, verified: str | None = "meeting_scheduling") -> DealVerdict:
    rows = (
        requirement("lead_received", Verdict.MET, Grade.CLIENT_CONFIRMED),
        requirement("meeting_scheduling", Verdict.MISSING, Grade.NOTHING, SAID),
    )
    return DealVerdict("d/1", "p", "proposal", verified, gap, rows)


def finding(**more: Any) -> Finding:
    told: dict[str, Any] = {
        "id": 7,
        "key": "k",
        "kind": FlagKind.STAGE_AHEAD_OF_REALITY,
        "severity": FlagSeverity.HIGH,
        "explanation": SENTENCE,
        "deal_id": "d/1",
        "call_id": None,
        "user_id": "vera",
        "at": CALLED,
        "evidence": (OURS, SAID),
        "pipeline_id": "p",
        "stage": "proposal",
        "amount": None,
        "confidence": 0.9,
        "weight": 1.0,
        "state": FindingState.OPEN,
        "raised_at": CALLED,
        "withdrawn_at": None,
        "sent_at": None,
        "version": 0,
        "digest": "",
        "explanation_en": "The card is ahead.",
    }
    return Finding(**told | more)


def decision(kind: DecisionKind, id_: int = 1, **more: Any) -> Decision:
    return Decision(id_, 7, kind, NOW - timedelta(hours=1), None, "olga", **more)


def facts(**more: Any) -> DealFacts:
    deal = Deal("d/1", "Сайт", "p", "s3", StageKind.OPEN, CALLED, responsible_id="vera")
    told: dict[str, Any] = {
        "deal": deal,
        "verdict": verdict(),
        "pipeline": PIPELINE,
        "rules": RULES,
        "findings": (finding(),),
        "heard": {
            (SAID.id, SAID.quote): HeardQuote(Speaker.CLIENT, 0.8),
            (OURS.id, OURS.quote): HeardQuote(Speaker.AGENT, 0.95),
        },
    }
    return DealFacts(**told | more)


def manner(**more: Any) -> Manner:
    told: dict[str, Any] = {
        "options": WriteOptions(notes=NotesWanted.VERDICTS),
        "language": "ru",
        "zone": MOSCOW,
        "calendar": WorkCalendar("RU", MOSCOW),
        "task_days": 1,
        "pages": "https://calls.example.ru",
        "as_of": NOW,
        "now": NOW,
    }
    return Manner(**told | more)


def of_kind(wanted: list[Wanted], kind: WriteKind) -> list[Any]:
    return [one.content for one in wanted if one.kind is kind]


def fields_of(told: DealFacts, how: Manner | None = None) -> FieldValues:
    (values,) = of_kind(wanted_writes(told, how or manner()), WriteKind.FIELDS)
    assert isinstance(values, FieldValues)
    return values


def test_fields_speak_the_words_of_the_crm() -> None:
    assert fields_of(facts()) == FieldValues(
        "Назначаем встречу",
        "CRM опережает разговоры",
        0.72,  # nothing found (0.9), with the words that were heard least surely (0.8)
        NOW,
        "https://calls.example.ru/deals/d%2F1",
    )


def test_a_stage_that_the_board_lacks_is_called_as_the_rules_do() -> None:
    bare = replace(PIPELINE, stages=PIPELINE.stages[:1])
    assert fields_of(facts(pipeline=bare)).verified_stage == "Назначение встречи"
    english = fields_of(facts(pipeline=None, rules=RULES), manner(language="en"))
    assert english.verified_stage == RULES.stages[2].names.en[0]
    assert fields_of(facts(pipeline=None, rules=None)).verified_stage == "meeting_scheduling"


def test_without_an_address_of_ours_no_link_is_written() -> None:
    wanted = wanted_writes(facts(), manner(pages=None))
    assert "://" not in repr(wanted)


def test_a_note_says_what_who_when_and_what_would_change_it() -> None:
    (note,) = of_kind(wanted_writes(facts(), manner()), WriteKind.NOTE)
    assert note.text.split("\n") == [
        f"Сверка со звонками (stagecheck). {SENTENCE}",
        "«давайте пока без встречи» — клиент, 17.11.2026 14:20, 1:02 от начала разговора.",
        "Что изменит вывод: встреча согласована с клиентом в разговоре.",
        "Подробнее (по паролю): https://calls.example.ru/deals/d%2F1",
    ]


@pytest.mark.parametrize(
    "untold",
    [
        {"state": FindingState.DISMISSED},
        {"state": FindingState.WAIVED},
        {"state": FindingState.OBJECTED},
        {"severity": FlagSeverity.LOW},
        {"withdrawn_at": NOW},
    ],
)
def test_a_gap_that_was_contradicted_or_is_advice_is_not_known(untold: dict[str, Any]) -> None:
    told = facts(findings=(finding(**untold),), confirmed={7: decision(DecisionKind.CONFIRM)})
    options = WriteOptions(notes=NotesWanted.VERDICTS, tag="впереди")
    wanted = wanted_writes(told, manner(options=options))
    values = fields_of(told)
    assert (values.verified_stage, values.gap, values.confidence) == (
        None,
        "По разговорам не проверить",
        None,
    )
    assert [one.content for one in wanted if one.kind is not WriteKind.FIELDS] == [
        TagName("впереди", present=False)
    ]


def test_what_cannot_be_told_is_only_told_where_it_is_asked_for() -> None:
    rows = (requirement("meeting_scheduling", Verdict.UNKNOWN, Grade.NOTHING),)
    unknown = facts(verdict=replace(verdict(Gap.UNKNOWN), requirements=rows), findings=())
    assert of_kind(wanted_writes(unknown, manner()), WriteKind.NOTE) == []
    asked = manner(options=WriteOptions(notes=NotesWanted.VERDICTS, unknown=True))
    (note,) = of_kind(wanted_writes(unknown, asked), WriteKind.NOTE)
    assert "По разговорам нельзя сказать" in note.text
    assert fields_of(unknown).verified_stage is None


def test_a_task_is_due_at_the_end_of_the_next_working_day() -> None:
    confirmed = facts(confirmed={7: decision(DecisionKind.CONFIRM)})
    (task,) = of_kind(wanted_writes(confirmed, manner()), WriteKind.TASK)
    assert isinstance(task, TaskText)
    assert task.user_id == "vera"
    assert task.due_at.isoformat() == "2026-11-23T23:59:59+03:00"
    assert task.text == f"Разобрать замечание по сделке: {SENTENCE}"


def test_a_lost_deal_is_left_in_peace() -> None:
    deal = replace(facts().deal, status=StageKind.LOST)
    lost = facts(deal=deal, confirmed={7: decision(DecisionKind.CONFIRM)})
    kinds = {one.kind for one in wanted_writes(lost, manner())}
    assert kinds == {WriteKind.FIELDS}


def test_a_confirmation_stands_through_an_objection_and_falls_with_a_second_thought() -> None:
    yes, no = DecisionKind.CONFIRM, DecisionKind.REOPEN
    objected = [decision(yes, 1), decision(DecisionKind.OBJECT, 2), decision(yes, 3)]
    assert confirmation_of(objected) == objected[0]
    assert confirmation_of([decision(yes, 1), decision(no, 2)]) is None
    again = [decision(yes, 1), decision(no, 2), decision(yes, 3)]
    assert confirmation_of(again) == again[2]
    assert confirmation_of([decision(yes, 1, blind=True)]) is None


def test_a_gap_is_as_sure_as_what_it_rests_on() -> None:
    met = [
        requirement("lead_received", Verdict.MET, Grade.CLIENT_CONFIRMED, SAID),
        requirement("classified", Verdict.LATE, Grade.CRM_ONLY),
        requirement("proposal", Verdict.MET, Grade.CLIENT_CONFIRMED),
    ]
    none = facts(verdict=replace(verdict(Gap.NONE), requirements=tuple(met)), findings=())
    assert confidence_in(none, Gap.NONE) == 0.6  # the weakest of what was passed
    assert confidence_in(facts(), Gap.UNKNOWN) is None
    bare = facts(verdict=replace(verdict(), requirements=()))
    assert confidence_in(bare, Gap.NONE) is None


PHONES = [
    "8 916 123-45-67",
    "+7 (916) 123 45 67",
    "79161234567",
    "восемь девятьсот шестнадцать сто двадцать три сорок пять шестьдесят семь",
    "anna@example.ru",
    "123-45-67",
]


@pytest.mark.parametrize("phone", PHONES)
def test_no_number_of_anybody_reaches_the_crm(phone: str) -> None:
    said = replace(SAID, quote=f"запишите {phone}, жду")
    flag = finding(evidence=(said,), explanation=f"Разговор с {phone}: 17.11.2026 14:20, {phone}.")
    told = facts(findings=(flag,), confirmed={7: decision(DecisionKind.CONFIRM)})
    text = repr(wanted_writes(told, manner()))
    assert phone not in text
    assert "17.11.2026 14:20" in text


def test_dates_and_sums_are_no_telephone_numbers() -> None:
    text = "Встреча 17.11.2026 14:20, было 18.11.2026 09:00; 1 500 000 рублей; 2026-11-17T14:20"
    assert discreet(text, "ru") == text


@given(
    gap=st.sampled_from(Gap),
    kind=st.sampled_from(FlagKind),
    state=st.sampled_from(FindingState),
    severity=st.sampled_from(FlagSeverity),
    status=st.sampled_from(StageKind),
    confirmed=st.booleans(),
    notes=st.sampled_from(NotesWanted),
    tasks=st.booleans(),
    tag=st.sampled_from([None, "впереди"]),
    unknown=st.booleans(),
)
def test_whatever_is_known_nothing_untrue_is_told(  # noqa: PLR0917 - all that may differ
    gap: Gap,
    kind: FlagKind,
    state: FindingState,
    severity: FlagSeverity,
    status: StageKind,
    confirmed: bool,
    notes: NotesWanted,
    tasks: bool,
    tag: str | None,
    unknown: bool,
) -> None:
    secret = "ОБВИНЕНИЕ"  # noqa: S105 - a word that may only be told where it is true
    flag = finding(kind=kind, state=state, severity=severity, explanation=secret)
    told = facts(
        deal=replace(facts().deal, status=status),
        verdict=verdict(gap),
        findings=(flag,),
        confirmed={7: decision(DecisionKind.CONFIRM)} if confirmed else {},
    )
    options = WriteOptions(True, notes, tasks, tag, False, unknown)
    how = manner(options=options)
    wanted = wanted_writes(told, how)
    assert wanted_writes(told, how) == wanted
    names = [(one.kind, one.topic) for one in wanted]
    assert len(names) == len(set(names))
    assert {one.kind for one in wanted} <= set(WriteKind)
    loud = severity is not FlagSeverity.LOW
    stands = state in (FindingState.OPEN, FindingState.CONFIRMED)
    texts = [one.content for one in wanted if isinstance(one.content, NoteText | TaskText)]
    if any(secret in one.text for one in texts):
        assert loud
        assert stands
        assert status is not StageKind.LOST
        assert confirmed or (notes is NotesWanted.VERDICTS and gap is Gap.AHEAD)
    if told_gap(told) is Gap.AHEAD:
        assert gap is Gap.AHEAD
        assert loud
        assert stands
        assert kind is FlagKind.STAGE_AHEAD_OF_REALITY
    ahead = [one.content for one in wanted if isinstance(one.content, TagName)]
    assert all(one.present == (told_gap(told) is Gap.AHEAD) for one in ahead)
    if notes is NotesWanted.OFF:
        assert not of_kind(wanted, WriteKind.NOTE)
    if not (tasks and confirmed):
        assert not of_kind(wanted, WriteKind.TASK)


@pytest.mark.parametrize(
    "told",
    [None, [], "x", 5, {"notes": "shout", "tag": 5, "fields": "yes"}, {"notes": [], "new": 1}],
)
def test_odd_options_are_as_usual(told: object) -> None:
    assert write_options(told) == WriteOptions()


def test_options_are_read_as_they_were_kept() -> None:
    kept = {"fields": False, "notes": "off", "tasks": False, "tag": " впереди ", "later": True}
    options = WriteOptions(fields=False, notes=NotesWanted.OFF, tasks=False, tag="впереди")
    assert write_options(kept) == options
