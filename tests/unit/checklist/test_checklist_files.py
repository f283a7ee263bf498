"""A customer's own checklist: read, refused with file, line and key, used, proved by examples."""

from __future__ import annotations

from pathlib import Path

import pytest

from classify.checklist import load_checklist
from classify.checklist.file import parse_checklist
from classify.checklist.proving import item_proofs, refuse_disproved, verdict_of_item
from models.vocabulary.errors import InvalidInputError

BAKERY = """\
checklist: bakery
name: {ru: "Пекарня", en: "Bakery"}
items:
  - id: recorded
    title: {ru: "Сказали о записи", en: "Said that the call is recorded"}
    failure: {ru: "О записи не сказали", en: "Did not say that the call is recorded"}
    weight: 2
    critical: true
    check: {kind: said, phrases: ["разговор записывается", "ведём запись"], place: opening}
    examples:
      passes:
        - says: ["agent: Добрый день, пекарня «Калач», наш разговор сейчас записывается.", "client: Здравствуйте, хочу заказать сорок пирогов."]
      fails:
        - says: ["agent: Добрый день, пекарня «Калач», чем помочь?", "client: Здравствуйте, хочу заказать сорок пирогов."]
  - id: no_promises
    title: {ru: "Не обещали лишнего", en: "Promised nothing that is not ours"}
    failure: {ru: "Пообещали лишнее", en: "Promised what is not ours"}
    check: {kind: not_said, phrases: "стопроцентная гарантия"}
    examples:
      passes:
        - says: ["agent: Добрый день, пекарня «Калач», испечём к пятнице.", "client: Здравствуйте, хочу заказать сорок пирогов."]
      fails:
        - says: ["agent: Добрый день, даём вам стопроцентную гарантию.", "client: Здравствуйте, хочу заказать сорок пирогов."]
"""


def test_an_own_file_is_read_and_proved_by_its_examples(tmp_path: Path) -> None:
    path = tmp_path / "bakery.yaml"
    path.write_text(BAKERY, encoding="utf-8")
    bakery = load_checklist(path)
    assert [item.id for item in bakery.items] == ["recorded", "no_promises"]
    assert [verdict_of_item(bakery, p) for p in item_proofs(bakery)] == [
        p.expected for p in item_proofs(bakery)
    ]
    refuse_disproved(bakery, str(path))


def test_an_example_that_does_not_hold_is_told_with_its_item() -> None:
    wrong = BAKERY.replace("разговор сейчас записывается", "день открытых дверей")
    with pytest.raises(
        InvalidInputError, match=r"bakery-recorded-passes-1-passed comes to `failed`"
    ):
        refuse_disproved(parse_checklist(wrong, "bakery.yaml"), "bakery.yaml")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("weight: 2", "weight: 2\n    colour: red", "`items.0.colour` (line 8)"),
        ("weight: 2", "weight: -2", "`items.0.weight` (line 7)"),
        ("kind: said,", "kind: telepathy,", "`items.0.check` (line 9)"),
        ("place: opening", "place: nowhere", "`items.0.check.said.place` (line 9)"),
        (
            'phrases: "стопроцентная гарантия"',
            "phrases: []",
            "`items.1.check.not_said.phrases` (line 18)",
        ),
        ("id: no_promises", "id: recorded", "the item `recorded` (line 4) stands 2 times"),
        (
            "client: Здравствуйте",
            "boss: Здравствуйте",
            "`items.0.examples.passes.0.says.1` (line 12)",
        ),
        ("checklist: bakery", "checklist: [bakery", "is not YAML"),
        ("    critical: true", "    critical: maybe", "`items.0.critical` (line 8)"),
        ("items:", "critical_cap: 101\nitems:", "`critical_cap` (line 3)"),
    ],
)
def test_a_wrong_file_is_refused_with_line_and_key(old: str, new: str, told: str) -> None:
    assert old in BAKERY
    with pytest.raises(InvalidInputError) as caught:
        parse_checklist(BAKERY.replace(old, new), "own/bakery.yaml")
    assert str(caught.value).startswith("own/bakery.yaml: ")
    assert told in str(caught.value)
    assert caught.value.remedy


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match=r"none\.yaml: cannot be read"):
        load_checklist(tmp_path / "none.yaml")


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="is a folder"):
        load_checklist(tmp_path)


def test_the_hash_follows_the_demand_and_not_the_examples() -> None:
    def hash_of(text: str) -> str:
        return parse_checklist(text, "bakery.yaml").rule_hash

    assert hash_of(BAKERY) == hash_of(BAKERY.replace("испечём к пятнице", "испечём к среде"))
    assert hash_of(BAKERY) != hash_of(BAKERY.replace("weight: 2", "weight: 3"))
