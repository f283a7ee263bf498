"""Keeps the tokens of a CRM: of several processes one renews them, the others wait for it."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from core.clock import now
from crm.errors import CrmAwayError, CrmShutError
from models.crm_keys import open_tokens, seal_tokens
from models.secret_keys import SecretKeys
from models.session import reading, transaction
from models.store.connections import (
    begin_renewal,
    end_renewal,
    replace_tokens,
    sealed_tokens,
)
from models.vocabulary.crm import Tokens

# A renewal is one request of at most half a minute; who took longer was killed.
_LEASE_S = 90.0
_LOOK_S = 0.3


@dataclass(frozen=True, slots=True)
class TokenKeeper:
    """Fulfils `crm.port.TokenKeeper` by a row of the database."""

    database: Engine
    connection: int
    name: str
    keys: SecretKeys
    lease_s: float = _LEASE_S
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], datetime] = now

    def tokens(self) -> Tokens:
        """The tokens as they are now.

        Raises:
            CrmShutError: the CRM was disconnected.
            StagecheckError: the key or the database cannot be used.
        """
        return open_tokens(self.keys, self._sealed())

    def renewed(self, stale: Tokens, renew: Callable[[Tokens], Tokens]) -> Tokens:
        """Tokens other than `stale`: those of another process, or what `renew` makes and is kept.

        New ones are sealed and committed before anybody uses them: the CRM has forgotten the old.

        Raises:
            CrmAwayError: another process has been at it for too long.
            CrmError: what `renew` raises.
            StagecheckError: the key or the database cannot be used.
        """
        who = secrets.token_hex(8)
        until = time.monotonic() + 2 * self.lease_s
        while time.monotonic() < until:
            known = self._sealed()
            tokens = open_tokens(self.keys, known)
            if tokens.access != stale.access:
                return tokens
            if self._begin(known, who):
                return self._renew(known, tokens, who, renew)
            self.sleep(_LOOK_S)
        raise CrmAwayError(
            f"{self.name}: another process renews the token and does not come to an end."
        )

    def _begin(self, known: str, who: str) -> bool:
        with transaction(self.database) as session:
            return begin_renewal(
                session,
                self.connection,
                known=known,
                who=who,
                now=self.clock(),
                lease_s=self.lease_s,
            )

    def _renew(
        self, known: str, tokens: Tokens, who: str, renew: Callable[[Tokens], Tokens]
    ) -> Tokens:
        try:
            fresh = renew(tokens)
            sealed = seal_tokens(self.keys, fresh)
            with transaction(self.database) as session:
                # By what stood there, not by whose turn it is: new tokens are never thrown away
                # because the turn ended meanwhile.
                kept = replace_tokens(session, self.connection, sealed, known=known)
        except BaseException:
            with transaction(self.database) as session:
                end_renewal(session, self.connection, who)
            raise
        return fresh if kept else self.tokens()

    def _sealed(self) -> str:
        with reading(self.database) as session:
            sealed = sealed_tokens(session, self.connection)
        if sealed is None:
            raise CrmShutError(f"{self.name}: is not connected any more.")
        return sealed


@dataclass(slots=True)
class HeldTokens:
    """Keeps the tokens of a CRM that is not connected yet, in this process alone."""

    held: Tokens

    def tokens(self) -> Tokens:
        """The tokens as they are now."""
        return self.held

    def renewed(self, stale: Tokens, renew: Callable[[Tokens], Tokens]) -> Tokens:
        """Tokens other than `stale`.

        Raises:
            CrmError: what `renew` raises.
        """
        if self.held.access == stale.access:
            self.held = renew(self.held)
        return self.held
