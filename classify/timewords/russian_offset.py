"""How a distance is said in Russian: «через пару дней», «часа через два», «неделю назад»."""

from __future__ import annotations

import re

from classify.timewords.patterns import Around, Fields, Rule, rule

_UNITS: tuple[tuple[str, str], ...] = (
    ("минут", "minute"),
    ("час", "hour"),
    ("ден", "day"),
    ("дн", "day"),
    ("сут", "day"),
    ("недел", "week"),
    ("месяц", "month"),
    ("год", "year"),
    ("лет", "year"),
)
_UNIT = (
    r"(?P<unit>минут\w*|час|часа|часов|часик\w*|часок|часочек|день|дня|дней|дни|"
    r"ден(?:ек|ечек|ька|ьков)|"
    r"сут\w+|недел(?:ю|и|ь|я|ьку|ьки|ек|ечку|ечки)|месяц\w*|год|года|лет|годик)"
)
_COUNT = r"(?:(?:[nm](?P<count>\d+)|(?P<pair>пару|парочку|пара|пары)) )?"
_ABOUT = r"(?:(?:примерно|приблизительно|ровно|буквально|где (?:- )?то|ну|так) )*"
_HALF = (
    r"(?P<half>полчас\w*|пол (?:- )?час\w*|полгод\w*|пол (?:- )?года|четверть часа|"
    r"n3 четверти часа|три четверти часа|полчасик\w*|"
    r"полтор[аы] (?:час\w*|месяца|года))"
)
_SECONDS = {"minute": 60.0, "hour": 3600.0}
_DAYS = {"day": 1, "week": 7}
_MONTHS = {"month": 1, "year": 12}

# Beyond about three years nobody means a date.
_MOST = {"minute": 600, "hour": 240, "day": 1000, "week": 150, "month": 36, "year": 3}


def _unit(word: str) -> str:
    return next(unit for start, unit in _UNITS if word.startswith(start))


def distance(unit: str, count: int, *, ago: bool = False) -> dict[str, object]:
    """The fields of a frame that lies `count` units after (or before) the call."""
    if count > _MOST[unit]:
        return {"vague": True}
    sign = -1 if ago else 1
    said: dict[str, object] = {"offset": True, "ago": ago}
    if unit in _SECONDS:
        return said | {"seconds": sign * count * _SECONDS[unit]}
    if unit in _DAYS:
        weeks = {"weeks": sign * count} if unit == "week" else {}
        return said | {"days": sign * count * _DAYS[unit]} | weeks
    return said | {"months": sign * count * _MONTHS[unit]}


def _count(match: re.Match[str]) -> int:
    return 2 if match["pair"] else int(match["count"] or 1)


def _counts_from_elsewhere(around: Around) -> bool:
    """«Через две недели после замера», «после оплаты в течение пяти дней»."""
    before = [token.tag for token in around.before[:3]]
    return around.next_word() in {"после", "с", "со", "от"} or "после" in before


def _ahead(match: re.Match[str], around: Around) -> Fields | None:
    """«Через два часа», «часа через два», «через недельку»."""
    if _counts_from_elsewhere(around):
        return {"vague": True}
    return distance(_unit(match["unit"]), _count(match)) | {
        "approximate": bool(match["pair"]) or not match.group().startswith("через")
    }


def _about(match: re.Match[str], around: Around) -> Fields | None:
    """«Через часа два» is two hours; «через час два» is one or two and stays open."""
    one = match["unit"] in {"день", "час", "неделю", "недельку", "месяц", "минуту", "год"}
    return {"vague": True} if one else _ahead(match, around)


def _ago(match: re.Match[str], _: Around) -> Fields | None:
    unit = match["unit"]
    return distance(_unit(unit), _count(match), ago=True) if unit else {"vague": True}


_HALVES: tuple[tuple[str, dict[str, object]], ...] = (
    (r"четверть", {"seconds": 900.0}),
    (r"(?:n3|три) четверти", {"seconds": 2700.0}),
    (r"полтор\w час", {"seconds": 5400.0}),
    (r"пол\W*(?:- )?час", {"seconds": 1800.0}),
    (r"пол\W*(?:- )?год", {"months": 6}),
    (r"полтора года", {"months": 18}),
)


def _half_ahead(match: re.Match[str], _: Around) -> Fields | None:
    """«Через полчаса», «через полтора часа», «через полгода»."""
    for start, said in _HALVES:
        if re.match(start, match["half"]):
            return {"offset": True, **said}
    return {"vague": True}


def _within(match: re.Match[str], around: Around) -> Fields | None:
    """«В течение часа» is due in an hour, «в течение дня» today; a week names no day."""
    unit = _unit(match["unit"])
    if unit in {"week", "month", "year"} or match["working"] or _counts_from_elsewhere(around):
        return {"vague": True}
    if unit == "day" and not match["count"] and not match["pair"]:
        return {"part": "evening", "bound": "by"}
    return distance(unit, _count(match)) | {"bound": "by", "approximate": True}


def _open(_: re.Match[str], __: Around) -> Fields | None:
    """«Через два-три дня», «через какое-то время»: no day comes of it."""
    return {"vague": True}


OFFSET_RULES: tuple[Rule, ...] = (
    rule(rf"через {_ABOUT}{_COUNT}{_UNIT}", _ahead),
    rule(
        rf"{_UNIT} (?:где (?:- )?то |так |эдак )*через "
        r"(?:[nm](?P<count>\d+)|(?P<pair>пару|парочку))",
        _ahead,
    ),
    rule(rf"через {_ABOUT}{_UNIT} [nm](?P<count>\d+)(?P<pair>)", _about),
    rule(
        rf"(?:через {_ABOUT}час(?:а|ика)|час(?:а|ика) через) полтора",
        lambda _m, _a: {"offset": True, "seconds": 5400.0},
    ),
    rule(rf"{_UNIT} через [nm]\d+(?: -)? [nm]\d+", _open),
    rule(rf"через {_UNIT} [nm]\d+(?: -)? [nm]\d+", _open),
    rule(r"в течени[еи] получаса", lambda _m, _a: {"offset": True, "seconds": 1800.0}),
    rule(rf"через {_ABOUT}{_HALF}", _half_ahead),
    rule(rf"(?:{_COUNT}{_UNIT}|полгода|полчаса) (?:тому )?назад", _ago),
    rule(rf"{_UNIT} (?:[nm](?P<count>\d+)|(?P<pair>пару)) (?:тому )?назад", _ago),
    rule(rf"в течени[еи] (?:ближайш\w+ )?{_COUNT}(?P<working>рабоч\w+ )?{_UNIT}", _within),
    rule(rf"в ближайш(?:ий|ие) {_COUNT}(?P<working>рабоч\w+ )?(?P<unit>час|часа|минут)", _within),
    rule(
        rf"(?:через|в течени[еи]) {_ABOUT}(?:[nm]\d+|{_UNIT})(?: -)? "
        r"(?:[nm]\d+|полтор\w+|другой|другую)"
        r"(?: (?:минут\w*|час\w*|дн\w+|недел\w+|месяц\w*))?",
        _open,
    ),
    rule(
        r"через (?:несколько|некоторое|какое|сколько|полторы|n\d+ рабоч\w+)(?: (?:- )?то)?"
        r"(?: (?:врем\w+|дн\w+|недел\w+|час\w*|минут\w*|месяц\w*))?",
        _open,
    ),
)
