"""How people, weeks and money are called in a report."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, tzinfo

from figures.charts.said import decimal
from figures.report.words import word
from figures.scope import NOBODY
from models.vocabulary.figures import Facts

_SIGNS = {"RUB": "₽", "USD": "$", "EUR": "€"}


def person_name(facts: Facts, user_id: str | None, language: str) -> str:
    """Somebody's name, the id where it has none; words for nobody."""
    if not user_id or user_id == NOBODY:
        return word("nobody", language)
    person = facts.people.get(user_id)
    return person.name if person is not None and person.name else user_id


def week_name(moment: datetime, zone: tzinfo, *, short: bool = False) -> str:
    """The ISO week that holds a moment, like ``2026-W46``; short ``W46``."""
    year, week, _ = moment.astimezone(zone).isocalendar()
    return f"W{week:02d}" if short else f"{year}-W{week:02d}"


def monday_of(week: str) -> date:
    """The first day of a week like ``2026-W46``.

    Raises:
        ValueError: it is no week.
    """
    year, mark, number = week.partition("-W")
    if not mark or not (year.isdecimal() and number.isdecimal()) or len(year) != 4:
        raise ValueError(week)
    return date.fromisocalendar(int(year), int(number), 1)


def money_said(money: Mapping[str, float], language: str) -> str:
    """«1 200 000 ₽, 300 €»; a dash for nothing."""
    parts = [
        f"{decimal(amount, language, 0)}\u00a0{_SIGNS.get(currency, currency)}"
        for currency, amount in sorted(money.items())
    ]
    return ", ".join(parts) or "—"


def moment_said(at: datetime, language: str) -> str:
    """«23.11.2026 09:00», or «2026-11-23 09:00» in English."""
    return at.strftime("%d.%m.%Y %H:%M" if language != "en" else "%Y-%m-%d %H:%M")


def day_said(at: datetime, language: str) -> str:
    """«23.11.2026», or «2026-11-23» in English."""
    return at.strftime("%d.%m.%Y" if language != "en" else "%Y-%m-%d")
