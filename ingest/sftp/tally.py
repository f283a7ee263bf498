"""The audit of the drop-box, counted: how many log-ins and uploads there were, and of what end."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from threading import Lock

# What a stranger typed as a user name is no account: only uploads are counted by account.
_UPLOADS = frozenset({"received", "refused", "broken off", "failed"})
_LOG_INS = frozenset({"logged in", "log-in refused", "turned away"})


class AuditTally:
    """Counts the lines of an audit; each time only those that were added since."""

    def __init__(self, audit: Path) -> None:
        self._audit = audit
        self._counted: Counter[tuple[str, str]] = Counter()
        self._file, self._end = 0, 0
        self._alone = Lock()

    def counted(self) -> Mapping[tuple[str, str], int]:
        """How often each event was, by event and account; the account of log-ins is empty."""
        with self._alone:
            try:
                with self._audit.open("rb") as audit:
                    info = self._audit.stat()
                    if info.st_ino != self._file or info.st_size < self._end:
                        self._file, self._end = info.st_ino, 0
                        self._counted.clear()
                    audit.seek(self._end)
                    for line in audit:
                        if not line.endswith(b"\n"):
                            break  # still being written
                        self._end += len(line)
                        self._count(line)
            except OSError:
                pass  # there is none yet, or it lies on another machine
            return dict(self._counted)

    def _count(self, line: bytes) -> None:
        try:
            told = json.loads(line)
            event, account = told["event"], str(told.get("account", ""))
        except (ValueError, KeyError, TypeError, AttributeError):
            return  # half a line, from a full disk
        if event in _UPLOADS:
            self._counted[event, account] += 1
        elif event in _LOG_INS:
            self._counted[event, ""] += 1
