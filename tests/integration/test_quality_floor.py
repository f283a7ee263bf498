"""What the README claims of the action engine holds: a change that loses it fails here."""

from __future__ import annotations

import pytest

from benchmarks.quality import heard
from benchmarks.score import score
from benchmarks.sets import named


@pytest.mark.parametrize(
    ("name", "core", "outcomes"),
    [
        ("dev", 0.97, 0.98),
        ("held_out", 0.89, 0.96),
        ("test2", 0.84, 0.96),
        ("english_test", 0.83, 0.91),
    ],
)
def test_actions_and_outcomes_stay_as_good_as_claimed(
    name: str, core: float, outcomes: float
) -> None:
    one = named(name)
    answers = {text["call_id"]: heard(text, one.language) for text, _ in one.calls()}
    result = score(answers, [label for _, label in one.calls()])
    assert result.core.f1 >= core
    assert result.outcomes_right / result.calls >= outcomes
    loose = [
        action["quote"]
        for text, _ in one.calls()
        for action in answers[text["call_id"]]["actions"]
        if not any(action["quote"] in segment["text"] for segment in text["segments"])
    ]
    assert loose == []
