"""An objection is answered when the agent replies in substance, not when it is only noted."""

from __future__ import annotations

from datetime import datetime

import pytest

from classify.checklist.objections import Reply, handled
from classify.dialogue import CallContext, listen
from models.vocabulary.action import Action, ActionStatus, ActionType
from models.vocabulary.transcript import Segment, Speaker

STARTED = CallContext(started_at=datetime.fromisoformat("2026-11-09T11:00:00+03:00"))


def reply_to(kind: str, objection: str, *lines: str) -> Reply:
    """What the agent made of Galina's objection; lines are `a: ...` or `c: ...`."""
    sides = {"a": Speaker.AGENT, "c": Speaker.CLIENT, "u": Speaker.UNKNOWN}
    segments = [Segment(Speaker.AGENT, "Галина Петровна, что скажете по нашему расчёту?", 0.0, 3.0)]
    segments.append(Segment(Speaker.CLIENT, objection, 4.0, 7.0))
    for number, line in enumerate(lines):
        side, _, text = line.partition(": ")
        segments.append(Segment(sides[side], text, 10.0 + 5 * number, 13.0 + 5 * number))
    action = Action(
        ActionType.OBJECTION,
        ActionStatus.DONE,
        Speaker.CLIENT,
        objection,
        0.7,
        4.0,
        7.0,
        {"kind": kind},
    )
    return handled(listen(segments, STARTED), action, ()).reply


@pytest.mark.parametrize(
    ("kind", "objection", "reply"),
    [
        ("price", "Это для нас дорого.", "a: Могу предложить рассрочку на полгода без процентов."),
        ("price", "Это для нас дорого.", "a: А с чем вы сравниваете?"),
        ("price", "Это для нас дорого.", "a: Почему?  Какой суммы вы ждали?"),
        ("price", "Это для нас дорого.", "a: Понимаю вас. В цену входит монтаж и вывоз мусора."),
        ("price", "Это для нас дорого.", "a: Тогда сто сорок, без доставки."),
        ("price", "дороговато у вас", "a: а сколько вы закладывали"),
        ("price", "дороговато у вас", "a: зато гарантия пять лет и сервис рядом"),
        ("competitor", "Мы уже работаем с другими.", "a: А чем вы у них недовольны?"),
        ("competitor", "Мы уже работаем с другими.", "a: Давайте посчитаем, сравните обе сметы."),
        ("quality", "Про вас плохие отзывы.", "a: Дам телефоны трёх заказчиков, поговорите с ними."),
        ("think", "Надо подумать.", "a: Хорошо, тогда наберу вас в среду."),
        ("think", "Надо подумать.", "a: Что именно смущает?"),
        ("authority", "Без директора не решу.", "a: Давайте позвоню ему сам завтра в десять."),
        ("timing", "Сейчас не время.", "a: Когда вернётесь к вопросу?"),
    ],
)  # fmt: skip
def test_a_reply_in_substance_answers(kind: str, objection: str, reply: str) -> None:
    assert reply_to(kind, objection, reply) is Reply.ANSWERED


@pytest.mark.parametrize(
    ("kind", "objection", "reply"),
    [
        ("price", "Это для нас дорого.", "a: Понятно, до свидания."),
        ("price", "Это для нас дорого.", "a: Ясно. Спасибо за время, всего доброго!"),
        ("price", "Это для нас дорого.", "a: Хорошо, не буду настаивать. Хорошего дня."),
        ("price", "Это для нас дорого.", "a: Понимаю вас. Ну что ж, если надумаете, звоните."),
        ("price", "Это для нас дорого.", "a: Дорого, понятно."),
        ("price", "Это для нас дорого.", "a: Да, дорого для вас. Как скажете."),
        ("price", "Это для нас дорого.", "a: Хорошо, наберу вас в среду."),
        ("price", "дороговато у вас", "a: понятно извините за беспокойство до свидания"),
        ("price", "дороговато у вас", "a: ну смотрите сами дело ваше"),
        ("competitor", "Мы уже работаем с другими.", "a: Жаль. Имейте нас в виду."),
        ("competitor", "Мы уже работаем с другими.", "a: Хорошо, а на какую почту вам написать?"),
        ("quality", "Про вас плохие отзывы.", "a: Ваше право. Всего хорошего."),
        ("think", "Надо подумать.", "a: Хорошо, думайте, до свидания."),
        ("think", "Надо подумать.", "a: Ладно, жду от вас ответа."),
        ("authority", "Без директора не решу.", "a: Понял, будем на связи."),
        ("timing", "Сейчас не время.", "a: Ясно, извините, что побеспокоили."),
    ],
)
def test_words_that_only_note_it_do_not_answer(kind: str, objection: str, reply: str) -> None:
    assert reply_to(kind, objection, reply) is Reply.UNANSWERED


def test_the_answer_may_come_after_a_listening_word() -> None:
    lines = ("a: Угу.", "c: Вот так вот.", "a: Можно взять без калитки, выйдет дешевле на треть.")
    assert reply_to("price", "Это для нас дорого.", *lines) is Reply.ANSWERED


def test_what_is_said_much_later_is_no_answer() -> None:
    lines = (
        "a: Понятно.", "c: Угу.", "a: Ясно.", "c: Да.",
        "a: Кстати, договор отправлю курьером, он привезёт печати и акты.",
    )  # fmt: skip
    assert reply_to("price", "Это для нас дорого.", *lines) is Reply.UNANSWERED


def test_a_client_who_hangs_up_leaves_no_chance() -> None:
    assert reply_to("price", "Это для нас дорого.") is Reply.NO_CHANCE


def test_a_reply_by_nobody_known_counts_for_the_agent() -> None:
    said = "u: Можно обойтись без калитки, это снизит стоимость."
    assert reply_to("price", "Это для нас дорого.", said) is Reply.ANSWERED


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ("a: I see. We could leave the gate out, that saves a fifth.", Reply.ANSWERED),
        ("a: What were you expecting to pay?", Reply.ANSWERED),
        ("a: I understand. Thanks for your time, goodbye.", Reply.UNANSWERED),
        ("a: Fair enough. Have a good day.", Reply.UNANSWERED),
    ],
)
def test_english_replies(reply: str, expected: Reply) -> None:
    segments = [
        Segment(Speaker.AGENT, "Good morning, it is Oliver about the fence quote."),
        Segment(Speaker.CLIENT, "It is too expensive for us, I am afraid."),
        Segment(Speaker.AGENT, reply.removeprefix("a: ")),
    ]
    action = Action(
        ActionType.OBJECTION,
        ActionStatus.DONE,
        Speaker.CLIENT,
        "too expensive for us",
        0.7,
        slots={"kind": "price"},
    )
    context = CallContext(started_at=STARTED.started_at, language="en")
    assert handled(listen(segments, context), action, ()).reply is expected
