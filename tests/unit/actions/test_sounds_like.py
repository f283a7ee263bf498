"""Unknown words that sound like known ones, or nearly."""

from __future__ import annotations

import pytest
from rapidfuzz.distance import Levenshtein

from classify.phrases import phrasebook
from classify.repairs import NO_REPAIRS, Repairs, sound

WORDS = (
    *("предложение", "договор", "акт", "стеклами", "пришлю", "оплатим", "коммерческое"),
    *("перезвоню", "накладная", "счёт", "рекламация", "подпишем", "монтажник"),
)
KNOWN = Repairs({}, {}, {}, {sound(word): word for word in WORDS})


@pytest.mark.parametrize(
    ("form", "word"),
    [
        ("дагавор", "договор"),
        ("придложение", "предложение"),
        ("каммерческое", "коммерческое"),
        ("акд", "акт"),
    ],
)
def test_a_word_spelt_as_it_sounds_is_known(form: str, word: str) -> None:
    assert KNOWN.sounds_like(form) == word


@pytest.mark.parametrize(
    ("form", "word"),
    [
        ("бредложение", "предложение"),
        ("прдложение", "предложение"),
        ("предлвожение", "предложение"),
        ("оклатим", "оплатим"),
        ("перезвоно", "перезвоню"),
        ("монтожник", "монтажник"),
        ("мантадник", "монтажник"),
    ],
    ids=["changed", "lost", "added", "in the middle", "at the end", "alike", "alike and changed"],
)
def test_one_sound_may_be_wrong(form: str, word: str) -> None:
    assert KNOWN.sounds_like(form) == word


@pytest.mark.parametrize(
    "form",
    ["хрюдложение", "разговор", "онлатип", "предложениев", "стекломир", "ант", "", "трактор"],
    ids=[
        "two sounds",
        "another word",
        "one in each half",
        "an ending added",
        "another word's beginning",
        "too short to guess",
        "nothing",
        "a word around a short one",
    ],
)
def test_more_is_another_word(form: str) -> None:
    assert KNOWN.sounds_like(form) is None


def test_nothing_sounds_like_a_word_where_none_is_known() -> None:
    assert NO_REPAIRS.sounds_like("предложение") is None


@pytest.mark.parametrize("word", [word for word in WORDS if len(sound(word)) >= 6])
def test_looking_by_halves_misses_no_word(word: str) -> None:
    """Every form that is one letter away, against a comparison with all the words."""
    for at in range(len(word)):
        for form in (
            word[:at] + word[at + 1 :],
            f"{word[:at]}ш{word[at + 1 :]}",
            f"{word[:at]}щ{word[at:]}",
        ):
            key = sound(form)
            if len(key) < 6:
                continue
            near: set[str | None] = {
                known
                for other, known in KNOWN.sounds.items()
                if Levenshtein.distance(key, other) <= 1
                and (key == other or not key.startswith(other))
            }
            assert KNOWN.sounds_like(form) in (near or {None}), form


@pytest.mark.parametrize(
    ("said", "lemma"), [("камерчиское", "коммерческий"), ("дагаворр", "договор")]
)
def test_a_misspelt_word_of_a_call_is_read_as_the_one_meant(said: str, lemma: str) -> None:
    [token] = phrasebook("ru").reader.read(said)
    assert lemma in token.keys


@pytest.mark.parametrize("said", ["приговор", "трактор", "свекла"])
def test_a_word_of_the_dictionary_is_no_other(said: str) -> None:
    [token] = phrasebook("ru").reader.read(said)
    assert {key for key in token.keys if key.startswith("=")} == {f"={said}"}
