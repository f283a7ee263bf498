"""Digests that tell verdicts apart: what is still the same is neither written nor told again."""

from __future__ import annotations

import hashlib
import json

from models.store.mapping import plain
from models.vocabulary.verdict import DealVerdict, Verification


class DealDigests:
    """The digests of verdicts, made once for each object that is a verdict."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[DealVerdict, str, str]] = {}
        self._last: tuple[Verification, str] | None = None

    def of(self, verification: Verification) -> str:
        """Tells different verdicts apart, whenever they were given."""
        if self._last is None or self._last[0] is not verification:
            deals = [self.whole(deal) for deal in verification.deals]
            self._last = (verification, _digest((deals, verification.flags)))
        return self._last[1]

    def standing(self, deal: DealVerdict) -> str:
        """Tells apart how a deal stands; said in one more language it stands as before."""
        return self._of(deal)[2]

    def whole(self, deal: DealVerdict) -> str:
        """Tells verdicts on a deal apart."""
        return self._of(deal)[1]

    def _of(self, deal: DealVerdict) -> tuple[DealVerdict, str, str]:
        known = self._known.get(deal.deal_id)
        if known is None or known[0] is not deal:
            standing = plain(deal)
            whole = _digest(standing)
            for requirement in standing["requirements"]:
                del requirement["explanation_en"]
            for promise in standing["promises"]:  # its state says what came of these
                del promise["deadline"], promise["done_at"]
            known = (deal, whole, _digest(standing))
            self._known[deal.deal_id] = known
        return known


def verification_digest(verification: Verification, digests: DealDigests | None = None) -> str:
    """Tells different verdicts apart, whenever they were given."""
    return (digests if digests is not None else DealDigests()).of(verification)


def _digest(words: object) -> str:
    return hashlib.sha256(json.dumps(plain(words), sort_keys=True).encode()).hexdigest()
