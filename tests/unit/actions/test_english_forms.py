"""English word forms and the words that they are forms of."""

from __future__ import annotations

import pytest

from classify.english_forms import readings

FORMS = [
    ("sent", "send", {"VERB", "past"}),
    ("met", "meet", {"VERB", "past"}),
    ("went", "go", {"VERB", "past"}),
    ("written", "write", {"VERB", "past", "part"}),
    ("booked", "book", {"VERB", "past"}),
    ("popped", "pop", {"VERB", "past"}),
    ("measured", "measure", {"VERB", "past"}),
    ("tried", "try", {"VERB", "past"}),
    ("planning", "plan", {"VERB", "ing"}),
    ("arranging", "arrange", {"VERB", "ing"}),
    ("lying", "lie", {"VERB", "ing"}),
    ("carries", "carry", {"VERB", "pres"}),
    ("fixes", "fix", {"VERB", "pres"}),
    ("ring", "ring", {"VERB", "INFN"}),
    ("used", "use", {"VERB", "past"}),
    ("companies", "company", set()),
    ("engineers", "engineer", set()),
    ("wives", "wife", set()),
    ("i'll", "i", set()),
    ("who's", "who", set()),
    ("don't", "not", set()),
]


@pytest.mark.parametrize(("form", "lemma", "says"), FORMS)
def test_a_form_is_led_back_to_its_word(form: str, lemma: str, says: set[str]) -> None:
    found = {reading.lemma: reading.grammemes for reading in readings(form)}
    assert lemma in found
    assert says <= found[lemma]


@pytest.mark.parametrize("form", [form for form, _, _ in FORMS])
def test_a_form_is_always_a_reading_of_itself(form: str) -> None:
    assert form in {reading.lemma for reading in readings(form)}


@pytest.mark.parametrize("form", ["need", "bring", "speed", "wed", "bed", "his", "ing"])
def test_an_ending_that_is_none_is_left_alone(form: str) -> None:
    assert {reading.lemma for reading in readings(form)} == {form}


def test_a_past_that_did_not_happen_is_not_refused_for_the_future() -> None:
    assert "not" not in {reading.lemma for reading in readings("haven't")}
