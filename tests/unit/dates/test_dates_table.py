"""Every phrase of the table means what a person would write into a calendar."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
import yaml

from classify.dates import combine, find_times, slot_value

_TABLE = Path(__file__).parents[2] / "data" / "dates.yaml"


def _cases() -> list[pytest.param]:  # type: ignore[valid-type]  # pytest exports no type for it
    groups = yaml.safe_load(_TABLE.read_text(encoding="utf-8"))
    return [
        pytest.param(group, phrase, meant, id=f"{group['said_at'][5:10]} {phrase}")
        for group in groups
        for phrase, meant in group["phrases"]
    ]


@pytest.mark.parametrize(("group", "phrase", "meant"), _cases())
def test_phrase_means(group: dict[str, str], phrase: str, meant: str | None) -> None:
    said_at = datetime.fromisoformat(group["said_at"])
    past = True if group.get("past") else None
    mentions = find_times(phrase, said_at, language=group["language"], past=past)
    slot = slot_value(combine(mentions, said_at), said_at.tzinfo or said_at.astimezone().tzinfo)  # type: ignore[arg-type]
    found = slot.get("datetime") or slot.get("date")
    assert (found and found[:16]) == meant
