from __future__ import annotations

import pytest

from tests.fakes.spoken_calls import Found


@pytest.mark.parametrize(
    ("kind", "line", "due"),
    [
        ("proposal_sent", "Коммерческое предложение вышлю вам завтра на почту.", "2026-03-12"),
        ("proposal_sent", "ка пэ скину сегодня", "2026-03-11"),
        ("contract_sent", "Договор направлю в пятницу.", "2026-03-13"),
        ("invoice_sent", "Счёт выставлю завтра.", "2026-03-12"),
    ],
)
def test_what_the_agent_will_send_is_promised_with_its_day(
    found: Found, kind: str, line: str, due: str
) -> None:
    [paper] = found(kind, f"а: {line}", "к: Хорошо.")
    assert paper.status == "promised"
    assert paper.slots["due"] == due


def test_a_promise_without_the_noun_means_the_paper_spoken_of(found: Found) -> None:
    [proposal] = found(
        "proposal_sent",
        "а: Сделаем вам смету.",
        "к: Хорошо, а когда?",
        "а: Завтра отправлю в телеграм.",
    )
    assert proposal.slots == {"due": "2026-03-12", "channel": "telegram"}


def test_an_offer_that_the_client_refuses_is_nothing(found: Found) -> None:
    assert not found("proposal_sent", "а: Может, расчёт вам пришлю?", "к: Не присылайте.")


def test_a_paper_that_the_client_received_is_done(found: Found) -> None:
    [proposal] = found("proposal_sent", "а: Добрый день!", "к: Смету вашу получил, смотрю.")
    assert proposal.status == "done"
    assert proposal.speaker == "client"


def test_what_the_client_sends_is_not_ours(found: Found) -> None:
    assert not found("proposal_sent", "а: Слушаю.", "к: Я вам наш прайс пришлю завтра.")


def test_what_never_came_is_not_done(found: Found) -> None:
    assert not found(
        "contract_sent", "а: Договор получили?", "к: Нет, ничего не приходило.", "а: Странно."
    )


def test_the_invoice_carries_its_sum(found: Found) -> None:
    [invoice] = found(
        "invoice_sent", "а: Счёт отправил вчера, на сорок две тысячи.", "к: Да, вижу."
    )
    assert invoice.status == "done"
    assert invoice.slots["amount"] == 42000


def test_a_judged_proposal_is_discussed(found: Found) -> None:
    [talk] = found(
        "proposal_discussed",
        "а: Вы смету нашу посмотрели?",
        "к: Да, посмотрел. Сроки устраивают, а доставка непонятна.",
    )
    assert talk.speaker == "client"


def test_an_unread_proposal_is_not_discussed(found: Found) -> None:
    assert not found(
        "proposal_discussed", "а: Предложение посмотрели?", "к: Нет, ещё не смотрел, дорого?"
    )


def test_a_signed_contract_and_one_to_sign(found: Found) -> None:
    done, will = found(
        "contract_signed",
        "а: Что с договором?",
        "к: Договор подписали вчера. А новый договор подпишем в пятницу.",
    )
    assert (done.status, will.status) == ("done", "promised")
    assert will.slots["due"] == "2026-03-13"


def test_an_act_is_no_contract(found: Found) -> None:
    assert not found("contract_signed", "а: Всё хорошо?", "к: Да, акт подписал.")
