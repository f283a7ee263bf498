"""Who may try to log in, and how often. Pure: the clock is handed in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Patience:
    """After `tries` wrong log-ins within `window_s` an address waits `ban_s`, each time longer."""

    tries: int = 5
    window_s: float = 600.0
    ban_s: float = 300.0
    longest_ban_s: float = 86_400.0
    connections: int = 40  # at once from one address


@dataclass(slots=True)
class _Record:
    failed_at: list[float] = field(default_factory=list)
    bans: int = 0
    banned_until: float = 0.0
    open: int = 0


class Throttle:
    """Wrong log-ins by address and by account.

    An account is shut only to addresses that never logged in to it: else a stranger who guesses
    at passwords would shut out the telephone system itself.
    """

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        self._addresses: dict[str, _Record] = {}
        self._accounts: dict[str, _Record] = {}
        self._known: set[tuple[str, str]] = set()

    def may_connect(self, address: str, at: float) -> bool:
        """Whether a connection is taken; if so it counts until `left`."""
        record = self._addresses.setdefault(address, _Record())
        if record.banned_until > at or record.open >= self._patience.connections:
            return False
        record.open += 1
        self._forget_old(at)
        return True

    def left(self, address: str) -> None:
        """A connection that was taken is over."""
        record = self._addresses.get(address)
        if record is not None:
            record.open = max(0, record.open - 1)

    def may_log_in(self, address: str, account: str, at: float) -> bool:
        """Whether a log-in is looked at at all."""
        if self._banned(self._addresses, address, at):
            return False
        return (address, account) in self._known or not self._banned(self._accounts, account, at)

    def failed(self, address: str, account: str, at: float) -> bool:
        """A log-in was wrong; tells whether somebody is banned for it."""
        by_address = self._count(self._addresses.setdefault(address, _Record()), at)
        by_account = self._count(self._accounts.setdefault(account, _Record()), at)
        return by_address or by_account

    def succeeded(self, address: str, account: str) -> None:
        """A log-in was right: the address is forgiven and known to the account."""
        record = self._addresses.get(address)
        if record is not None:
            record.failed_at.clear()
            record.bans = 0
        self._known.add((address, account))

    @staticmethod
    def _banned(records: dict[str, _Record], key: str, at: float) -> bool:
        record = records.get(key)
        return record is not None and record.banned_until > at

    def _count(self, record: _Record, at: float) -> bool:
        since = at - self._patience.window_s
        record.failed_at = [*(moment for moment in record.failed_at if moment > since), at]
        if len(record.failed_at) < self._patience.tries:
            return False
        ban = min(self._patience.longest_ban_s, self._patience.ban_s * 2**record.bans)
        record.banned_until = at + ban
        record.bans += 1
        record.failed_at.clear()
        return True

    def _forget_old(self, at: float) -> None:
        """Drops records that say nothing any more, so that strangers cannot fill the memory."""
        since = at - self._patience.longest_ban_s
        for records in (self._addresses, self._accounts):
            for key in list(_idle(records, since)):
                del records[key]


def _idle(records: dict[str, _Record], since: float) -> Iterator[str]:
    for key, record in records.items():
        last = max(record.banned_until, *record.failed_at, 0.0)
        if record.open == 0 and last < since:
            yield key
