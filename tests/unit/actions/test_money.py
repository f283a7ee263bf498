from __future__ import annotations

from tests.fakes.spoken_calls import Found


def test_the_client_promises_to_pay_with_day_and_sum(found: Found) -> None:
    [payment] = found(
        "payment",
        "а: Счёт на аванс, пятьдесят тысяч, у вас на почте.",
        "к: Да, оплатим в пятницу.",
    )
    assert payment.status == "promised"
    assert payment.slots["due"] == "2026-03-13"
    assert payment.slots["amount"] == 50000
    assert payment.slots["part"] == "prepayment"


def test_a_day_answers_when_will_you_pay(found: Found) -> None:
    [payment] = found("payment", "а: Когда ждать оплату?", "к: В понедельник.")
    assert payment.slots["due"] == "2026-03-16"


def test_money_that_came_is_paid(found: Found) -> None:
    [payment] = found("payment", "а: Ваш платёж пришёл, тридцать тысяч, спасибо.", "к: Отлично.")
    assert payment.status == "done"
    assert payment.slots["amount"] == 30000


def test_what_was_not_paid_is_no_payment(found: Found) -> None:
    assert not found("payment", "а: Вы оплатили счёт?", "к: Нет, ещё не оплатили.")


def test_the_last_standing_total_is_the_budget(found: Found) -> None:
    [budget] = found(
        "budget_named",
        "а: Выходит двести сорок тысяч.",
        "к: Многовато.",
        "а: Без монтажа получится двести тысяч.",
    )
    assert budget.slots == {"amount": 200000, "currency": "RUB"}


def test_an_invoices_sum_is_no_budget(found: Found) -> None:
    assert not found("budget_named", "а: Счёт на девяносто тысяч отправил.", "к: Вижу счёт.")


def test_accepted_terms(found: Found) -> None:
    [terms] = found("terms_agreed", "а: Итого сто тысяч.", "к: Согласны, готовьте договор.")
    assert terms.status == "done"


def test_refused_terms(found: Found) -> None:
    [terms] = found(
        "terms_agreed", "а: Предоплата сто процентов.", "к: На такие условия не согласны."
    )
    assert terms.status == "declined"


def test_terms_that_depend_are_not_agreed(found: Found) -> None:
    assert not found("terms_agreed", "а: Итого сто тысяч.", "к: Если дадите скидку, то согласен.")
