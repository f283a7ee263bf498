"""Personal numbers are masked however they are said; what a deal needs stays."""

from __future__ import annotations

import re

import pytest

from classify.personal import masked_segments, masked_transcript
from models.vocabulary.transcript import PersonalKind, Segment, Speaker, Transcript, Word

A, C = Speaker.AGENT, Speaker.CLIENT
CARD = "4276 3801 5567 0016"  # its check digit holds
MISHEARD = "4276 3801 5567 0011"


def masked(*turns: str, language: str = "ru") -> list[str]:
    """Turns of agent and client in turn, masked."""
    segments = [Segment((A, C)[at % 2], text) for at, text in enumerate(turns)]
    return [one.text for one in masked_segments(segments, language=language)[0]]


@pytest.mark.parametrize(
    "said",
    [
        CARD,
        "4276-3801-5567-0016",
        "4276380155670016",
        "4276, 3801, 5567, 0016.",
        "четыре тысячи двести семьдесят шесть 3801 пятьдесят пять 67 ноль ноль шестнадцать",
        "сорок два 76, тридцать восемь ноль один, дальше 55 шестьдесят семь, ноль ноль один шесть",
        "четыре два семь шесть три восемь ноль один пять пять шесть семь два нуля один шесть",
        "4276 тридцать восемь ноль один 5567 ноль ноль 16",
    ],
)
def test_a_card_in_every_way_of_saying_it(said: str) -> None:
    dots = "[номер карты •••• •••• •••• ••••]"
    assert masked("Диктуйте номер карты.", said)[1].rstrip(".") == dots
    assert masked("Слушаю вас.", said)[1].rstrip(".") == dots  # the check digit alone tells it


def test_a_misheard_card_is_known_by_its_name() -> None:
    assert masked("Номер карты для оплаты заказа?", MISHEARD)[1].startswith("[номер карты")
    assert masked("Как дела?", "номер заказа " + MISHEARD)[1].endswith(MISHEARD)


def test_a_card_over_several_turns_with_words_said_back() -> None:
    turns = masked(
        "Карту продиктуйте",
        "4276",
        "угу, 4276",
        "секунду, очки надену. 3801",
        "так",
        "5567 0016",
        "Значит, 4276 3801 5567 0016, верно?",
        "Да.",
    )
    assert not re.search(r"\d", " ".join(turns))
    assert turns[2] == "угу, [номер карты ••••]"
    assert turns[6] == "Значит, [номер карты •••• •••• •••• ••••], верно?"


def test_three_quarters_of_a_card_are_masked_and_its_last_four_digits_may_stand() -> None:
    assert masked("Карта у нас есть,", "та, что 4276 3801 5567?")[1].endswith("•••• ••••]?")
    turns = masked("Номер карты?", CARD, "Ту, что на 0016, спишем?", "да")
    assert turns[2] == "Ту, что на 0016, спишем?"


def test_expiry_and_security_code_near_a_card() -> None:
    turns = masked(
        "Номер карты?",
        CARD,
        "Срок действия?",
        "ноль седьмой двадцать восьмой",
        "И три цифры на обороте?",
        "сто двадцать три",
    )
    assert turns[3].startswith("[срок карты")
    assert turns[5] == "[код карты •••]"
    assert masked("Срок действия предложения?", "до 28 или 30")[1] == "до 28 или 30"


@pytest.mark.parametrize(
    ("asked", "said", "shown"),
    [
        ("Паспорт?", "серия 45 12 номер 345678", "серия [паспорт ••••] номер [паспорт •••• ••]"),
        ("Паспорт?", "4512 345678", "[паспорт •••• •••• ••]"),
        (
            "Паспортные данные?",
            "сорок пять двенадцать, триста сорок пять шестьсот семьдесят восемь",
            "[паспорт •••• •••• ••]",
        ),
        ("СНИЛС?", "112-233-445 95", "[СНИЛС •••• •••• •••]"),
        ("Так.", "112-233-445 95", "[СНИЛС •••• •••• •••]"),
        ("ИНН ИП?", "500100732259", "[ИНН человека •••• •••• ••••]"),
        ("Счёт?", "40817810099910004312", "[счёт человека •••• •••• •••• •••• ••••]"),
        ("Назовите код из СМС", "48 21 07", "[код из сообщения •••• ••]"),
        ("Пароль от почты?", "пароль: Ivan_1985, запишите", "пароль: [пароль], запишите"),
    ],
)
def test_documents_accounts_and_secrets(asked: str, said: str, shown: str) -> None:
    assert masked(asked, said)[1] == shown


