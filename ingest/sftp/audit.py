"""The audit of the drop-box: who did what, from where, when."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from core.clock import now
from core.logs import get_logger

_log = get_logger("ingest.sftp")


@dataclass(frozen=True, slots=True)
class Audit:
    """A file of JSON lines that several processes append to, each line by one write."""

    file: Path

    def tell(self, event: str, **what: object) -> None:
        """Writes a line.

        An audit that cannot be written stops no upload: the line goes to the log.
        """
        line = json.dumps({"at": now().isoformat(), "event": event, **what}, ensure_ascii=True)
        try:
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
            descriptor = os.open(self.file, flags, 0o600)
            try:
                os.write(descriptor, f"{line}\n".encode("ascii"))
            finally:
                os.close(descriptor)
        except OSError as error:
            _log.error("audit not written", of=event, reason=error.strerror)
