"""docs/pipelines.md tells of every check kind and key, and its example works."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel

from classify.pipeline_file import parse_pipeline
from classify.verification import check_kinds, rules
from classify.verification.example import Example
from classify.verification.proving import proofs, verdict_of

PAGE = (Path(__file__).parents[3] / "docs" / "pipelines.md").read_text(encoding="utf-8")
CHECKS: tuple[type[BaseModel], ...] = get_args(get_args(check_kinds.Check)[0])


def test_the_pages_example_is_a_right_file_whose_examples_hold() -> None:
    (text,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    bakery = parse_pipeline(text, "docs/pipelines.md")
    wrong = [
        proof.name for proof in proofs(bakery) if verdict_of(bakery, proof) is not proof.expected
    ]
    assert wrong == []


@pytest.mark.parametrize("model", [*CHECKS, rules.Requirement, check_kinds.Within, Example])
def test_the_page_names_every_key(model: type[BaseModel]) -> None:
    kind = model.model_fields.get("kind")
    words = [*model.model_fields, *(get_args(kind.annotation) if kind else ())]
    assert [word for word in words if f"`{word}`" not in PAGE] == []
