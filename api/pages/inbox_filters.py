"""What of the inbox is shown, as it stands in the address of the page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from enum import StrEnum
from math import isfinite
from typing import TypeVar
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from api.pages.days import between
from api.pages.typed import LARGEST_ID
from models.store.inbox import Place
from models.vocabulary.review import Filters, FindingState
from models.vocabulary.verdict import FlagKind

Code = TypeVar("Code", bound=StrEnum)
NAMES = ("manager", "pipeline", "stage", "kind", "state", "from", "to", "confidence", "new")
_TO_REVIEW = frozenset({FindingState.OPEN, FindingState.OBJECTED})
_OF_MANAGER = _TO_REVIEW | {FindingState.CONFIRMED}
ALL = "all"


@dataclass(frozen=True, slots=True)
class Choice:
    """What somebody chose: the filters, whether only what is new, and the words of the form."""

    filters: Filters
    only_new: bool
    told: Mapping[str, str]

    @property
    def query(self) -> str:
        """The choice as it stands in an address, without a place in the list."""
        return urlencode(self.told)

    @property
    def is_narrowed(self) -> bool:
        """Whether anything was chosen at all."""
        return bool(self.told)


def choice_of(params: QueryParams, zone: tzinfo, *, reviewer: bool) -> Choice:
    """Reads the address; what nobody could have chosen counts as not chosen.

    Whoever reviews sees at first what is to be reviewed; a manager what was found about them.
    """
    told = {name: params[name] for name in NAMES if params.get(name, "").strip()}
    since, until = between(told.get("from"), told.get("to"), zone)
    states = _codes(FindingState, params.getlist("state"))
    if ALL in params.getlist("state"):
        states = frozenset(FindingState)
    filters = Filters(
        users=_texts(params.getlist("manager")),
        pipelines=_texts(params.getlist("pipeline")),
        stages=_texts(params.getlist("stage")),
        kinds=_codes(FlagKind, params.getlist("kind")),
        states=states or (_TO_REVIEW if reviewer else _OF_MANAGER),
        since=since,
        until=until,
        least_confidence=_share(told.get("confidence")),
    )
    return Choice(filters, "new" in told, told)


def place_of(text: str | None) -> Place | None:
    """Where to go on from; ``None``: from the start."""
    weight, _, id_ = (text or "").partition(":")
    try:
        place = Place(float(weight), int(id_))
    except ValueError:
        return None
    return place if isfinite(place.weight) and 0 <= place.id <= LARGEST_ID else None


def written(place: Place) -> str:
    """A place as `place_of` reads it."""
    return f"{place.weight!r}:{place.id}"


def _texts(values: Iterable[str]) -> frozenset[str]:
    return frozenset(value for value in values if value and "\0" not in value)


def _codes(kind: type[Code], values: Iterable[str]) -> frozenset[Code]:
    known = {one.value: one for one in kind}
    return frozenset(known[value] for value in values if value in known)


def _share(text: str | None) -> float:
    try:
        share = float(text or 0)
    except ValueError:
        return 0.0
    return share if 0 <= share <= 1 else 0.0
