"""The page says how calls were led: per call the items with their words, per manager the mean."""

from __future__ import annotations

from dataclasses import replace

from flow.report import render_report
from flow.report.quality import manager_qualities
from models.vocabulary.checklist import CallScore, CheckedItem, ItemVerdict
from models.vocabulary.transcript import Speaker
from tests.fakes.result import STAGE_KEYS, result, snapshot

NEXT_STEP = CheckedItem(
    item_id="next_step",
    title="Назначен следующий шаг с датой",
    critical=True,
    weight=4.0,
    verdict=ItemVerdict.FAILED,
    explanation="Следующий шаг с датой не назначен.",
)
GREETED = CheckedItem(
    item_id="greeting",
    title="Менеджер поздоровался",
    critical=False,
    weight=1.0,
    verdict=ItemVerdict.PASSED,
    explanation="Менеджер поздоровался.",
    quote="добрый <b>день</b>",
    speaker=Speaker.AGENT,
    start=62.5,
)
UNASKED = replace(GREETED, item_id="name", title="Назвал имя", verdict=ItemVerdict.NOT_APPLICABLE)
SCORE = CallScore("sales_call", "0" * 16, 50, ("next_step",), (GREETED, UNASKED, NEXT_STEP))
RECORDING = "2026/11/17/a.wav"


def page(score: CallScore) -> str:
    return render_report(result(), snapshot(), STAGE_KEYS, {RECORDING: score})


def test_a_call_shows_its_score_and_what_caps_it() -> None:
    shown = page(SCORE)
    assert "Как вёлся разговор: 50 из 100" in shown
    assert "Больше нельзя, пока нет главного: Назначен следующий шаг с датой." in shown
    assert shown.index("Следующий шаг с датой не назначен.") < shown.index("01:02 «добрый")


def test_what_was_not_asked_is_not_shown() -> None:
    assert "Назвал имя" not in page(SCORE)


def test_words_of_a_call_become_no_markup() -> None:
    assert "<b>день</b>" not in page(SCORE)
    assert "&lt;b&gt;день&lt;/b&gt;" in page(SCORE)


def test_a_call_that_cannot_be_judged_says_so() -> None:
    assert "Как вёлся разговор: оценить нельзя" in page(replace(SCORE, score=None, capped_by=()))


def test_a_manager_gets_the_mean_and_the_weakest_item() -> None:
    calls = [{"recording": name, "user_id": "u1"} for name in ("a", "b", "c", "d")]
    good = replace(SCORE, score=100, capped_by=(), items=(GREETED,))
    scores = {"a": SCORE, "b": good, "c": replace(SCORE, score=None)}
    [row] = manager_qualities(calls, scores, {"u1": "Вера Ильина"})
    assert (row.name, row.calls, row.score) == ("Вера Ильина", 2, 75)
    assert (row.weakest, row.weakest_failed, row.weakest_asked) == (NEXT_STEP.title, 1, 1)


def test_the_lowest_mean_comes_first_and_nobody_is_somebody() -> None:
    calls: list[dict[str, str | None]] = [
        {"recording": "a", "user_id": "u1"},
        {"recording": "b", "user_id": None},
    ]
    scores = {"a": replace(SCORE, score=90), "b": SCORE}
    rows = manager_qualities(calls, scores, {"u1": "Вера Ильина"})
    assert [row.name for row in rows] == ["Без менеджера", "Вера Ильина"]


def test_without_scores_the_page_says_nothing_of_them() -> None:
    assert "Как ведут разговоры" not in render_report(result(), snapshot(), STAGE_KEYS)
