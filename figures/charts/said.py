"""The charts' own words in both languages, and how numbers look in them."""

from __future__ import annotations

_SAID = {
    "ru": {
        "stage": "Этап",
        "recorded": "По CRM",
        "verified": "Подтверждено",
        "unknown": "Нельзя сказать",
        "before": "Дошло",
        "kept": "Прошло дальше",
        "lost": "Потеряно",
        "lost_share": "Потеря",
        "worst": "самый слабый шаг",
        "median": "Обычно",
        "p90": "9 из 10 не дольше",
        "of": "Сделок",
        "plan": "План",
        "week": "Неделя",
        "unfinished": "неделя ещё идёт",
        "none": "нет данных",
        "few": "мало данных",
        "day": "д",
        "hour": "ч",
        "minute": "мин",
    },
    "en": {
        "stage": "Stage",
        "recorded": "In the CRM",
        "verified": "Proved",
        "unknown": "Cannot tell",
        "before": "Reached",
        "kept": "Went on",
        "lost": "Lost",
        "lost_share": "Loss",
        "worst": "the weakest step",
        "median": "Usually",
        "p90": "9 of 10 no longer than",
        "of": "Deals",
        "plan": "Plan",
        "week": "Week",
        "unfinished": "the week goes on",
        "none": "no data",
        "few": "too few",
        "day": "d",
        "hour": "h",
        "minute": "min",
    },
}


def said(word: str, language: str) -> str:
    """A word of the charts."""
    return _SAID[language][word]


def decimal(value: float, language: str, digits: int = 1) -> str:
    """«1 234,5»: no digit behind the point where it is whole."""
    text = f"{value:,.{digits}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    if language == "ru":
        return text.replace(",", "\u202f").replace(".", ",")
    return text


def percent(value: float | None, language: str) -> str:
    """«80 %»; «<1 %» for what is more than nothing; a dash for nothing known."""
    if value is None:
        return "—"
    whole = round(value * 100)
    mark = ""
    if whole == 0 and value > 0:
        mark, whole = "<", 1
    elif whole == 100 and value < 1:
        mark, whole = ">", 99
    gap = "\u00a0" if language == "ru" else ""
    return f"{mark}{whole}{gap}%"


def lasting(hours: float | None, language: str) -> str:
    """«2 д 4 ч», «5 ч», «20 мин»; a dash for nothing."""
    if hours is None:
        return "—"
    if hours < 1:
        return f"{round(hours * 60)}\u00a0{said('minute', language)}"
    whole = round(hours)
    days, rest = divmod(whole, 24)
    if days >= 10 or (days and not rest):
        return f"{round(whole / 24)}\u00a0{said('day', language)}"
    hour = f"{rest}\u00a0{said('hour', language)}"
    return f"{days}\u00a0{said('day', language)} {hour}" if days else hour
