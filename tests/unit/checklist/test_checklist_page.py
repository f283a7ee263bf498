"""docs/checklist.md tells of every kind and key, and its example works."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel

from classify.checklist import rules
from classify.checklist.file import parse_checklist
from classify.checklist.proving import refuse_disproved

PAGE = (Path(__file__).parents[3] / "docs" / "checklist.md").read_text(encoding="utf-8")
CHECKS: tuple[type[BaseModel], ...] = get_args(get_args(rules.ItemCheck)[0])


def test_the_pages_example_is_a_right_file_whose_examples_hold() -> None:
    (text,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    refuse_disproved(parse_checklist(text, "docs/checklist.md"), "docs/checklist.md")


@pytest.mark.parametrize("model", [*CHECKS, rules.Item, rules.Applies, rules.ExampleTalk])
def test_the_page_names_every_key(model: type[BaseModel]) -> None:
    kind = model.model_fields.get("kind")
    words = [*model.model_fields, *(get_args(kind.annotation) if kind else ())]
    assert [word for word in words if f"`{word}`" not in PAGE] == []
