"""What a rule demands, in sentences: every kind of check, in both languages."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from pydantic import BaseModel, TypeAdapter

from api.languages import LANGUAGES
from api.pages.rule_examples import told_example
from api.pages.rule_sentences import Told, all_checks, evidence_kinds, told_check
from api.pages.wording import Words
from classify.pipeline_file import load_pipelines
from classify.verification.check_kinds import CHECK_KINDS, Check
from models.vocabulary.action import ActionStatus, ActionType, Outcome
from models.vocabulary.deal import ActivityKind, ActivityType
from models.vocabulary.verdict import FlagKind, FlagSeverity, Severity, Verdict

CHECKS: dict[str, dict[str, Any]] = {
    "heard": {
        "kind": "heard", "action": "meeting_booked", "speaker": "client", "slots": "due",
        "in_conversation": True, "with_decision_maker": True,
        "undone_by": [{"action": "meeting_booked"}],
    },
    "outcome": {"kind": "outcome", "outcome": ["conversation", "gatekeeper"]},
    "activity": {
        "kind": "activity", "type": ["task", "meeting"], "about": "call", "direction": "out",
        "done": False, "says": ["due", "place"],
    },
    "field": {
        "kind": "field", "of": "company", "filled": ["region"], "any_filled": ["needs"],
        "among": {"category": ["A", "B"], "decision_maker": [True]},
    },
    "first_contact": {"kind": "first_contact", "by": "other"},
    "agreement": {"kind": "agreement", "within_minutes": 31},
    "total": {"kind": "total"},
    "answered": {"kind": "answered", "action": "objection", "by": ["terms_agreed"]},
    "order": {"kind": "order", "first": {"kind": "total"}, "then": {"kind": "total"}},
    "count": {
        "kind": "count", "of": {"kind": "total"}, "at_least": 3, "distinct_days": True,
        "after": {"kind": "first_contact", "by": "call"},
    },
    "deadline": {
        "kind": "deadline", "of": {"kind": "total"}, "since": {"kind": "total"},
        "within": {"working_days": 2}, "early": True,
    },
    "any_of": {"kind": "any_of", "checks": [{"kind": "total"}]},
    "all_of": {"kind": "all_of", "checks": [{"kind": "total"}]},
}  # fmt: skip
SAID = {
    "heard": (
        (
            "В звонке слышно: договорились о встрече, говорит клиент, названо: срок, в состоявшемся "
            "разговоре, на линии тот, кто решает (ЛПР)"
        ),
        (
            "Heard in a call: a meeting was agreed, said by the client, with these said: the due day, "
            "in a real conversation, with the person who decides on the line"
        ),
    ),
    "outcome": (
        "Звонок закончился так: разговор состоялся или ответил секретарь",
        "A call ended up so: a conversation took place or a secretary answered",
    ),
    "activity": (
        (
            "В CRM есть запись: задача или встреча — позвонить, от нас, указано: срок, место, можно "
            "ещё не выполненная"
        ),
        (
            "The CRM has a record: a task or a meeting — call, from us, with: a due date, a place, may "
            "still be to do"
        ),
    ),
    "field": ("Нужно всё", "All of these are needed"),
    "first_contact": (
        "Клиент впервые обратился не звонком",
        "The client's first contact was not a call",
    ),
    "agreement": (
        (
            "Встреча в CRM стоит на то время, о котором договорились; допустимое расхождение — 31 "
            "минута"
        ),
        "The meeting in the CRM stands at the time that was agreed on; it may differ by 31 minutes",
    ),
    "total": (
        "Оплаты в CRM за вычетом возвратов покрывают сумму сделки",
        "The payments in the CRM, less refunds, reach the deal's amount",
    ),
    "answered": (
        "На каждое «возражение» есть ответ; ответом считается: согласились с условиями",
        "Every “an objection” is answered; what counts as an answer: the terms were agreed",
    ),
    "order": (
        "Порядок соблюдён; наоборот — опровергнуто",
        "The order is kept; the other way round is a contradiction",
    ),
    "count": ("Не меньше 3 раз, в разные дни", "At least 3 times, on different days"),
    "deadline": (
        "Не позже чем через 2 рабочих дня",
        "No later than 2 working days after",
    ),
    "any_of": ("Достаточно одного", "One of these is enough"),
    "all_of": ("Нужно всё", "All of these are needed"),
}
CHECK: TypeAdapter[Check] = TypeAdapter(Check)


def flat(told: Told) -> list[str]:
    return [told.text, *(line for part in told.parts for line in flat(part))]


def test_every_kind_of_check_is_here() -> None:
    known = {get_args(kind.model_fields["kind"].annotation)[0] for kind in _kinds()}
    assert known == CHECK_KINDS == CHECKS.keys() == SAID.keys()


def _kinds() -> list[type[BaseModel]]:
    union, *_ = get_args(Check)
    return list(get_args(union))


@pytest.mark.parametrize("kind", sorted(CHECKS))
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_check_is_told_in_a_sentence(kind: str, language: str) -> None:
    told = told_check(CHECK.validate_python(CHECKS[kind]), Words(language))
    assert told.text == SAID[kind][LANGUAGES.index(language)]
    for line in flat(told):
        assert "{" not in line
        assert "_" not in line


def test_what_a_check_is_made_of_stands_under_it() -> None:
    words = Words("ru")
    assert flat(told_check(CHECK.validate_python(CHECKS["deadline"]), words))[1:] == [
        SAID["total"][0], "Отсчёт с момента", SAID["total"][0],
        "Сделанное раньше тоже засчитывается",
    ]  # fmt: skip
    assert flat(told_check(CHECK.validate_python(CHECKS["field"]), words))[1:] == [
        "В карточке компании: заполнено регион",
        "В карточке компании: заполнено хотя бы одно из полей — потребности",
        "В карточке компании: категория — A или B",
        "В карточке компании: отметка ЛПР — да",
    ]
    assert flat(told_check(CHECK.validate_python(CHECKS["heard"]), words))[1:] == [
        "Не считается, если позже слышно: отклонено: встреча"
    ]
    assert flat(told_check(CHECK.validate_python(CHECKS["order"]), words))[1::2] == [
        "Сначала", "Затем",
    ]  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_of_the_rules_has_a_name(language: str) -> None:
    words = Words(language)
    groups = {
        "rules.action": ActionType, "rules.done": ActionType, "rules.status": ActionStatus,
        "rules.outcome": Outcome, "rules.activity": ActivityType, "rules.about": ActivityKind,
        "codes.flag": FlagKind, "rules.verdict": Verdict, "rules.severity": Severity,
        "rules.loudness": FlagSeverity,
    }  # fmt: skip
    for group, codes in groups.items():
        for code in codes:
            assert words(f"{group}.{code.value}")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", ["web_studio", "b2b_kpi", "classic_cycle"])
def test_packaged_rules_and_their_examples_are_told(template: str, language: str) -> None:
    rules, words = load_pipelines(None)[template], Words(language)
    for _, _, one in rules.requirements():
        lines = flat(told_check(one.check, words))
        for example in (*one.examples.passes, *one.examples.fails):
            lines += told_example(example, Verdict.MET, rules, words).lines
        assert lines
        assert all(line and "_" not in line and "None" not in line for line in lines), lines


def test_evidence_is_told_from_what_is_checked() -> None:
    deadline = CHECK.validate_python({**CHECKS["deadline"], "since": CHECKS["heard"]})
    assert evidence_kinds(deadline) == ["calls", "crm"]
    assert evidence_kinds(CHECK.validate_python(CHECKS["agreement"])) == ["both"]
    assert len(list(all_checks(CHECK.validate_python(CHECKS["count"])))) == 3
