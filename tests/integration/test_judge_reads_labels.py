"""A judge that says what the labels say is believed: the reader's care costs next to nothing."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from classify.dialogue import CallContext
from classify.judge import Refusal, pose, read_answer
from classify.judge.catalogue import CATALOGUE
from classify.judge.refusals import HARMLESS
from flow.texts import read_texts
from tests.fakes.judged_call import answer

DATA = Path(__file__).parents[1] / "data"


@pytest.mark.parametrize("name", ["dev/texts", "dialogues/tune"])
def test_labels_read_as_a_judge_s_answer_hold(name: str) -> None:
    truth = json.loads((DATA / f"{name}.truth.json").read_bytes())
    labels = {call["call_id"]: call["actions"] for call in truth}
    refused: Counter[Refusal] = Counter()
    actions, slots = 0, 0
    for call in read_texts(DATA / f"{name}.json"):
        question = pose(call.segments, CallContext(call.started_at, call.direction))
        said = [one for one in labels[call.call_id] if one["type"] in list(CATALOGUE)]
        refused.update(read_answer(_as_said(said), question, confidence=0.4).refused)
        actions += len(said)
        slots += sum(len(one["slots"]) for one in said)
    assert actions > 100
    assert sum(n for reason, n in refused.items() if reason not in HARMLESS) <= actions / 100
    assert sum(n for reason, n in refused.items() if reason in HARMLESS) <= slots / 10


def _as_said(labels: list[dict[str, Any]]) -> str:
    return answer(*({"turn": None} | label for label in labels))
