"""A moment that remembers what it was compared with: until when a verdict stays the same by itself.

Time alone turns verdicts: deadlines pass, days begin. Everything that looks at the judged moment
looks at it through this class, so that it is known at which later moment a look could come out
otherwise.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any, Self, cast, overload

_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(slots=True)
class Horizon:
    """Until when (not included) every look at the moment comes out as it did."""

    until: datetime = _NEVER

    def ends(self, moment: datetime) -> None:
        """A look comes out otherwise from a moment on."""
        self.until = min(self.until, moment)


class PassingMoment(datetime):
    """The judged moment, or one that lies a fixed time before or after it."""

    _horizon: Horizon
    _ahead: timedelta

    @classmethod
    def of(cls, moment: datetime, horizon: Horizon, ahead: timedelta = timedelta(0)) -> Self:
        """Wraps a moment; what looks at it is noted in `horizon`."""
        own = cls(
            moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second,
            moment.microsecond, moment.tzinfo, fold=moment.fold,
        )  # fmt: skip
        own._horizon, own._ahead = horizon, ahead
        return own

    def plain(self) -> datetime:
        """The moment itself."""
        return datetime.combine(super().date(), super().timetz())

    def _looked_at(self, other: object) -> None:
        """A comparison: it turns when this moment, going on, comes to the other one."""
        if isinstance(other, PassingMoment) or not isinstance(other, datetime):
            return  # both go on together
        if datetime.__ge__(other, self):
            self._horizon.ends(other - self._ahead)

    def _read(self) -> None:
        """What is read from it is another thing a moment later."""
        self._horizon.ends(self.plain() - self._ahead)

    def __lt__(self, other: date) -> bool:
        self._looked_at(other)
        return datetime.__lt__(self, cast("datetime", other))

    def __le__(self, other: date) -> bool:
        self._looked_at(other)
        return datetime.__le__(self, cast("datetime", other))

    def __gt__(self, other: date) -> bool:
        self._looked_at(other)
        return datetime.__gt__(self, cast("datetime", other))

    def __ge__(self, other: date) -> bool:
        self._looked_at(other)
        return datetime.__ge__(self, cast("datetime", other))

    def __eq__(self, other: object) -> bool:
        self._looked_at(other)
        return datetime.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        self._read()
        return datetime.__hash__(self)

    def __add__(self, other: timedelta) -> Self:
        return self._moved(self.plain() + other, other)

    __radd__ = __add__

    @overload  # type: ignore[override]
    def __sub__(self, other: timedelta) -> Self: ...
    @overload
    def __sub__(self, other: datetime) -> timedelta: ...
    def __sub__(self, other: datetime | timedelta) -> Self | timedelta:
        if isinstance(other, timedelta):
            return self._moved(self.plain() - other, -other)
        self._read()
        return self.plain() - (other.plain() if isinstance(other, PassingMoment) else other)

    def __rsub__(self, other: datetime) -> timedelta:
        self._read()
        return other - self.plain()

    def _moved(self, moment: datetime, ahead: timedelta) -> Self:
        return type(self).of(moment, self._horizon, self._ahead + ahead)

    def astimezone(self, tz: tzinfo | None = None) -> Self:
        """The same moment elsewhere."""
        return type(self).of(self.plain().astimezone(tz), self._horizon, self._ahead)

    def date(self) -> date:
        """Its day, which is another one from midnight on."""
        day = datetime.date(self)
        midnight = datetime.combine(day + timedelta(days=1), time(0), self.tzinfo)
        self._horizon.ends(midnight - self._ahead)
        return day


def _reads(name: str) -> Callable[..., Any]:
    own = getattr(datetime, name)

    def read(self: PassingMoment, *args: Any, **options: Any) -> Any:
        self._read()
        return own(self, *args, **options)

    return read


def _reads_field(name: str) -> Callable[[PassingMoment], int]:
    own = getattr(datetime, name)

    def read(self: PassingMoment) -> int:
        self._read()
        value: int = own.__get__(self)
        return value

    return read


for _name in (
    "__format__", "__repr__", "__str__", "ctime", "isocalendar", "isoformat", "isoweekday",
    "strftime", "time", "timestamp", "timetuple", "timetz", "toordinal", "utctimetuple",
    "weekday", "replace", "__reduce_ex__",
):  # fmt: skip
    setattr(PassingMoment, _name, _reads(_name))

for _name in ("year", "month", "day", "hour", "minute", "second", "microsecond"):
    setattr(PassingMoment, _name, property(_reads_field(_name)))


def plain_moments(value: object) -> Any:
    """A value of frozen words with plain moments in the place of passing ones."""
    if isinstance(value, PassingMoment):
        return value.plain()
    if isinstance(value, tuple):
        made = tuple(plain_moments(one) for one in value)
        return value if all(a is b for a, b in zip(made, value, strict=True)) else made
    if is_dataclass(value) and not isinstance(value, type):
        changed = {
            field.name: now
            for field in fields(value)
            if (now := plain_moments(was := getattr(value, field.name))) is not was
        }
        return replace(value, **changed) if changed else value
    return value
