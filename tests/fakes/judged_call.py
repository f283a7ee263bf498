"""A call of Irina's with Andrey, and what a judge might say about it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from classify.dialogue import CallContext
from models.vocabulary.call import Direction
from models.vocabulary.transcript import Segment, Speaker

AGENT, CLIENT = Speaker.AGENT, Speaker.CLIENT
BEGAN = datetime(2026, 11, 9, 10, 12, 40, tzinfo=ZoneInfo("Europe/Moscow"))  # a Monday
CONTEXT = CallContext(started_at=BEGAN, direction=Direction.OUT)

LINES = (
    (AGENT, "Добрый день! Это Ирина, студия Кедр."),
    (CLIENT, "Здравствуйте. Слушаю."),
    (AGENT, "Давайте встретимся у вас в среду в пятнадцать часов?"),
    (CLIENT, "Да, давайте, в среду в пятнадцать подходит. Жду вас."),
    (
        CLIENT,
        "Позвоните на 8 916 000-13-01, если что, или пишите на lap@slon.ru, это дорого выйдет",
    ),
    (AGENT, "Смету за триста тысяч пришлю завтра. До встречи!"),
)
TALK = tuple(
    Segment(speaker, text, float(place), place + 0.9) for place, (speaker, text) in enumerate(LINES)
)


def item(**changes: Any) -> dict[str, Any]:
    """An action as the judge writes it: the meeting, with `changes`."""
    return {
        "turn": 3,
        "speaker": "client",
        "quote": "в среду в пятнадцать подходит",
        "type": "meeting_booked",
        "status": "done",
        "slots": {"datetime": "2026-11-11T15:00:00+03:00", "place": None},
    } | changes


def answer(*items: Mapping[str, Any], outcome: str = "conversation") -> str:
    """The judge's whole answer."""
    return json.dumps({"outcome": outcome, "actions": list(items)}, ensure_ascii=False)
