"""What Whisper makes up over silence is recognised; what people say is left alone."""

from __future__ import annotations

import pytest

from transcribe.inventions import is_invention, is_repetitive


@pytest.mark.parametrize(
    "text",
    [
        "Субтитры сделал DimaTorzok",
        "Субтитры создавал DimaTorzok.",
        "Редактор субтитров А.Семкин Корректор А.Егорова",
        "Продолжение следует...",
        "ПРОДОЛЖЕНИЕ СЛЕДУЕТ",
        "Спасибо за просмотр!",
        "Весёлая музыка",
        "Thanks for watching!",
        "...",
        "",
    ],
)
def test_inventions(text: str) -> None:
    assert is_invention(text)


@pytest.mark.parametrize(
    "text",
    [
        "Спасибо за просмотр квартиры, мы подумаем.",
        "Продолжение следует обсудить на встрече.",
        "Спасибо.",
        "Да.",
        "Мы сняли ролик, субтитры нужны на русском.",
    ],
)
def test_words_of_people(text: str) -> None:
    assert not is_invention(text)


def test_running_in_circles() -> None:
    assert is_repetitive("Да, да, да, да, да, да, да, да, да, да, да, да, да, да, да.")
    assert not is_repetitive("Да, да, да.")
    assert not is_repetitive("Договор пришлю завтра до обеда, на ту же почту, что и в прошлый раз.")
