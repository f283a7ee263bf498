"""Which rule file judges a pipeline of a CRM is guessed by its columns, for a person to confirm."""

from __future__ import annotations

from dataclasses import replace

import pytest

from classify.pipeline_file import load_pipelines
from classify.stage_mapping import guess_pipeline, guess_stages, keep_choices
from classify.verification.ties import NO_STAGE, tie_stages
from models.vocabulary.deal import Pipeline, Stage, StageKind

RULES = load_pipelines(None)


def board(*names: str, won: str = "Успешно реализовано", lost: str = "Не реализовано") -> Pipeline:
    columns = [Stage(str(place), name) for place, name in enumerate(names)]
    ends = [Stage("142", won, StageKind.WON), Stage("143", lost, StageKind.LOST)]
    return Pipeline("7", "Продажи", "", (*columns, *ends))


BOARDS = [
    (
        "amoCRM as it comes",
        board("Неразобранное", "Первичный контакт", "Переговоры", "Принимают решение"),
        "web_studio",
        ["lead_received", "lead_received", "negotiation", "negotiation", "paid", None],
    ),
    (
        "Kommo as it comes",
        board(
            *("Incoming leads", "Initial contact", "Offer made", "Negotiation"), won="Closed - won"
        ),
        "web_studio",
        ["lead_received", "lead_received", "proposal", "negotiation", "paid", None],
    ),
    (
        "Bitrix24 as it comes",
        board("Новая", "Подготовка документов", "Счёт на предоплату", "В работе", "Финальный счёт"),
        "web_studio",
        ["lead_received", "proposal", "invoiced", "in_work", None, "paid", None],
    ),
    (
        "BottleCRM as it comes",
        board("Prospecting", "Qualification", "Proposal", "Negotiation", won="Closed Won"),
        "web_studio",
        ["lead_received", "classified", "proposal", "negotiation", "paid", None],
    ),
    (
        "a B2B board with its own words",
        board("База", "Вышли на ЛПР", "Выявили потребности", "КП отправлено", "Дожимаем"),
        "b2b_kpi",
        ["base", "decision_maker", "needs", "offer", "closing", "won", None],
    ),
    (
        "the classic cycle",
        board("Найден", "Холодный звонок", "КП", "Встреча", "Бриф", "Демонстрация", won="Продано"),
        "classic_cycle",
        ["found", "cold_call", "proposal", "meeting", "needs", "presentation", "sale", None],
    ),
    (
        "emoji, case, numbers and marks",
        board("1️⃣ НОВАЯ ЗАЯВКА!", "2. квалификация", "3) Встреча проведена 🤝", "4. КП отправили"),
        "web_studio",
        ["lead_received", "classified", "meeting", "proposal", "paid", None],
    ),
]


@pytest.mark.parametrize(("pipeline", "template", "keys"), [one[1:] for one in BOARDS])
def test_a_board_is_tied_by_name_and_order(
    pipeline: Pipeline, template: str, keys: list[str | None]
) -> None:
    guess = guess_pipeline(pipeline, RULES)
    assert guess.template == template
    assert [one.key for one in guess.stages] == keys


def test_a_board_like_a_rule_file_needs_nobody_to_be_asked() -> None:
    rules = RULES["web_studio"]
    names = [stage.names.ru[1 % len(stage.names.ru)] for stage in rules.stages[:-1]]
    guess = guess_pipeline(board(*names, won="Оплачено"), RULES)
    assert guess.is_sure
    assert [one.key for one in guess.stages[:-1]] == [stage.key for stage in rules.stages]
    assert guess.fit > 0.95


def test_other_words_for_a_step_are_never_sure() -> None:
    guess = guess_pipeline(board("Новая", "Принимают решение"), RULES)
    assert [one.how for one in guess.stages[:2]] == ["alike", "alike"]
    assert not guess.is_sure


def test_a_board_of_something_else_gets_no_rule_file() -> None:
    guess = guess_pipeline(board("Склад", "Ремонт", "Логистика", "Утилизация"), RULES)
    assert guess.template is None
    assert [one.key for one in guess.stages] == [None] * 6
    assert {name for name, _ in guess.others} == {"web_studio", "b2b_kpi", "classic_cycle"}
    assert guess.kept(confirmed=False)["template"] == ""


def test_a_column_in_the_wrong_place_is_doubted() -> None:
    guess = guess_stages(board("Предоплата", "Новая заявка", "КП отправлено"), RULES["web_studio"])
    first = guess.stages[0]
    assert (first.key, first.is_sure) == ("prepaid", False)
    assert all(one.is_sure for one in guess.stages[1:3])


def test_an_empty_or_nameless_board_is_no_mistake() -> None:
    assert guess_pipeline(Pipeline("1", "", "", ()), RULES).template is None
    assert guess_pipeline(board("", "  ", "🙂", "12"), RULES).template is None


def test_what_a_person_confirmed_stays_when_the_board_changes() -> None:
    said = {"7": {"template": "b2b_kpi", "stages": {"0": "offer", "9": "needs"}, "confirmed": True}}
    guess = guess_pipeline(board("КП отправлено", "Новый столбец"), RULES)
    kept = keep_choices([guess], said, sure=True)
    assert kept["7"]["template"] == "b2b_kpi"
    assert kept["7"]["stages"] == {"0": "offer", "1": None, "142": None, "143": None}
    assert kept["7"]["confirmed"]


@pytest.mark.parametrize("sure", [True, False])
def test_only_what_is_sure_is_taken_without_asking(sure: bool) -> None:
    clear = guess_pipeline(board("Входящая заявка", "КП отправлено", "Счёт выставлен"), RULES)
    vague = replace(guess_pipeline(board("Новая", "Думают"), RULES), pipeline_id="8")
    kept = keep_choices([clear, vague], {}, sure=sure)
    assert (kept["7"]["confirmed"], kept["8"]["confirmed"]) == (sure, False)


def test_a_column_that_is_none_of_the_stages_stays_untied() -> None:
    columns = (Stage("1", "КП отправлено", key=NO_STAGE), Stage("2", "КП отправлено"))
    ties = tie_stages(Pipeline("7", "Продажи", "web_studio", columns), RULES["web_studio"])
    assert [tie.key for tie in ties] == [None, "proposal"]
