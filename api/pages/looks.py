"""How values look on a page: moments, money, lengths."""

from __future__ import annotations

from datetime import datetime, tzinfo

_MONTHS = {
    "ru": ["янв", "фев", "мар", "апр", "мая", "июн", "июл", "авг", "сен", "окт", "ноя", "дек"],
    "en": ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
}
_SIGNS = {"RUB": "₽", "USD": "$", "EUR": "€", "KZT": "₸", "BYN": "Br"}
_NO_BREAK = "\N{NO-BREAK SPACE}"


def moment(value: datetime | None, zone: tzinfo, language: str, now: datetime) -> str:
    """A moment as people write it: today only its time, this year without the year."""
    if value is None:
        return "—"
    there, here = value.astimezone(zone), now.astimezone(zone)
    clock = there.strftime("%H:%M")
    if there.date() == here.date():
        return clock
    return f"{day(value, zone, language, now)}, {clock}"


def day(value: datetime | None, zone: tzinfo, language: str, now: datetime) -> str:
    """A day; this year's without the year."""
    if value is None:
        return "—"
    there = value.astimezone(zone)
    month = _MONTHS[language][there.month - 1]
    year = "" if there.year == now.astimezone(zone).year else f" {there.year}"
    return f"{there.day}{_NO_BREAK}{month}{year}"


def grouped(number: int) -> str:
    """A number with its thousands apart."""
    return f"{number:,}".replace(",", _NO_BREAK)


def clock(seconds: float | None) -> str:
    """A place in a recording, ``1:05`` or ``1:00:05``."""
    if seconds is None:
        return "—"
    whole = int(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def money(amount: float | None, currency: str | None) -> str:
    """An amount with its currency."""
    if amount is None:
        return "—"
    digits = f"{amount:,.0f}".replace(",", _NO_BREAK)
    return f"{digits}{_NO_BREAK}{_SIGNS.get(currency or '', currency or '')}".rstrip()


def percent(share: float | None) -> str:
    """A share, ``87 %``."""
    return "—" if share is None else f"{share * 100:.0f}{_NO_BREAK}%"


def age(seconds: float, language: str) -> str:
    """How long something has lasted, in its largest unit."""
    units = {"ru": ("мин", "ч", "дн."), "en": ("min", "h", "d")}[language]
    minutes = int(seconds // 60)
    if minutes < 60:
        return f"{minutes}{_NO_BREAK}{units[0]}"
    hours = minutes // 60
    return f"{hours}{_NO_BREAK}{units[1]}" if hours < 48 else f"{hours // 24}{_NO_BREAK}{units[2]}"
