"""Names and gender weigh nothing with the votes: they read the same of everybody."""

from __future__ import annotations

from datetime import datetime

import pytest

from classify.dialogue import CallContext, Turn, listen
from classify.votes.encoder import read_text
from classify.votes.network import sign
from models.vocabulary.call import Direction
from models.vocabulary.transcript import Segment, Speaker

STARTED = datetime.fromisoformat("2026-03-11T10:00:00+03:00")


def turn(text: str, language: str = "ru") -> Turn:
    context = CallContext(STARTED, Direction.OUT, language)
    return listen([Segment(Speaker.AGENT, text)], context).turns[0]


def read(text: str, language: str = "ru") -> str:
    return read_text(turn(text, language))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Передайте Ирине, что я звонила.", "Передайте Рустаму, что я звонил."),
        ("Гульнара Рустамовна, слушаю вас.", "Николай Петрович, слушаю вас."),
        ("я договорилась с мамедовым", "я договорился с ивановым"),
        ("Готова помочь, Светлана.", "Готов помочь, Тимур."),
    ],
)
def test_the_same_is_read_of_everybody(one: str, other: str) -> None:
    assert read(one) == read(other)


def test_what_was_said_is_read_as_it_was_said() -> None:
    text = "Оплата прошла, встреча была назначена на среду."
    assert read(text).split()[0] == "оплата"
    assert read("Счёт на 15 000 рублей, да?") == "счёт на 15 000 рублей, да?"
    assert read("Irene called about the invoice.", "en") == "irene called about the invoice."


def test_a_word_of_the_list_is_no_name() -> None:
    words = turn("Ирина оплатила 15 000").tokens
    assert [sign(one, Speaker.CLIENT) for one in words] == [
        "client:@",
        "client:оплатить",
        "client:#",
        "client:#",
    ][: len(words)]
