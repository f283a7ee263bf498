"""Retention or a forgetting in a process of its own, to be killed at a named moment.

Usage: slow_keeping.py retain|forget FOLDER URL MOMENT AT; it writes `there` to stdout when it has come
to MOMENT and waits for ever. Moments: `marked` (nothing removed yet), `files N` (N files are gone),
`rows` (files are gone, rows are not), `scrub` (rows are gone, bytes are not).
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from core.clock import now
from core.keeping_settings import KeepingSettings
from core.settings import PbxSettings
from flow import forgetting, keeping
from flow.person import person_by_number
from ingest.removal import remove_files
from models.places import PLAYED
from models.session import open_database, reading
from tests.fakes.office import ANDREY

DAYS = 90


def stop() -> None:
    """Says that the moment has come and waits for the end."""
    sys.stdout.write("there\n")
    sys.stdout.flush()
    threading.Event().wait()


def main(what: str, folder: str, url: str, moment: str, at: str) -> None:
    """Does one of the two until the moment."""
    _stop_at(moment)
    engine = open_database(url)
    office, when = Path(folder), datetime.fromisoformat(at)
    inbox = office / "state" / "inbox"
    if what == "retain":
        kept = KeepingSettings(audio_days=DAYS, transcript_days=DAYS, quotes_days=DAYS)
        keeping.retain(engine, kept, inbox, office / "state" / PLAYED, at=when)
        return
    with reading(engine) as session:
        person = person_by_number(session, ANDREY, PbxSettings())
    grounds = forgetting.Grounds(office / "state", inbox, (office / "records",))
    forgetting.forget(engine, person, grounds, at=now())


def _stop_at(moment: str) -> None:
    name, _, number = moment.partition(" ")
    if name in ("marked", "files"):
        left = [int(number or 0)]

        def removing(paths: Iterable[Path]) -> tuple[int, list[str]]:
            every = list(paths)
            done = remove_files(every[: left[0]])
            left[0] -= done[0]
            if left[0] <= 0:
                stop()
            return done

        _replace("remove_files", removing)
        return
    steps = {"rows": ("delete_rows", "mark_expired"), "scrub": ("scrub",)}

    def stopping(*_: Any, **__: Any) -> None:
        stop()

    for step in steps[name]:
        _replace(step, stopping)


def _replace(name: str, function: Any) -> None:
    for module in (keeping, forgetting):
        if hasattr(module, name):
            setattr(module, name, function)


if __name__ == "__main__":
    main(*sys.argv[1:])
