"""How items become a call's score: weights, caps, what does not apply, what nobody can tell."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from classify.checklist import check_call, load_checklist
from classify.checklist.judge import score_of
from classify.dialogue import CallContext
from classify.hear import hear
from models.vocabulary.action import ActionType
from models.vocabulary.call import Direction
from models.vocabulary.checklist import CallScore, CheckedItem, ItemVerdict
from models.vocabulary.transcript import Segment, Speaker

SALES_CALL = load_checklist(None)
STARTED = datetime.fromisoformat("2026-11-09T11:00:00+03:00")
GOOD = (
    "a: Добрый день, меня зовут Инна, компания «Лад».",
    "c: Здравствуйте, нам нужны ворота для гаража.",
    "a: Какая ширина проёма и нужен ли привод?",
    "c: Три метра, привод обязательно, с двумя пультами.",
    "a: Тогда стоимость выйдет девяносто тысяч рублей.",
    "c: Для нас это дорого.",
    "a: Можно взять привод попроще, тогда уложимся в семьдесят.",
    "c: Это лучше.",
    "a: Давайте замерщик приедет в среду в десять утра?",
    "c: Да, давайте, в среду в десять жду.",
    "a: Записала. Всего доброго, до свидания!",
)


def scored(
    *lines: str,
    direction: Direction | None = Direction.OUT,
    sure: float = 1.0,
    earlier: bool | None = False,
) -> CallScore:
    sides = {"a": Speaker.AGENT, "c": Speaker.CLIENT, "u": Speaker.UNKNOWN}
    segments = [
        Segment(sides[line[0]], line[3:], 5.0 * number, 5.0 * number + 4, sure)
        for number, line in enumerate(lines)
    ]
    context = CallContext(started_at=STARTED, direction=direction)
    return check_call(SALES_CALL, segments, context, hear(segments, context), earlier=earlier)


def verdicts(score: CallScore) -> dict[str, str]:
    return {item.item_id: item.verdict.value for item in score.items}


def item(score: CallScore, name: str) -> CheckedItem:
    return next(one for one in score.items if one.item_id == name)


def test_a_well_led_call_gets_everything_and_shows_the_words() -> None:
    score = scored(*GOOD)
    assert set(verdicts(score).values()) == {"passed"}
    assert (score.score, score.capped_by) == (100, ())
    answer = item(score, "objections_answered")
    assert answer.quote is not None
    assert answer.quote in GOOD[6]
    assert (answer.speaker, answer.start) == (Speaker.AGENT, 30.0)
    for one in score.items:
        assert any(one.quote in line for line in GOOD if one.quote)


def test_a_missing_next_step_caps_the_score() -> None:
    score = scored(*GOOD[:8], GOOD[10])
    assert verdicts(score)["next_step"] == "failed"
    assert score.score == SALES_CALL.critical_cap == 50
    assert score.capped_by == ("next_step",)


def test_a_step_without_a_day_says_what_it_lacks() -> None:
    paper = (
        "c: Пришлите коммерческое предложение.",
        "a: Хорошо, отправлю коммерческое предложение.",
    )
    step = item(scored(*GOOD[:4], *paper, GOOD[10]), "next_step")
    assert step.verdict is ItemVerdict.FAILED
    assert step.explanation == "Следующий шаг с датой не назначен: сказано, но без дня."
    assert step.quote is not None
    assert step.quote in paper[1]


def test_a_price_before_the_needs_is_shown_with_its_words() -> None:
    score = scored(*GOOD[:2], *GOOD[4:])
    needs = item(score, "needs_before_price")
    assert needs.verdict is ItemVerdict.FAILED
    assert needs.quote is not None
    assert "девяносто тысяч" in needs.quote
    assert score.score == round(100 * 11 / 14)


@pytest.mark.parametrize(
    ("earlier", "verdict"), [(False, "failed"), (True, "not_applicable"), (None, "cannot_tell")]
)
def test_who_was_asked_before_need_not_be_asked_again(earlier: bool | None, verdict: str) -> None:
    score = scored(*GOOD[:2], *GOOD[4:], earlier=earlier)
    assert verdicts(score)["needs_before_price"] == verdict


def test_the_clients_budget_said_back_is_no_price() -> None:
    score = scored(
        *GOOD[:2],
        "c: Бюджет у нас девяносто тысяч.",
        "a: Девяносто тысяч, поняла. Какая ширина проёма и нужен ли привод?",
        "c: Три метра, привод обязательно, с двумя пультами.",
    )
    assert verdicts(score)["needs_before_price"] == "not_applicable"


def test_what_does_not_apply_costs_nothing() -> None:
    score = scored(GOOD[0], GOOD[1], GOOD[8], GOOD[9], GOOD[10])
    assert verdicts(score)["needs_before_price"] == "not_applicable"
    assert verdicts(score)["objections_answered"] == "not_applicable"
    assert score.score == 100


def test_poor_words_prove_no_absence_and_give_no_score() -> None:
    score = scored("a: Ворота для гаража.", *GOOD[1:4], sure=0.45)
    assert verdicts(score)["greeting"] == "cannot_tell"
    assert verdicts(score)["next_step"] == "cannot_tell"
    assert score.score is None


def test_words_of_nobody_known_prove_no_absence() -> None:
    score = scored("u: Ворота для гаража.", "u: Какая ширина проёма и нужен ли привод?", GOOD[1])
    assert verdicts(score)["name"] != "failed"


def test_a_weakly_heard_action_proves_nothing() -> None:
    segments = [
        Segment(Speaker.AGENT if line[0] == "a" else Speaker.CLIENT, line[3:]) for line in GOOD
    ]
    context = CallContext(started_at=STARTED, direction=Direction.OUT)
    heard = hear(segments, context)
    weak = tuple(
        replace(a, confidence=0.4) if a.type is ActionType.MEETING_BOOKED else a
        for a in heard.actions
    )
    score = check_call(SALES_CALL, segments, context, replace(heard, actions=weak))
    assert verdicts(score)["next_step"] == "cannot_tell"
    assert score.score == 100


def test_a_machine_is_asked_for_courtesies_alone() -> None:
    score = scored(
        "c: Вас приветствует автоответчик, оставьте сообщение после сигнала.",
        "a: Здравствуйте, это Инна, компания «Лад», по воротам. Перезвоню завтра.",
    )
    asked = {name for name, verdict in verdicts(score).items() if verdict != "not_applicable"}
    assert asked == {"greeting", "name", "company"}


def test_an_internal_call_is_not_scored() -> None:
    score = scored(*GOOD, direction=Direction.INTERNAL)
    assert set(verdicts(score).values()) == {"not_applicable"}
    assert score.score is None


def test_the_same_call_gets_the_same_answer() -> None:
    assert scored(*GOOD) == scored(*GOOD)


def one_item(verdict: ItemVerdict, weight: float, *, critical: bool = False) -> CheckedItem:
    return CheckedItem(f"{verdict}{weight}", "…", critical, weight, verdict, "…")


@pytest.mark.parametrize(
    ("items", "cap", "score", "capped"),
    [
        ([("passed", 3, False), ("failed", 1, False)], 50, 75, False),
        ([("passed", 9, False), ("failed", 1, True)], 50, 50, True),
        ([("passed", 9, False), ("failed", 1, True)], 0, 0, True),
        ([("passed", 1, False), ("failed", 3, True)], 50, 25, False),
        ([("passed", 2, True), ("not_applicable", 9, True)], 50, 100, False),
        ([("passed", 2, False), ("cannot_tell", 3, True)], 50, None, False),
        ([("not_applicable", 2, False)], 50, None, False),
    ],
)
def test_weights_and_caps(
    items: list[tuple[str, float, bool]], cap: int, score: int | None, capped: bool
) -> None:
    checked = [one_item(ItemVerdict(v), weight, critical=critical) for v, weight, critical in items]
    found, by = score_of(checked, cap)
    assert (found, bool(by)) == (score, capped)
