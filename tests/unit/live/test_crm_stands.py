"""What somebody who starts the service with a live CRM is told of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from flow.live.stands import ReadingState, gone, stands
from models.store.connection_figures import ReadingProgress
from models.vocabulary.crm import Connection, CrmKind

AT = datetime(2026, 11, 20, 18, 5, tzinfo=UTC)
NOTHING, BEGUN = ReadingProgress(False, 0, 0), ReadingProgress(True, 0, 0)
SOME = ReadingProgress(True, 1200, 1)
NEW = Connection(
    1, "sales", CrmKind.AMOCRM, "https://x.amocrm.ru", "Студия", "Europe/Moscow", "RUB", None,
    {}, {}, {}, False, False, 0, None, None, None, "root", AT, None, None,
)  # fmt: skip
READ = replace(NEW, loaded_at=AT, read_at=AT)
AWAY = replace(NEW, error="sales: cannot be reached (ConnectError).", error_at=AT)
SHUT = replace(NEW, error="sales: no right (403)", refused="sales: no right (403)", error_at=AT)
ONCE = "Calls are judged once everything was read."
MEANWHILE = "Meanwhile calls are judged by what was read until 2026-11-20 18:05 UTC."
SO_FAR = f"It was not read to its end yet (1,200 deals and 1 contact so far). {ONCE}"
WHEN, AGAIN = "2026-11-20 18:05 UTC", "It is tried again."
BOTH = "`stagecheck up` and `stagecheck scheduler`"
RESUME = "`stagecheck crm resume sales` goes on."
MENDED = f"Once that is mended, {RESUME}"


@pytest.mark.parametrize(
    ("connection", "progress", "line"),
    [
        (
            NEW,
            NOTHING,
            f"sales: waits to be read for the first time, which {BOTH} do by themselves. {ONCE}",
        ),
        (NEW, BEGUN, f"sales: is being read for the first time; nothing has come yet. {ONCE}"),
        (
            NEW,
            SOME,
            "sales: is being read for the first time; 1,200 deals and 1 contact so far. " + ONCE,
        ),
        (
            READ,
            SOME,
            "sales: was last read 2026-11-20 18:05 UTC; what changed since is read now.",
        ),
        (
            replace(NEW, paused=True),
            NOTHING,
            f"sales: is paused; {RESUME} It was not read yet. {ONCE}",
        ),
        (replace(NEW, paused=True), SOME, f"sales: is paused; {RESUME} {SO_FAR}"),
        (replace(READ, paused=True), SOME, f"sales: is paused; {RESUME} {MEANWHILE}"),
        (
            AWAY,
            SOME,
            f"sales: cannot be read since {WHEN}: cannot be reached (ConnectError). {AGAIN} {SO_FAR}",
        ),
        (
            SHUT,
            NOTHING,
            f"sales: is not read: no right (403). {MENDED} It was not read yet. {ONCE}",
        ),
        (
            replace(SHUT, loaded_at=AT, read_at=AT),
            SOME,
            f"sales: is not read: no right (403). {MENDED} {MEANWHILE}",
        ),
    ],
)
def test_each_state_is_told_in_a_sentence_that_says_what_comes_next(
    connection: Connection, progress: ReadingProgress, line: str
) -> None:
    assert stands(connection, progress).line == line


def test_what_a_person_has_to_mend_is_told_before_what_is_tried_again() -> None:
    assert stands(replace(SHUT, paused=True), SOME).state is ReadingState.SHUT
    assert stands(replace(AWAY, paused=True), SOME).state is ReadingState.PAUSED


def test_of_a_crm_that_was_disconnected_is_told_how_to_go_on() -> None:
    assert gone("sales").line == (
        "sales: is not connected any more. Connect it again with `stagecheck crm connect`, or "
        "start with another --crm."
    )
