"""A run in a process of its own, to be killed: it stops dead before the recordings named.

Usage: slow_run.py RECORDINGS CRM STATE OUT.json [SECONDS...]; it writes `heard N` to stdout
before each recording of N seconds, and waits for ever where N is one of SECONDS.
"""

from __future__ import annotations

import sys
import threading
from pathlib import Path

from core.settings import Settings
from flow.run import RunRequest, run
from tests.fakes.office import SCRIPTS
from tests.fakes.transcriber import FakeTranscriber


def main(recordings: str, crm: str, state: str, out: str, *stops: str) -> None:
    """Runs once."""

    def before(seconds: int) -> None:
        sys.stdout.write(f"heard {seconds}\n")
        sys.stdout.flush()
        if str(seconds) in stops:
            threading.Event().wait()

    request = RunRequest(Path(recordings), Path(crm), json=Path(out), state=Path(state))
    run(request, Settings(), engine_for=lambda _speech: FakeTranscriber(SCRIPTS, before=before))


if __name__ == "__main__":
    main(*sys.argv[1:])
