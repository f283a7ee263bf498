"""Which stage of a template a column of the CRM's board is."""

from __future__ import annotations

import pytest

from classify.pipeline_file import load_pipelines
from classify.verification.ties import rules_for, tie_stages
from models.vocabulary.deal import Pipeline, Stage, StageKind
from models.vocabulary.errors import InvalidInputError

PIPELINES = load_pipelines(None)


def tie(template: str, *stages: Stage) -> list[tuple[str | None, str]]:
    pipeline = Pipeline("p1", "Продажи", template, stages)
    return [(t.key, t.method) for t in tie_stages(pipeline, PIPELINES[template])]


@pytest.mark.parametrize(
    "name",
    [
        "КП отправлено",
        "Отправить КП",
        "Отправка КП",
        "отправка кп",
        "Отправлено КП клиенту",
        "4. Отправка КП",
        "Proposal sent",
    ],
)
def test_different_words_for_sending_a_proposal_are_one_stage(name: str) -> None:
    assert tie("web_studio", Stage("1", name)) == [("proposal", "name")]


@pytest.mark.parametrize(
    ("template", "name", "key"),
    [
        ("web_studio", "Встреча", "meeting"),
        ("web_studio", "Назначить встречу", "meeting_scheduling"),
        ("web_studio", "Встреча проведена", "meeting"),
        ("web_studio", "Встреча назначена", "meeting_scheduling"),
        ("web_studio", "Счет выставлен", "invoiced"),
        ("web_studio", "Выставление счетов", "invoiced"),
        ("web_studio", "Предоплата", "prepaid"),
        ("web_studio", "Полная оплата", "paid"),
        ("web_studio", "Прием работ", "acceptance"),
        ("web_studio", "Согласование договора", "negotiation"),
        ("web_studio", "Новая заявка", "lead_received"),
        ("web_studio", "Классифицировано", "classified"),
        ("b2b_kpi", "Выход на ЛПР", "decision_maker"),
        ("b2b_kpi", "Дожим клиента", "closing"),
        ("b2b_kpi", "Выяснить потребности", "needs"),
        ("classic_cycle", "Потребности развиты", "needs_developed"),
        ("classic_cycle", "Потребности выявлены", "needs"),
        ("classic_cycle", "Найденные клиенты", "found"),
        ("classic_cycle", "Холодные звонки", "cold_call"),
        ("classic_cycle", "Сопровождение", "support"),
    ],
)
def test_people_name_a_stage_in_their_own_way(template: str, name: str, key: str) -> None:
    assert tie(template, Stage("1", name)) == [(key, "name")]


def test_a_key_counts_more_than_a_name() -> None:
    assert tie("web_studio", Stage("1", "Предоплата", key="meeting")) == [("meeting", "key")]


def test_won_and_lost_columns_are_known_by_their_kind() -> None:
    columns = (
        Stage("142", "Всё получилось", StageKind.WON),
        Stage("143", "Не реализовано", StageKind.LOST),
    )
    assert tie("web_studio", *columns) == [("paid", "kind"), ("lost", "kind")]


def test_a_column_like_no_stage_claims_nothing() -> None:
    assert tie("web_studio", Stage("1", "Отдел рекламаций")) == [(None, "none")]


def test_an_unknown_key_is_refused_with_the_place_and_the_known_ones() -> None:
    with pytest.raises(InvalidInputError) as caught:
        tie("web_studio", Stage("7", "Встреча", key="meating"))
    assert "pipelines[id=p1].stages[id=7].key" in str(caught.value)
    assert "meeting_scheduling" in str(caught.value)


def test_an_unknown_template_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InvalidInputError, match=r"pipelines\[id=p1\]\.template.*b2b_kpi"):
        rules_for(Pipeline("p1", "Продажи", "web_shop", ()), PIPELINES)


def test_a_template_may_be_named_as_a_file() -> None:
    pipeline = Pipeline("p1", "Продажи", "web_studio.yaml", ())
    assert rules_for(pipeline, PIPELINES).template == "web_studio"
