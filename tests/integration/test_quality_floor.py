"""What the README claims of the action engine holds: a change that loses it fails here."""

import json
from pathlib import Path

import pytest

from benchmarks.quality import heard
from benchmarks.score import Score, score

DATA = Path(__file__).parents[1] / "data"


def _scored(name: str) -> tuple[Score, int]:
    texts = json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))
    labels = json.loads((DATA / f"{name}.truth.json").read_text(encoding="utf-8"))
    answers = {text["call_id"]: heard(text, "ru") for text in texts}
    loose = 0
    for text in texts:
        spoken = [segment["text"] for segment in text["segments"]]
        loose += sum(
            not any(action["quote"] in line for line in spoken)
            for action in answers[text["call_id"]]["actions"]
        )
    return score(answers, labels), loose


@pytest.mark.parametrize(
    ("name", "core", "outcomes"),
    [
        ("dev/texts", 0.95, 0.97),
        ("dialogues/held_out", 0.72, 0.92),
    ],
)
def test_actions_and_outcomes_stay_as_good_as_claimed(
    name: str, core: float, outcomes: float
) -> None:
    result, loose = _scored(name)
    assert result.core.f1 >= core
    assert result.outcomes_right / result.calls >= outcomes
    assert loose == 0, "a quote stands in no segment"
