"""What the engine still hears where the recogniser wrote other words than were said."""

from __future__ import annotations

import pytest

from classify.misheard import meant
from tests.fakes.spoken_calls import Found


@pytest.mark.parametrize(
    ("kind", "line", "due"),
    [
        ("proposal_sent", "Смету пришли у вам в пятницу.", "2026-03-13"),
        ("proposal_sent", "смету пришли вам с пятницу", "2026-03-13"),
        ("proposal_sent", "Смиту вышли у завтра до обеда.", "2026-03-12"),
        ("proposal_sent", "Расчёт сделаю и пришли в понедельник в отца.", "2026-03-16"),
        ("proposal_sent", "Коммерческое предложение отправли у вам завтра.", "2026-03-12"),
        ("contract_sent", "Договор вышли вам спятницу.", "2026-03-13"),
        ("contract_sent", "договор отправли вам завтра на почту", "2026-03-12"),
        ("invoice_sent", "Счёт вышли у сегодня.", "2026-03-11"),
    ],
)
def test_a_future_that_was_cut_or_misspelt_is_a_promise(
    found: Found, kind: str, line: str, due: str
) -> None:
    [paper] = found(kind, f"а: {line}", "к: Хорошо.")
    assert (paper.status, paper.slots["due"]) == ("promised", due)
    assert paper.quote in line


def test_a_misheard_messenger_is_the_channel(found: Found) -> None:
    [paper] = found("proposal_sent", "а: Смету пришли у вам завтра в отца.", "к: Да.")
    assert paper.slots["channel"] == "whatsapp"


@pytest.mark.parametrize(
    "line",
    [
        "Мы вышли у метро.",
        "Мы пришли к вам в понедельник.",
        "Документы пришли вам в понедельник?",
        "Деньги вам пришли вчера.",
        "Образцы пришли в среду.",
        "У нас вышли у поставщика сроки.",
    ],
)
def test_what_came_or_went_stays_as_it_was_said(line: str) -> None:
    assert meant(line, agent=True) == line


def test_a_clients_imperative_stays_a_request(found: Found) -> None:
    line = "Смету пришли мне завтра, пожалуйста."
    assert meant(line, agent=False) == line
    assert not [p for p in found("proposal_sent", f"к: {line}") if p.status == "done"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("Давайте встретимся спятницу в десять тридцать.", "2026-03-13T10:30:00+03:00"),
        ("Давайте встретимся с пятницу в 10, 30.", "2026-03-13T10:30:00+03:00"),
        ("Давайте встретимся завтра вдва.", "2026-03-12T14:00:00+03:00"),
        ("Давайте встретимся завтра сполдень.", "2026-03-12T12:00:00+03:00"),
        ("Давайте встретимся завтра в два надцать тридцать.", "2026-03-12T12:30:00+03:00"),
        ("Давайте встретимся в пятницу 10-30.", "2026-03-13T10:30:00+03:00"),
        ("Давайте встретимся в стурник в 15.00.", "2026-03-17T15:00:00+03:00"),
        ("Давайте встретимся завтра в 3-надцать.", "2026-03-12T13:00:00+03:00"),
        ("Давайте встретимся завтра в 30-нацать.", "2026-03-12T13:00:00+03:00"),
    ],
)
def test_a_misheard_day_or_hour_is_understood(found: Found, line: str, said: str) -> None:
    [meeting] = found("meeting_booked", f"а: {line}", "к: Хорошо, договорились.")
    assert meeting.slots["datetime"] == said


def test_a_price_asked_for_by_letter_is_a_proposal(found: Found) -> None:
    [paper] = found(
        "proposal_sent",
        "к: Здравствуйте, сколько у вас стоит забор?",
        "а: Зависит от длины.",
        "к: Ну пришлите мне на почту.",
        "а: Записал. Завтра до обеда вышлю.",
    )
    assert (paper.status, paper.slots["due"]) == ("promised", "2026-03-12")


def test_counting_at_a_meeting_is_no_proposal(found: Found) -> None:
    assert not found("proposal_sent", "а: Тогда она встреча всё посчитаем.", "к: Хорошо.")


@pytest.mark.parametrize(
    ("cut", "whole"),
    [
        ("за втра", "завтра"),
        ("после завтра", "послезавтра"),
        ("в поне дельник", "в понедельник"),
        ("во вто рник", "во вторник"),
    ],
)
def test_a_day_cut_in_two_is_the_day(found: Found, cut: str, whole: str) -> None:
    [misheard] = found("payment", "а: Когда оплатите?", f"к: {cut} переведём всю сумму.")
    [heard] = found("payment", "а: Когда оплатите?", f"к: {whole} переведём всю сумму.")
    assert misheard.slots["due"] == heard.slots["due"]
    assert cut in misheard.quote
