from __future__ import annotations

import pytest

from tests.fakes.spoken_calls import Found, Listen


def test_a_need_said_of_own_accord_is_interest(found: Found) -> None:
    assert found("interest_expressed", "а: Слушаю вас.", "к: Нам нужны межкомнатные двери.")


def test_no_interest_is_a_refusal(listen: Listen) -> None:
    heard = listen(
        "а: Добрый день, предлагаем обслуживание оргтехники.",
        "к: Нам это не интересно, больше не звоните.",
    )
    kinds = [action.type for action in heard.actions]
    assert "refusal" in kinds
    assert "interest_expressed" not in kinds


def test_an_extra_on_the_side_refused_is_nothing(found: Found) -> None:
    assert not found(
        "refusal",
        "а: Может, заодно и страховку оформим?",
        "к: Нет, страховка нас не интересует.",
    )


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("Честно говоря, дороговато для нас.", "price"),
        ("У нас уже есть свой поставщик.", "competitor"),
        ("Мне надо подумать.", "think"),
        ("Я такое сам не решаю.", "authority"),
        ("Сейчас не сезон.", "timing"),
        ("Про вас плохие отзывы в интернете.", "quality"),
    ],
)
def test_each_kind_of_objection(found: Found, words: str, kind: str) -> None:
    [objection] = found("objection", "а: Готовы заказать партию?", f"к: {words}")
    assert objection.slots["kind"] == kind


def test_a_refused_time_is_no_objection(found: Found) -> None:
    assert not found(
        "objection", "а: Давайте встретимся завтра утром?", "к: Завтра рано не могу, давайте в два."
    )


def test_a_question_answered_in_substance_clarifies_the_need(found: Found) -> None:
    [needs] = found(
        "needs_clarified",
        "а: Какой объём вам нужен и в какие сроки?",
        "к: Триста коробок, картон плотный, к майским праздникам.",
    )
    assert needs.speaker == "agent"


def test_an_unanswered_question_does_not(found: Found) -> None:
    assert not found("needs_clarified", "а: Что вам нужно?", "к: Не знаю, ничего не скажу.")


def test_the_client_decides(found: Found) -> None:
    [maker] = found(
        "decision_maker_identified",
        "а: Кто у вас принимает решение?",
        "к: Решаю я сам.",
    )
    assert maker.speaker == "client"


def test_somebody_else_decides(found: Found) -> None:
    [maker] = found(
        "decision_maker_identified", "а: Скажите?", "к: У нас закупки утверждает директор."
    )
    assert maker.slots["role"] == "директор"


def test_accepted_work_and_a_review(listen: Listen) -> None:
    heard = listen(
        "а: Кухню собрали, всё в порядке?",
        "к: Да, претензий нет, акт подписал.",
        "а: Можно попросить вас написать отзыв?",
        "к: Напишу.",
    )
    assert {"work_accepted", "review_requested"} <= {action.type for action in heard.actions}


def test_work_sent_back(found: Found) -> None:
    [work] = found("work_accepted", "а: Как стол?", "к: Работу не принимаю, переделывайте.")
    assert work.status == "declined"
