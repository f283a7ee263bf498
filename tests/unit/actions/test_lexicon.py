"""What patterns ask of words: numbered once, met by keys, beginnings, lemmas and grammemes."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from classify.morphology import parses
from classify.phrases import Shelf, phrasebook
from classify.phrases.lexicon import Choice, Lexicon
from classify.phrases.pattern import compile_line
from classify.text import Reader

NONE: frozenset[int] = frozenset()


def choice(key: str = "", *grammemes: str, stem: bool = False) -> Choice:
    return Choice(key, stem, frozenset(grammemes))


def met(lexicon: Lexicon, form: str) -> frozenset[int]:
    found = parses(form)
    return lexicon.met_by(form, frozenset({f"={form}", *(p.lemma for p in found)}), found)


def numbered(*choices: Iterable[Choice]) -> tuple[Lexicon, list[int]]:
    lexicon = Lexicon()
    return lexicon, [lexicon.number(frozenset(), tuple(some)) for some in choices]


def test_equal_criteria_have_one_number() -> None:
    lexicon = Lexicon()
    first = lexicon.number(frozenset({"счет", "акт"}), (choice("платить", "futr"),))
    assert lexicon.number(frozenset({"акт", "счет"}), (choice("платить", "futr"),)) == first
    assert lexicon.number(frozenset({"акт"}), (choice("платить", "futr"),)) != first


def test_a_word_meets_a_criterion_by_its_form_or_its_lemma() -> None:
    lexicon = Lexicon()
    lemma = lexicon.number(frozenset({"счет"}), ())
    form = lexicon.number(frozenset({"=счета"}), ())
    assert met(lexicon, "счета") == {lemma, form}
    assert met(lexicon, "счетом") == {lemma}
    assert met(lexicon, "насчет") == NONE


def test_a_word_meets_a_criterion_by_its_beginning() -> None:
    lexicon, [begun, longer] = numbered(
        [choice("оплат", stem=True)], [choice("оплатите", stem=True)]
    )
    assert met(lexicon, "оплатим") == {begun}
    assert met(lexicon, "оплатите") == {begun, longer}
    assert met(lexicon, "опла") == NONE
    assert met(lexicon, "предоплата") == NONE


def test_a_lemma_has_to_carry_the_grammemes_in_one_reading() -> None:
    lexicon, [future] = numbered([choice("оплатить", "futr", "plur")])
    assert met(lexicon, "оплатим") == {future}
    assert met(lexicon, "оплачу") == NONE
    assert met(lexicon, "оплатили") == NONE
    assert met(lexicon, "подпишем") == NONE


def test_any_word_with_the_grammemes_meets_a_criterion_without_a_lemma() -> None:
    lexicon, [past, plural] = numbered([choice("", "past")], [choice("", "past", "plur")])
    assert met(lexicon, "оплатили") == {past, plural}
    assert met(lexicon, "оплатил") == {past}
    assert met(lexicon, "оплатим") == NONE


def test_a_criterion_that_came_later_is_met_by_words_looked_up_before() -> None:
    lexicon, [past] = numbered([choice("", "past")])
    assert met(lexicon, "оплатил") == {past}
    later = lexicon.number(frozenset(), (choice("", "VERB"),))
    assert met(lexicon, "оплатил") == {past, later}


def test_one_of_several_choices_is_enough() -> None:
    lexicon, [either] = numbered([choice("акт"), choice("", "INFN"), choice("смет", stem=True)])
    for form in ("актом", "подписать", "сметчик"):
        assert met(lexicon, form) == {either}
    assert met(lexicon, "договор") == NONE


@pytest.mark.parametrize(
    ("keys", "choices", "breadth"),
    [
        (["договор"], [], 1),
        (["договор", "контракт"], [], 2),
        (["на"], [], 30),
        (["=на"], [], 30),
        (["=договора"], [], 1),
        (["акт", "договор"], [], 31),
        ([], [choice("", "past")], 1000),
        (["договор"], [choice("подписать", "futr"), choice("", "INFN")], 1002),
    ],
    ids=[
        "a word",
        "two",
        "a short one",
        "its form",
        "a form",
        "mixed",
        "any past",
        "any infinitive",
    ],
)
def test_a_criterion_is_as_broad_as_what_it_lets_in(
    keys: list[str], choices: list[Choice], breadth: int
) -> None:
    lexicon = Lexicon()
    assert lexicon.breadth(lexicon.number(frozenset(keys), tuple(choices))) == breadth


@pytest.mark.parametrize(
    ("line", "rare"),
    [("на договор", "договор"), (":past договор|контракт", "контракт"), (":past на", "на")],
)
def test_a_pattern_is_kept_under_its_rarest_word(line: str, rare: str) -> None:
    lexicon = Lexicon()
    shelf = Shelf(compile_line(line, {}, lexicon), lexicon)
    [number] = shelf.under
    assert number in met(lexicon, rare)
    assert not shelf.always


def test_a_pattern_that_needs_no_word_is_always_tried() -> None:
    lexicon = Lexicon()
    [pattern] = compile_line("^ ?да $", {}, lexicon)
    assert Shelf([pattern], lexicon).possible(frozenset()) == [pattern]


def test_only_patterns_all_of_whose_words_are_there_are_tried() -> None:
    lexicon = Lexicon()
    both, one = (compile_line(line, {}, lexicon)[0] for line in ("пришлю договор", "договор"))
    shelf = Shelf([both, one], lexicon)
    reader = Reader(meets=lexicon.met_by)
    for text, fit in (("договор", [one]), ("пришлю вам договор", [both, one]), ("пришлю", [])):
        words = frozenset().union(*(token.meets for token in reader.read(text)))
        assert sorted(p.source for p in shelf.possible(words)) == sorted(p.source for p in fit)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("ru", "Счёт вышлю завтра, оплатите до пятницы, договор подпишем при встрече."),
        ("en", "I'll send the invoice tomorrow, pay it by Friday and we sign when we meet."),
    ],
)
def test_the_shelves_hide_no_wording(language: str, text: str) -> None:
    """Every notion is found as it is where all its wordings are tried, one after the other."""
    book = phrasebook(language)
    tokens = book.reader.read(text)
    everything = frozenset().union(*(token.meets for token in tokens))
    possible = book.possible(everything)
    found = 0
    for name, cue in book.cues.items():
        wordings = [*cue.wordings.always, *(p for ps in cue.wordings.under.values() for p in ps)]
        hits = cue.find(tokens, everything, wordings)
        assert cue.find(tokens, everything, possible.get(name, [])) == hits
        found += bool(hits)
    assert found > 5
