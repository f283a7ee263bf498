"""The terminal's summary: deals that are not backed first, with the reason; then the rest."""

from __future__ import annotations

import re
from typing import Any

import pytest

from flow.report.words import words_of
from flow.summary import again_lines, summary_lines
from flow.summary_words import ENGLISH, RUSSIAN, Words, words_for
from models.vocabulary.deal import StageKind
from tests.fakes import result as fake


def lines(words: Words = ENGLISH, **changes: Any) -> list[str]:
    result = fake.result() | changes
    return [text for _, text in summary_lines(result, fake.snapshot(), fake.STAGE_KEYS, words)]


def test_each_deal_ahead_is_told_with_both_stages_and_the_reason() -> None:
    told = "\n".join(lines())
    ahead = [deal for deal in fake.result()["deals"] if deal["gap"] == "ahead"]
    assert ahead
    assert f"Deals whose stage is not backed: {len(ahead)} of {len(fake.result()['deals'])}" in told
    for deal in ahead:
        assert f"  {deal['id']} " in told
        held_back = [
            one["explanation"]
            for one in deal["requirements"]
            if one["stage"] == deal["verified_stage"]
            and one["severity"] == "critical"
            and one["verdict"] in ("missing", "contradicted", "late")
        ]
        assert all(f"      {reason}" in told for reason in held_back)


def test_stages_are_called_as_the_crm_calls_them() -> None:
    [deal, *_] = [deal for deal in fake.result()["deals"] if deal["gap"] == "ahead"]
    names = {
        fake.STAGE_KEYS[pipeline.id][stage.id]: stage.name
        for pipeline in fake.snapshot().pipelines
        if pipeline.id == deal["pipeline_id"]
        for stage in pipeline.stages
        if stage.id in fake.STAGE_KEYS[pipeline.id] and stage.kind is not StageKind.LOST
    }
    assert f"card at «{names[deal['recorded_stage']]}»" in "\n".join(lines())


def test_flags_are_counted_by_severity_and_the_stage_flags_not_told_twice() -> None:
    flag: dict[str, Any] = {
        "deal_id": None,
        "call_id": "17",
        "user_id": None,
        "at": None,
        "evidence": [],
    }
    flags = [
        flag | {"kind": "stage_ahead_of_reality", "severity": "high", "explanation": "Впереди."},
        flag | {"kind": "slot_mismatch", "severity": "high", "explanation": "Другое время."},
        flag | {"kind": "promise_broken", "severity": "low", "explanation": "Не прислал."},
    ]
    told = lines(flags=flags)
    assert "Flags: 2 high, 0 medium, 1 low" in told
    assert "  high: slot_mismatch (17): Другое время." in told
    assert not any("Впереди." in line or "Не прислал." in line for line in told)


def test_what_could_not_be_used_is_listed_up_to_a_screenful() -> None:
    errors = [{"recording": f"{n}.wav", "error": "empty", "detail": "nothing"} for n in range(25)]
    told = lines(errors=errors)
    assert "Recordings that could not be used: 25" in told
    assert "  0.wav: empty: nothing" in told
    assert "  24.wav: empty: nothing" not in told
    assert told[-1] == "  and 5 more (all are in the JSON)"


def test_an_empty_result_is_told_too() -> None:
    told = lines(deals=[], flags=[], calls=[], errors=[])
    assert told[0] == "Deals whose stage is not backed: 0 of 0"
    assert "Coverage: calls 0 (0 min), understood 0" in told


def test_honest_and_uncertain_deals_are_named_too() -> None:
    deals = fake.result()["deals"]
    told = lines(deals=[{**deal, "gap": "unknown"} for deal in deals])
    assert "Cannot be told: 2" in told
    assert "Backed: 0" in told
    assert "Backed: 1: 2 Пекарня «Калач»" in lines()


def test_what_was_heard_again_is_told_in_one_line() -> None:
    again = {"quotes": 3, "same": 2, "otherwise": 1, "unclear": 0, "heard_s": 41.6}
    assert [text for _, text in again_lines(again)] == [
        "Heard again: 3 decisive quotes, 2 the same, 1 otherwise, 0 unclear (42 s decoded)"
    ]
    assert list(again_lines(again | {"quotes": 0})) == []


LATIN = re.compile(r"[A-Za-z]{2,}")


def test_the_summary_is_russian_where_the_user_is() -> None:
    flag: dict[str, Any] = {"deal_id": None, "call_id": "17", "user_id": None, "at": None}
    flags = [
        flag | {"kind": kind, "severity": severity, "explanation": "Вот так.", "evidence": []}
        for kind, severity in (("slot_mismatch", "high"), ("promise_broken", "medium"))
    ] * 21
    errors = [{"recording": f"{n}.wav", "error": "пусто", "detail": "тишина"} for n in range(25)]
    told = lines(RUSSIAN, flags=flags, errors=errors)
    ours = [line for line in told if not line.startswith("      ") and ".wav" not in line]
    assert "Флаги: важно 21, заметно 21, мелочь 0" in ours
    assert f"  важно: {words_of('ru')['flag']['slot_mismatch']} (17): Вот так." in ours
    assert "  и ещё 1 этой важности" in ours
    assert "  и ещё 5 (все в JSON)" in ours
    names = re.compile(
        "CRM|JSON|<script>.*</script>"
    )  # of a file, of what hostile cards are called
    assert [line for line in ours if LATIN.search(names.sub("", line))] == []
    assert len(told) == len(lines(flags=flags, errors=errors))


def test_a_deal_ahead_is_told_in_russian_with_both_stages() -> None:
    assert any("карточка на «" in line and "на деле «" in line for line in lines(RUSSIAN))


def test_what_was_heard_again_is_told_in_russian() -> None:
    again = {"quotes": 3, "same": 2, "otherwise": 1, "unclear": 0, "heard_s": 41.6}
    assert [text for _, text in again_lines(again, RUSSIAN)] == [
        "Переслушано решающих цитат: 3; так же 2, иначе 1, неясно 0 (раскодировано 42 с)"
    ]


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"LANG": "ru_RU.UTF-8"}, RUSSIAN),
        ({"LANG": "en_GB.UTF-8", "LC_ALL": "ru_RU.UTF-8"}, RUSSIAN),
        ({"LANG": "en_GB.UTF-8", "LC_MESSAGES": "ru_RU"}, RUSSIAN),
        ({"LANG": "ru_RU.UTF-8", "LC_ALL": ""}, RUSSIAN),
        ({"LANG": "ru_RU.UTF-8", "LC_ALL": "C"}, ENGLISH),
        ({"LANG": "C.UTF-8"}, ENGLISH),
        ({"LANG": "rw_RW.UTF-8"}, ENGLISH),
        ({}, ENGLISH),
    ],
)
def test_the_language_is_that_of_the_users_messages(
    environment: dict[str, str], words: Words
) -> None:
    assert words_for(environment) is words
