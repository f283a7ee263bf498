"""What is wrong in a text of rules is told with its line and its path, and costs nothing to find."""

from __future__ import annotations

import re
import time

import pytest

from api.languages import LANGUAGES
from api.pages.rule_book import difference, fault_words
from api.pages.wording import Words
from classify.pipeline_file import parse_pipeline
from classify.rule_faults import _CODES, LONGEST, Fault, read_rules
from models.vocabulary.errors import InvalidInputError

SOUND = """template: bakery
name: {ru: "Пекарня", en: "Bakery"}
stages:
  - key: tasting
    names: {ru: ["Дегустация"], en: ["Tasting"]}
    requirements:
      - id: tasting.talk
        severity: critical
        title: {ru: "О дегустации поговорили", en: "The tasting was talked about"}
        failure: {ru: "О дегустации не говорили", en: "Nobody talked about the tasting"}
        check:
          kind: outcome
          outcome: conversation
        examples:
          passes: [{calls: [{at: 2026-11-10T11:00:00}]}]
          fails: [{calls: [{at: 2026-11-10T11:00:00, outcome: voicemail}]}]
  - key: order
    names: {ru: ["Заказ"]}
"""
TIMED = SOUND.replace(
    "kind: outcome\n          outcome: conversation",
    "kind: deadline\n          of: {kind: outcome, outcome: conversation}\n"
    "          since: {kind: field, of: deal, filled: created_at}\n"
    "          within: {working_days: 2}",
)


def fault_in(text: str) -> Fault:
    rules, faults = read_rules(text)
    assert rules is None
    return faults[0]


def test_a_sound_text_has_no_faults() -> None:
    for text in (SOUND, TIMED):
        rules, faults = read_rules(text)
        assert faults == []
        assert rules
        assert rules.template == "bakery"


