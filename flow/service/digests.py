"""Digests of what settles whose deal a call is and what is heard in it.

They tell work that was done from work that is left.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from datetime import UTC
from functools import cache, lru_cache
from pathlib import Path

import classify
from classify.corrected import CorrectedWords
from classify.matching import MatchPrints
from core.settings import Settings
from flow.hints import agent_names, company_names
from flow.steps import Surroundings
from models.vocabulary.call import Call
from models.vocabulary.correction import ChosenDeal

_Told = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class _Known:
    """A call's digest and what it was made of."""

    told: _Told
    asks: bool  # for the names that are said in it
    names: _Told
    digest: str


@dataclass(slots=True)
class MatchDigests:
    """The digests of one CRM as it is now; a call's is made anew only where it is another."""

    around: Surroundings
    prints: MatchPrints
    _known: dict[tuple[str, str | None], _Known] = field(default_factory=dict)
    _names: dict[str | None, tuple[str, ...]] = field(default_factory=dict)

    def of(self, call: Call, chosen: ChosenDeal | None, introduced: str | None) -> str:
        """What settles whose deal a call is and what is heard in it, beside its words.

        Of the CRM that is only what this call can depend on.

        Args:
            call: its facts.
            chosen: the deal that somebody said it is.
            introduced: the company that its words introduce (`MatchPrints.introduces`).
        """
        around = self.around
        by_hand = () if chosen is None else (repr(chosen), chosen.deal_id in around.index.deals)
        told = (
            call,
            by_hand,
            self.prints.of(call),
            agent_names(call, around.snapshot.users),
            self._company_names(call),
            around.snapshot.timezone,
            settings_digest(around.settings),
        )
        key = (call.call_id, call.recording)
        known = self._known.get(key)
        same = known is not None and known.told == told
        asks = known.asks if known is not None and same else self.prints.asks_names(call)
        names = self.prints.of_names(introduced) if asks else ()
        if known is None or not same or known.names != names:
            at = call.started_at.astimezone(UTC)
            digest = digest_of(repr((replace(call, started_at=at), *told[1:], *names)))
            known = self._known[key] = _Known(told, asks, names, digest)
        return known.digest

    def later(self, around: Surroundings, prints: MatchPrints) -> MatchDigests:
        """Those of the CRM as it is later; what was made already is known to them."""
        return MatchDigests(around, prints, self._known)

    def _company_names(self, call: Call) -> tuple[str, ...]:
        if call.user_id not in self._names:
            around = self.around
            names = company_names(call, around.index, around.snapshot, around.settings.pbx)
            self._names[call.user_id] = names
        return self._names[call.user_id]


def heard_digest(transcript: int, context: object, corrected: CorrectedWords | None = None) -> str:
    """What settles what is heard in a call, also in words that people corrected."""
    by_hand = () if corrected is None else (repr(corrected),)
    return digest_of(str(transcript), repr(context), engine_print(), *by_hand)


@cache
def engine_print() -> str:
    """Tells two editions of the action engine apart: a hash of all that it is made of."""
    folder = Path(classify.__path__[0])
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.suffix in {".py", ".yaml", ".json", ".npz"}:
            digest.update(str(path.relative_to(folder)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def digest_of(*parts: str) -> str:
    """A hash of some texts."""
    return hashlib.sha256("\0".join(parts).encode("utf-8", "backslashreplace")).hexdigest()


@dataclass(frozen=True, slots=True)
class _Same:
    """Settings by what they are, so that their digest is made once."""

    settings: Settings

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.settings is other.settings

    def __hash__(self) -> int:
        return id(self.settings)


def settings_digest(settings: Settings) -> str:
    """Tells settings apart that calls are matched and heard with."""
    return _settings_digest(_Same(settings))


@lru_cache(maxsize=4)
def _settings_digest(same: _Same) -> str:
    settings = same.settings
    return digest_of(
        repr(settings.matching), repr(settings.pbx), repr(settings.speech.language),
        repr(settings.judge), engine_print(),
    )  # fmt: skip
