"""Finding times costs next to nothing beside recognising the speech."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from time import perf_counter

import pytest

from classify.dates import find_times

CALL = datetime(2026, 11, 17, 10, 0, tzinfo=timezone(timedelta(hours=3)))


@pytest.mark.parametrize(
    "utterance",
    [
        "здравствуйте меня зовут андрей нам нужен сайт для стоматологии с записью и ценами",
        "давайте в четверг в три или нет лучше в пятницу утром часам к десяти я перезвоню",
    ],
)
def test_an_utterance_takes_under_two_milliseconds(utterance: str) -> None:
    find_times(utterance, CALL)  # loads the dictionary
    runs = []
    for _ in range(30):
        started = perf_counter()
        find_times(utterance, CALL)
        runs.append(perf_counter() - started)
    assert min(runs) < 0.002
