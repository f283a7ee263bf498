"""Work that goes on beside the rest of a process, again and again until it ends."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from core.logs import get_logger
from models.vocabulary.errors import StagecheckError

_log = get_logger("service.background")


@contextmanager
def again_and_again(
    name: str, every_s: float, do: Callable[[threading.Event], None], *, first_s: float = 0.0
) -> Iterator[None]:
    """Calls `do` after `first_s` seconds and then every so many seconds, in a thread.

    What goes wrong is logged and tried again. At the end the event that `do` is given is set, and
    the call in hand is waited for.
    """
    ended = threading.Event()

    def work() -> None:
        ended.wait(first_s)
        while not ended.is_set():
            try:
                do(ended)
            except StagecheckError as error:
                _log.warning("cannot be done now", part=name, error=type(error).__name__)
            except Exception as error:  # noqa: BLE001 - the next turn may do better
                _log.error("failed", part=name, exc_info=error)
            ended.wait(every_s)

    thread = threading.Thread(target=work, name=name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
