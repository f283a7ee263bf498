"""Words become turns in the order in which people spoke."""

from __future__ import annotations

from models.vocabulary.transcript import Speaker, Word
from transcribe.speech import Span
from transcribe.utterances import Island, islands, segment, utterances


def said(text: str, start: float, pace: float = 0.3, confidence: float = 0.9) -> list[Word]:
    return [
        Word(start + index * pace, start + (index + 1) * pace, f" {word}", confidence)
        for index, word in enumerate(text.split())
    ]


def test_a_short_answer_between_two_sentences_parts_them() -> None:
    anna = islands(
        0,
        [Span(0.0, 1.5), Span(3.0, 4.2)],
        said("Встретимся в среду в три?", 0.0) + said("Тогда записала, спасибо вам!", 3.0),
    )
    boris = islands(1, [Span(1.8, 2.2)], said("Да.", 1.8))
    turns = utterances([anna, boris])
    assert [(turn.side, turn.text) for turn in turns] == [
        (0, "Встретимся в среду в три?"),
        (1, "Да."),
        (0, "Тогда записала, спасибо вам!"),
    ]
    assert [(turn.start, turn.end) for turn in turns] == [(0.0, 1.5), (1.8, 2.2), (3.0, 4.2)]


def test_a_breath_within_a_turn_does_not_part_it() -> None:
    found = islands(
        0, [Span(0.0, 0.9), Span(1.3, 2.2)], said("Добрый день, это Анна, студия.", 0.0, 0.44)
    )
    (turn,) = utterances([found])
    assert turn.text == "Добрый день, это Анна, студия."


def test_a_long_pause_ends_a_turn() -> None:
    found = islands(
        0,
        [Span(0.0, 0.6), Span(5.0, 5.6)],
        said("Минутку, сейчас.", 0.0) + said("Нашла. Слушайте.", 5.0),
    )
    assert [turn.text for turn in utterances([found])] == ["Минутку, сейчас.", "Нашла. Слушайте."]


def test_talking_over_somebody_parts_nobody() -> None:
    anna = islands(
        0, [Span(0.0, 3.0)], said("Мы делаем сайты и каталоги для небольших клиник, вот.", 0.0)
    )
    boris = islands(1, [Span(2.6, 4.0)], said("Понял вас, понял.", 2.6))
    assert [turn.side for turn in utterances([anna, boris])] == [0, 1]


def test_the_cut_between_stretches_prefers_the_end_of_a_sentence() -> None:
    words = [
        Word(0.0, 0.8, " Дошёл", 0.9),
        Word(0.8, 1.1, " счёт.", 0.9),
        Word(1.1, 1.9, " Оплатим", 0.9),
        Word(1.9, 2.6, " завтра.", 0.9),
    ]
    first, second = islands(0, [Span(0.0, 1.2), Span(1.6, 2.6)], words)
    assert "".join(word.text for word in first.words) == " Дошёл счёт."
    assert "".join(word.text for word in second.words) == " Оплатим завтра."


def test_speech_without_words_makes_no_turn() -> None:
    assert utterances([islands(0, [Span(0.0, 1.0)], [])]) == []


def test_known_inventions_make_no_turn() -> None:
    found = islands(0, [Span(0.0, 2.0)], said("Субтитры сделал DimaTorzok", 0.0))
    assert utterances([found]) == []


def test_doubtful_words_show_in_the_confidence() -> None:
    sure = utterances([[Island(0, Span(0, 1), tuple(said("да жду", 0.0, confidence=0.95)))]])[0]
    unsure = utterances([[Island(0, Span(0, 1), tuple(said("кр два шш", 0.0, confidence=0.2)))]])[0]
    assert sure.confidence > 0.9
    assert unsure.confidence < 0.3


def test_a_segment_has_clean_words_within_its_times() -> None:
    found = islands(1, [Span(10.0, 10.5)], [Word(9.7, 10.9, " Хорошо.", 0.8)])
    made = segment(utterances([found])[0], Speaker.CLIENT)
    assert (made.speaker, made.text, made.start, made.end) == (
        Speaker.CLIENT,
        "Хорошо.",
        10.0,
        10.5,
    )
    assert made.words == (Word(10.0, 10.5, "Хорошо.", 0.8),)
