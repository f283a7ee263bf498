"""How figures become what programs read: shapes made from the results themselves, rows as links."""

from __future__ import annotations

import functools
import operator
import types
from collections.abc import Callable, Hashable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from functools import cache
from typing import Any, Generic, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from pydantic import BaseModel, Field, create_model

from api.v1.shapes import Item, Shape, Time
from figures.conveyor import Load
from figures.funnel import Conversion
from figures.inflation import MoneyShare
from figures.plan_form import Plan
from figures.scope import NOBODY, Period
from figures.share import Share, Spread
from figures.stage_time import StageTime
from figures.tally import Tally
from figures.told import Told
from models.vocabulary.figures import LineRequirement, PromiseFact
from models.vocabulary.verdict import PromiseState, Severity

Json = dict[str, Any]
T = TypeVar("T")
OF_DEALS = frozenset(
    {
        *("deals", "left", "standing", "proof_deals", "unsure_deals", "unknown_deals"),
        *("still_waiting", "backwards"),
    }
)
OF_CALLS = frozenset({"calls", "unsure_calls"})
_CLIENTS = frozenset({"first", "again"})  # only counted: a client's id is a person's


class Rows(Shape):
    """Rows behind a number."""

    count: int
    rows: str = Field(description="where they are listed")


class TallyOf(Rows):
    """Deals behind a number, and their money."""

    money: dict[str, float] = Field(description="by currency")
    unpriced: int = Field(description="how many have no amount: their money is in no sum")


class ShareOf(Shape):
    """`count` out of `of`."""

    count: int
    of: int = Field(description="the sample")
    value: float | None = Field(description="from 0 to 1; `null` of nothing")
    interval: list[float] | None = Field(
        description="where the true share lies with 95 % (Wilson); `null` of nothing"
    )


class SpreadOf(Shape):
    """How long things took, in hours."""

    median: float
    p90: float
    worst: float
    of: int = Field(description="the sample")


class PeriodOf(Shape):
    """A time; its end is not in it any more."""

    start: Time
    end: Time


class RequirementOf(Shape):
    """What a stage demands."""

    id: str
    severity: Severity
    title: str


class PromiseOf(Shape):
    """A promise."""

    deal_id: str
    call_id: str
    type: str
    by: str
    user_id: str | None
    made_at: Time
    deadline: Time | None
    state: PromiseState
    done_at: Time | None
    quote: str | None = Field(description="`null` without the scope `transcripts`")
    amount: float | None
    currency: str


class PlanOf(Shape):
    """A plan."""

    plan: str
    template: str


class CutOf(Shape):
    """What was counted; `null`: all, `-`: what has none."""

    pipeline: str | None
    manager: str | None
    role: str | None
    source: str | None


class Figure(Shape, Generic[T]):
    """A figure, and what it was counted from."""

    as_of: Time = Field(description="the moment of which it tells")
    period: PeriodOf
    cut: CutOf
    rules: dict[str, str] = Field(description="the version of the rules of each pipeline")
    heard: ShareOf = Field(description="answered calls of the deals that were understood")
    figure: T


class FigureRow(Item):
    """A row behind a number."""

    id: str
    deal_id: str | None
    deal: str | None = Field(description="where the deal is told")
    calls: str | None = Field(description="where the deal's calls are listed")
    call_id: str | None
    call: str | None = Field(description="where the call is told")


_KNOWN: dict[Any, Any] = {
    Tally: TallyOf,
    Share: ShareOf,
    Spread: SpreadOf,
    Period: PeriodOf,
    Told: str,
    LineRequirement: RequirementOf,
    PromiseFact: PromiseOf,
    Plan: PlanOf,
    datetime: Time,
}
_MORE: dict[type, tuple[str, ...]] = {
    Conversion: ("loss",),
    MoneyShare: ("value",),
    StageTime: ("of",),
    Load: ("open_each", "calls_each", "hours_each"),
}


def shape_of_figure(hint: Any, name: str = "") -> Any:
    """The shape in which a result is told; `name` is that of the field it stands in."""
    if hint in _KNOWN:
        return _KNOWN[hint]
    origin, parts = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return functools.reduce(
            operator.or_,
            (one if one is type(None) else shape_of_figure(one, name) for one in parts),
        )
    if origin is tuple:
        return _of_tuple(parts, name)
    if origin is not None and issubclass(origin, Mapping):
        value = shape_of_figure(parts[1])
        if get_origin(parts[0]) is tuple:
            return types.GenericAlias(list, (_pair(value),))
        return types.GenericAlias(dict, (str, value))
    return _model(cast("Hashable", hint)) if is_dataclass(hint) else hint


def _of_tuple(parts: tuple[Any, ...], name: str) -> Any:
    if parts == (str, ...) and name in OF_DEALS | OF_CALLS:
        return Rows
    if parts == (str, ...) and name in _CLIENTS:
        return int
    return types.GenericAlias(list, (shape_of_figure(parts[0]),))


