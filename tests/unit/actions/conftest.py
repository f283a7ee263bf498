"""A call written as lines: «а: …» is the agent, «к: …» the client."""

from __future__ import annotations

from datetime import datetime

import pytest

from classify.hear import CallContext, hear
from models.vocabulary.action import Action, HeardCall
from models.vocabulary.call import Direction
from models.vocabulary.transcript import Segment
from tests.fakes.spoken_calls import SIDES, Found, Listen

# A Wednesday morning.
STARTED = datetime.fromisoformat("2026-03-11T10:00:00+03:00")


@pytest.fixture
def listen() -> Listen:
    def run(*lines: str, direction: Direction = Direction.OUT, language: str = "ru") -> HeardCall:
        parts = [line.split(": ", 1) for line in lines]
        segments = [Segment(SIDES[side], text) for side, text in parts]
        return hear(segments, CallContext(STARTED, direction, language))

    return run


@pytest.fixture
def found(listen: Listen) -> Found:
    """The actions of one type in a call."""

    def run(kind: str, *lines: str, **how: object) -> list[Action]:
        return [action for action in listen(*lines, **how).actions if action.type == kind]

    return run
