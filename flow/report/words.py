"""The report's words in each language, and how values look on the page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

from classify.verification.sentences import Said, day_said, moment_said
from core.packaged import read_packaged


@cache
def words_of(language: str) -> Mapping[str, Any]:
    """What the codes of a result are called, by group, and under ``page`` what the page says."""
    file = files("flow.report").joinpath("languages", f"{language}.yaml")
    words: Mapping[str, Any] = read_packaged(file)
    return words


def moment(value: str | None, language: str = "ru") -> str:
    """«17.11.2026 14:20», «17.11.2026» for a bare date, a dash for nothing."""
    if not value:
        return "—"
    at = datetime.fromisoformat(value)
    said: Said = day_said(at) if len(value) == len("2026-11-17") else moment_said(at)
    return said.en if language == "en" else said.ru


def clock(seconds: float | None) -> str:
    """Seconds from the start of a recording as «01:23»."""
    if seconds is None:
        return ""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes:02d}:{rest:02d}"


def money(amount: float | None, currency: str | None) -> str:
    """«320 000 ₽» with narrow spaces, nothing for no amount."""
    if amount is None:
        return ""
    sign = {"RUB": "₽", "USD": "$", "EUR": "€"}.get(currency or "RUB", currency or "")
    return f"{amount:,.0f}".replace(",", "\u202f") + f"\u00a0{sign}"