@cache
def _model(kind: Any) -> type[BaseModel]:
    hints = get_type_hints(kind)
    told: dict[str, Any] = {
        one.name: (shape_of_figure(hints[one.name], one.name), ...) for one in fields(kind)
    }
    for more in _MORE.get(kind, ()):
        got = get_type_hints(getattr(kind, more).fget)["return"]
        told[more] = (shape_of_figure(got, more), ...)
    about = (kind.__doc__ or "").partition("\n\n")[0]
    return create_model(f"{kind.__name__}Figure", __base__=Shape, __doc__=about, **told)


@cache
def _pair(value: Any) -> type[BaseModel]:
    name = f"{getattr(value, '__name__', 'Value')}Of"
    told: dict[str, Any] = {"manager": (str, ...), "requirement": (str, ...), "cell": (value, ...)}
    return create_model(name, __base__=Shape, __doc__="One cell of a map.", **told)


class Teller:
    """Tells results; `link` gives where the rows at a JSON pointer (RFC 6901) are listed."""

    def __init__(
        self, link: Callable[[str, str], str], language: str, *, words: bool = False
    ) -> None:
        self._link, self._language, self._words = link, language, words

    def told(self, value: Any, at: str = "", name: str = "") -> Any:  # noqa: C901, PLR0911 - by kind
        """A result as JSON holds it; `at` is where it stands, `name` the field it stands in."""
        if isinstance(value, Told):
            return value.in_language(self._language)
        if isinstance(value, Tally):
            rows = {"count": value.count, "rows": self._link("deals", at)}
            return rows | {"money": dict(value.money), "unpriced": value.unpriced}
        if isinstance(value, Share):
            return share_told(value)
        if isinstance(value, LineRequirement):
            title = value.title_en if self._language == "en" else value.title_ru
            return {"id": value.id, "severity": value.severity.value, "title": title}
        if isinstance(value, Plan):
            return {"plan": value.plan, "template": value.template}
        if isinstance(value, PromiseFact):
            return self._promise(value)
        if isinstance(value, datetime):
            return value.isoformat(timespec="seconds")
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, Enum):
            return value.value
        if is_dataclass(value) and not isinstance(value, type):
            names = [one.name for one in fields(value)] + list(_MORE.get(type(value), ()))
            return {one: self.told(getattr(value, one), f"{at}/{one}", one) for one in names}
        if isinstance(value, Mapping):
            return self._mapping(value, at)
        return self._list(value, at, name) if isinstance(value, tuple) else value

    def _list(self, value: tuple[Any, ...], at: str, name: str) -> Any:
        if name in OF_DEALS | OF_CALLS and all(isinstance(one, str) for one in value):
            kind = "deals" if name in OF_DEALS else "calls"
            return {"count": len(value), "rows": self._link(kind, at)}
        if name in _CLIENTS:
            return len(value)
        return [self.told(one, f"{at}/{place}") for place, one in enumerate(value)]

    def _mapping(self, value: Mapping[Any, Any], at: str) -> Any:
        if any(isinstance(key, tuple) for key in value):
            return [
                {
                    "manager": key[0],
                    "requirement": key[1],
                    "cell": self.told(value[key], f"{at}/{place}"),
                }
                for place, key in enumerate(sorted(value))
            ]
        return {
            _key(key): self.told(one, f"{at}/{_escaped(_key(key))}") for key, one in value.items()
        }

    def _promise(self, one: PromiseFact) -> Json:
        told = {name: getattr(one, name) for name in PromiseOf.model_fields}
        told["quote"] = (one.quote or None) if self._words else None
        return {name: self.told(value) for name, value in told.items()}


def share_told(share: Share) -> Json:
    """A share with its sample and interval."""
    interval = share.interval
    return {
        "count": share.count,
        "of": share.of,
        "value": share.value,
        "interval": list(interval) if interval is not None else None,
    }


def rows_at(value: Any, pointer: str) -> tuple[str, ...] | None:
    """The ids at a pointer into a result; ``None``: there are none."""
    name = ""
    for step in pointer.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        value = _step(value, name)
    if isinstance(value, Tally):
        return value.deals
    is_ids = isinstance(value, tuple) and name in OF_DEALS | OF_CALLS
    return value if is_ids and all(isinstance(one, str) for one in value) else None


def _step(value: Any, name: str) -> Any:
    if isinstance(value, Mapping):
        keys = sorted(value) if any(isinstance(key, tuple) for key in value) else None
        if keys is not None:
            return value[keys[int(name)]] if _is_place(name, len(keys)) else None
        return next((one for key, one in value.items() if _key(key) == name), None)
    if isinstance(value, tuple):
        return value[int(name)] if _is_place(name, len(value)) else None
    if is_dataclass(value) and name in {one.name for one in fields(value)}:
        return getattr(value, name)
    return None


def _is_place(name: str, of: int) -> bool:
    return name.isascii() and name.isdigit() and len(name) < 8 and int(name) < of


def _key(key: Any) -> str:
    if key is None:
        return NOBODY
    return str(key.value) if isinstance(key, Enum) else str(key)


def _escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")
