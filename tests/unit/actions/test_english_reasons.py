"""English answers to a price, an offer or a question, as the wordings alone hear them."""

from __future__ import annotations

from pathlib import Path

import pytest

from classify.dialogue import listen
from classify.hear import CallContext, by_wordings
from models.vocabulary.action import Action
from tests.unit.actions.spoken_lines import WEDNESDAY, lines

EXCHANGES = Path(__file__).parents[2] / "data" / "wordings" / "english_reasons.txt"
OPENING = "A: Good day, this is Peter from Harbour Supplies. / C: Oh hello Peter, good to hear from you again. / "
ENDING = " / A: I understand. / C: Goodbye for now. / A: Goodbye."


def _cases() -> list[tuple[str, str, str]]:
    written = [line.partition("|") for line in EXCHANGES.read_text(encoding="utf-8").splitlines()]
    told = [(head.split(), said.strip()) for head, mark, said in written if mark]
    return [(kind, expected, said) for (kind, expected), said in told]


def _told(action: Action) -> str:
    said = {"objection": "kind", "meeting_held": "date"}.get(action.type, "")
    return f"{said}={action.slots[said]}" if said in action.slots else str(action.status)


@pytest.mark.parametrize(("kind", "expected", "exchange"), _cases())
def test_an_english_answer_is_heard_for_what_it_is(kind: str, expected: str, exchange: str) -> None:
    talk = listen(lines(OPENING + exchange + ENDING), CallContext(WEDNESDAY, language="en"))
    found = [_told(action) for action in by_wordings(talk).actions if action.type == kind]
    assert (found or ["-"]) == [expected]
