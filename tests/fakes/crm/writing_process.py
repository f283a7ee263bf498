"""A process that writes into a notebook, and begins anew as often as it is killed.

``python -m tests.fakes.crm.writing_process DATABASE CONNECTION NOTEBOOK``: what takes long (the
imports) is done once; each life is a fork.
"""

from __future__ import annotations

import os
import sys
import threading
import time

from core.settings import Settings
from flow.live.sending import Patience
from flow.live.writing import Writer
from models.session import connected
from tests.fakes.crm.notebook import over_network

QUICK = Patience(beat_s=0.1, lost_s=1.0, grace_s=0.3, first_pause_s=0.05)


def live(url: str, connection: int, address: str) -> None:
    """Writes until the process is killed."""
    database, settings = connected(url), Settings()
    writer = Writer(database, connection, lambda: over_network(address), settings, QUICK)
    with writer.beating():
        while True:
            writer.turn(threading.Event())
            time.sleep(0.05)


def main() -> None:
    """Lives again and again."""
    url, connection, address = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    while True:
        child = os.fork()
        if child == 0:
            try:
                live(url, connection, address)
            finally:
                os._exit(3)
        os.waitpid(child, 0)


if __name__ == "__main__":
    main()
