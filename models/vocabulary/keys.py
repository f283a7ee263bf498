"""Words about programs that use the API: their keys, and what a key opens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from models.vocabulary.access import AuditEntry


class Scope(StrEnum):
    """One thing that a key opens. None of them opens another."""

    READ = "read"  # calls, deals and verdicts, without words and numbers of clients
    TRANSCRIPTS = "transcripts"  # what was said, quotes, numbers of clients
    AUDIO = "audio"  # the sound of calls
    WRITE = "write"  # recordings, call records and CRM snapshots come in; work is done again
    ADMIN = "admin"  # which keys there are, and their end


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A program's key. The secret is nowhere: `prefix` names the key."""

    id: int
    name: str
    prefix: str
    scopes: frozenset[Scope]
    created_by: str
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    used_at: datetime | None = None

    def opens(self, scope: Scope) -> bool:
        """Whether it opens this."""
        return scope in self.scopes

    def counts(self, now: datetime) -> bool:
        """Whether it is of any use now."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)

    def entry(
        self, now: datetime, event: str, subject: str, detail: str = "", address: str = ""
    ) -> AuditEntry:
        """An entry of the audit about what its program did."""
        return AuditEntry(now, f"{self.name} (sc_{self.prefix})", event, subject, detail, address)