@pytest.mark.parametrize(
    ("old", "new", "code", "place", "line"),
    [
        ("severity: critical", "severty: critical", "missing", "stages[1].requirements[1].severity", 7),
        ("outcome: conversation", "outcome: conversaton", "unknown_word", "stages[1].requirements[1].check.outcome[1]", 13),
        ("kind: outcome", "kind: outcom", "unknown_kind", "stages[1].requirements[1].check", 11),
        ("kind: outcome\n", "with_decision_maker: true\n", "no_kind", "stages[1].requirements[1].check", 11),
        ("severity: critical", "severity: critical\n        color: red", "unknown_key", "stages[1].requirements[1].color", 9),
        ("severity: critical", "severity: critical\n        severity: advisory", "key_twice", "severity", 9),
        ("id: tasting.talk", "id: Tasting talk", "odd_name", "stages[1].requirements[1].id", 7),
        ('en: "Bakery"', 'en: ""', "too_short", "name.en", 2),
        ("2026-11-10T11:00:00}", "2026-13-10T11:00:00}", "odd_value", "", 15),
        ("2026-11-10T11:00:00}", "soon}", "no_moment", "stages[1].requirements[1].examples.passes[1].calls[1].at", 15),
        ("2026-11-10T11:00:00}", "1066-11-10T11:00:00}", "example_date", "stages[1].requirements[1].examples.passes[1]", 15),
        ("        check:", "        depends_on: [x.y]\n        check:", "depends_on_nothing", "stages[1].requirements[1].depends_on", 11),
        ("        check:", "        depends_on: [tasting.talk]\n        check:", "circle", "stages[1].requirements[1].depends_on", 11),
        ("outcome: voicemail", "outcome: conversation", "disproved", "stages[1].requirements[1].examples.fails[1]", 16),
        ("fails: [{", "fails: [{stage: nowhere, ", "example_stage", "stages[1].requirements[1].examples.fails[1].stage", 16),
        ("fails: [{calls: [{at: 2026-11-10T11:00:00, outcome: voicemail}]}]", "fails: []", "too_few", "stages[1].requirements[1].examples.fails", 16),
        ('names: {ru: ["Дегустация"], ', "names: {", "nameless", "stages[1].names", 5),
        ("requirements:\n", "requirements: []\n  - key: tasting\n    names: {ru: [x]}\n    requirements:\n", "stage_twice", "stages[2].key", 7),
        ("stages:", "stages: [", "not_yaml", "", 4),
        ("template: bakery", "template: [bakery]", "no_string", "template", 1),
        ('name: {ru: "Пекарня", en: "Bakery"}', "name: [x]", "no_mapping", "name", 2),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_line_and_path(
    old: str, new: str, code: str, place: str, line: int
) -> None:
    assert old in SOUND
    fault = fault_in(SOUND.replace(old, new, 1))
    assert (fault.code, fault.place, fault.line) == (code, place, line)


@pytest.mark.parametrize(
    ("span", "code"),
    [
        ("{working_days: 2, hours: 3}", "one_span"),
        ("{working_days: 1000000000}", "too_big"),
        ("{working_days: -1}", "too_small"),
        ("{working_days: two}", "no_number"),
    ],
)
def test_spans_are_one_and_end(span: str, code: str) -> None:
    fault = fault_in(TIMED.replace("{working_days: 2}", span))
    assert (fault.code, fault.line) == (code, 15)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        ("x" * (LONGEST + 1), "too_long"),
        ("a: \x01", "not_text"),
        ("[" * 5000, "too_deep"),
        ("- x\n" * 49_000, "too_much"),
        ("a: &a [*a]", "too_deep"),
        ("a: &a {b: *a}", "too_deep"),
        ("a: " + "9" * 5000, "odd_value"),
        ("!!python/object/apply:os.system ['true']", "not_yaml"),
        (
            "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
            + "".join(f"{n}: &{n} [{','.join([f'*{o}'] * 10)}]\n" for o, n in ("ab", "bc", "cd", "de")),
            "too_much",
        ),
    ],
    ids=["empty", "long", "control", "deep", "list", "loop", "loop of keys", "number", "object", "bomb"],
)  # fmt: skip
def test_hostile_texts_are_refused_at_once(text: str, code: str) -> None:
    began = time.monotonic()
    assert fault_in(text).code == code
    assert time.monotonic() - began < 20, "also on a busy machine"
    if code not in ("too_long", "too_much"):
        with pytest.raises(InvalidInputError):
            parse_pipeline(text, "a file")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_fault_has_its_sentence(language: str) -> None:
    words = Words(language)
    named = {key for key in words._words if key.startswith("rules.fault.")}
    for code in {*_CODES.values(), "wrong"}:
        assert f"rules.fault.{code}" in named
        values = {"name": "k", "found": "f", "expected": "e", "reason": "r"}
        assert "{" not in fault_words(Fault(code, values=values), words)


def test_the_sentence_is_in_the_readers_language() -> None:
    fault = fault_in(SOUND.replace("outcome: voicemail", "outcome: conversation"))
    assert "должно быть «не найдено», а выходит «выполнено»" in fault_words(fault, Words("ru"))
    assert "should come to “not found”" in fault_words(fault, Words("en"))


def test_all_faults_of_the_form_are_told_at_once() -> None:
    text = re.sub("critical", "crucial", SOUND).replace("conversation", "chat")
    assert {fault.code for fault in read_rules(text)[1]} == {"unknown_word"}
    assert len(read_rules(text)[1]) == 2


def test_a_difference_is_shown_line_by_line() -> None:
    lines, more = difference(SOUND, SOUND.replace("critical", "advisory"))
    assert more == 0
    assert [(line.sign, line.old, line.new) for line in lines if line.sign] == [
        ("-", 8, None), ("+", None, 8),
    ]  # fmt: skip
    assert len(lines) == 2 + 6
    assert difference(SOUND, SOUND) == ([], 0)
