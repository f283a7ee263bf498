"""Working days and the spans that deadlines are made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import holidays

from core.settings import VerificationSettings
from models.vocabulary.errors import InvalidInputError

if TYPE_CHECKING:
    from classify.verification.check_kinds import Within

END_OF_DAY = time(23, 59, 59)


@lru_cache(maxsize=16)
def _holidays_of(country: str) -> holidays.HolidayBase:
    try:
        return holidays.country_holidays(country)
    except NotImplementedError as error:
        raise InvalidInputError(
            "setting verification.holidays_country",
            f"`{country}` has no holiday calendar",
            "Give a country code such as RU, KZ or BY",
        ) from error


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """Which days are worked in one country, seen from one time zone.

    Days off moved by decree and Saturdays worked for them come from the `holidays`
    library, which knows Russia's published transfers; a year whose decree it does not
    know yet falls back on the fixed holidays and weekends.
    """

    country: str
    zone: ZoneInfo
    hours: tuple[int, int] = (9, 18)

    def is_working_day(self, day: date) -> bool:
        """Whether people are at work on that day."""
        return _holidays_of(self.country).is_working_day(day)

    def end_of_day(self, moment: datetime) -> datetime:
        """The last second of the moment's local day."""
        return datetime.combine(moment.astimezone(self.zone).date(), END_OF_DAY, self.zone)

    def day_of(self, moment: datetime) -> date:
        """The local day of a moment."""
        return moment.astimezone(self.zone).date()

    def end_of_working_day_from(self, day: date) -> datetime:
        """The end of `day`, or of the next working day where `day` is none."""
        while not self.is_working_day(day):
            day += timedelta(days=1)
        return datetime.combine(day, END_OF_DAY, self.zone)

    def add_working_days(self, start: datetime, count: int) -> datetime:
        """The end of the `count`-th working day after the start's own day."""
        day = self.day_of(start)
        left = count
        while left > 0:
            day += timedelta(days=1)
            left -= self.is_working_day(day)
        return datetime.combine(day, END_OF_DAY, self.zone)

    def add_working_hours(self, start: datetime, count: int) -> datetime:
        """The moment when so many hours of working days have passed since `start`."""
        moment, left = start.astimezone(self.zone), timedelta(hours=count)
        while True:
            opens, closes = (self._at(moment.date(), hour) for hour in self.hours)
            begin = max(moment, opens)
            if self.is_working_day(moment.date()) and begin < closes:
                if left <= closes - begin:
                    return begin + left
                left -= closes - begin
            moment = self._at(moment.date() + timedelta(days=1), 0)

    def working_time(self, start: datetime, end: datetime) -> timedelta:
        """How much of the time from `start` to `end` lies in the hours of working days."""
        first, last = start.astimezone(self.zone), end.astimezone(self.zone)
        worked, day = timedelta(0), first.date()
        while day <= last.date():
            if self.is_working_day(day):
                opens, closes = (self._at(day, hour) for hour in self.hours)
                worked += max(min(closes, last) - max(opens, first), timedelta(0))
            day += timedelta(days=1)
        return worked

    def _at(self, day: date, hour: int) -> datetime:
        return datetime.combine(day, time(0), self.zone) + timedelta(hours=hour)

    def after(self, start: datetime, within: Within) -> datetime:
        """When a span that begins at `start` is over."""
        if within.working_days is not None:
            return self.add_working_days(start, within.working_days)
        if within.working_hours is not None:
            return self.add_working_hours(start, within.working_hours)
        return start + timedelta(minutes=within.minutes or 0, hours=within.hours or 0)


def work_calendar(settings: VerificationSettings, zone: ZoneInfo) -> WorkCalendar:
    """The calendar that the settings name, in a zone."""
    return WorkCalendar(settings.holidays_country, zone, settings.working_hours)
