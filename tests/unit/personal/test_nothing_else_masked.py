"""In thousands of sales talks nothing is masked but the one password that is said in them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from classify.personal import masked_segments
from models.vocabulary.transcript import Segment, Speaker

DATA = Path(__file__).parents[2] / "data"
TRULY_PERSONAL = {"english_train7-144"}  # «password is hops with a zero»


def calls_with_marks(file: Path) -> set[str]:
    found = set()
    for call in json.loads(file.read_text(encoding="utf-8")):
        segments = [Segment(Speaker(one["speaker"]), one["text"]) for one in call["segments"]]
        if list(masked_segments(segments, language="ru")[0]) != segments:
            found.add(call["call_id"])
    return found


def test_development_texts() -> None:
    assert calls_with_marks(DATA / "dev" / "texts.json") == set()


@pytest.mark.slow
def test_every_labelled_dialogue() -> None:
    files = [f for f in (DATA / "dialogues").glob("*.json") if not f.stem.endswith(".truth")]
    assert len(files) > 50
    found = {call for file in files for call in calls_with_marks(file)}
    assert found == TRULY_PERSONAL