@pytest.mark.parametrize(
    ("asked", "said", "shown"),
    [
        ("Card number?", "four two 76, three eight oh one, double five 67, double oh one six",
         "[card number •••• •••• •••• ••••]"),
        ("And the security code on the back?", "three two one", "[card code •••]"),
        ("Your social security number?", "078-05-1120", "[social security number •••• •••• •]"),
        ("Passport number?", "5 3 1 2 8 8 4 4 1", "[passport •••• •••• •]"),
        ("The verification code?", "it's 482107", "it's [one-time code •••• ••]"),
        ("Password?", "the password is hunter 2", "the password is [password]"),
    ],
)  # fmt: skip
def test_english(asked: str, said: str, shown: str) -> None:
    assert masked(asked, said, language="en")[1] == shown


@pytest.mark.parametrize(
    "turns",
    [
        (
            "Ваш телефон?",
            "восемь девятьсот шестнадцать сто двадцать три сорок пять шестьдесят семь",
        ),
        ("Оплата картой?", "картой, мой номер 8 916 123 45 67, 8 916 123 45 67"),
        ("Карта нужна?", "позвоните на +375 29 123 45 67"),
        ("По карте?", "да, 1 250 000 рублей, 30 дней, к 15:30 12.05.2026"),
        ("Карточку предприятия", "ИНН 7707083893, КПП 770701001, р/с 40702810938000060473"),
        ("Договор?", "номер договора 4276 3801 55 67 00 11 от 2026 года"),
        ("Трек-номер?", "трек 80112345678912"),
        ("Паспорт возьмите.", "В двенадцать тридцать, хорошо. 3000 бутылок в час."),
        ("Паспорт изделия", "паспорт изделия номер 345678"),
        ("Пароль вышлем на почту.", "пароль придёт, да"),
        ("Код подтверждения придёт.", "подъедем в пятнадцать сорок"),
        ("Карта лояльности", "карта лояльности 4444 1234"),
    ],
)
def test_what_a_deal_needs_stays(turns: tuple[str, ...]) -> None:
    assert masked(*turns) == list(turns)


def test_masking_twice_changes_nothing() -> None:
    segments = [
        Segment(C, f"карта {CARD}, срок 07/28", 0.0, 9.0),
        Segment(A, "паспорт 4512 345678, пароль: Ivan_1985", 9.0, 15.0),
    ]
    once = masked_transcript(Transcript(tuple(segments), "ru", "m", 15.0, 15.0))
    assert once.hidden is not None
    assert {span.kind for span in once.hidden} >= {PersonalKind.CARD, PersonalKind.PASSPORT}
    assert masked_transcript(once) == once


def test_seconds_come_from_the_words() -> None:
    said = ["карта", "4276", "3801", "5567", "0016", "да"]
    words = tuple(Word(at, at + 0.8, text, 0.9 - at / 10) for at, text in enumerate(said))
    (one,), (span,) = masked_segments(
        [Segment(C, " ".join(said), 0.0, 5.8, 0.9, words)], language="ru"
    )
    assert (span.start, span.end, span.speaker) == (0.7, 5.1, C)
    assert [word.text for word in one.words] == ["карта", "[номер карты •••• •••• •••• ••••]", "да"]
    assert (one.words[1].start, one.words[1].end) == (1, 4.8)
    assert one.words[1].text in one.text


def test_seconds_without_words_are_a_share_with_a_margin() -> None:
    text = f"карта такая: {CARD}"
    _, (span,) = masked_segments([Segment(C, text, 10.0, 20.0)], language="ru")
    first = 10 + 10 * text.index("4") / len(text)
    assert span.start == pytest.approx(first - 0.5, abs=0.01)
    assert span.end == 20.5


def test_texts_without_times_are_masked_without_seconds() -> None:
    (one,), hidden = masked_segments([Segment(C, f"карта {CARD}")], language="ru")
    assert hidden == ()
    assert "4276" not in one.text
