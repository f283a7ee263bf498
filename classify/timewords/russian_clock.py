"""How a clock time is said in Russian: «в три», «полпервого», «без четверти пять», «в 15-00»."""

from __future__ import annotations

import re

from classify.timewords.frames import Bound, Need, Part
from classify.timewords.lexicon import is_counted
from classify.timewords.numerals import words
from classify.timewords.patterns import Around, Fields, Rule, rule

_ROUGHLY = (
    r"(?P<approx>(?:(?:часа|часов|часам|часикам|часиков|примерно|приблизительно|ровно|скажем|"
    r"точно|ориентировочно|так|эдак|где (?:- )?то|плюс (?:- )?минус) )*)"
)
_AT = (
    rf"{_ROUGHLY}(?:(?P<prep>в|во|к|ко|до|на|около|с|со|от|после|ближе к|не позднее|не позже|"
    rf"не раньше|в районе|часам к) )?(?:(?:часа|часов|часам|ровно|где (?:- )?то) )*"
)
_PART = r"(?: (?P<part>утра|дня|вечера|ночи))?"
_HOUR = r"(?P<form>[nm])(?P<hour>1?\d|2[0-4])"
_PARTS: dict[str, Part] = {
    "утра": "morning",
    "дня": "afternoon",
    "вечера": "evening",
    "ночи": "night",
}
_BOUNDS: dict[str, Bound] = {
    "до": "by",
    "не позднее": "by",
    "не позже": "by",
    "с": "from",
    "со": "from",
    "от": "from",
    "после": "after",
    "не раньше": "after",
}
_UNITS_OF_OTHER_THINGS = frozenset(
    words(
        "% км м см мм кг г р руб шт тыс млн млрд тысяч тысячи тысячу миллион миллиона "
        "миллионов раз раза х евро долларов ₽ $ € квт штук человек сотен"
    )
)


def _common(match: re.Match[str]) -> dict[str, object]:
    groups = match.groupdict()
    prep = groups.get("prep") or ""
    approximate = bool(groups.get("approx")) or prep in {"около", "ближе к", "в районе"}
    return {
        "part": _PARTS.get(groups.get("part") or ""),
        "bound": _BOUNDS.get(prep),
        "approximate": approximate and "ровно" not in (groups.get("approx") or ""),
    }


def _counts_things(around: Around) -> bool:
    tag, word = around.next_tag(), around.next_word()
    if re.match(r"[nm]\d|o\d+[gdsx]|[,.]", tag):
        return bool(re.match(r"[nm]\d", tag))
    if tag.startswith(("wd", "mo", "d")) and tag[-1:].isdigit():
        return False
    return word in _UNITS_OF_OTHER_THINGS or (bool(word) and is_counted(word))


def _full_hour(match: re.Match[str], around: Around) -> Fields | None:
    """«В три», «к трём часам», «в девять утра», «три часа» beside a day."""
    prep, unit, part = match["prep"] or "", match["unit"], match["part"]
    hour, bent = int(match["hour"]), match["form"] == "m"
    if (bent and prep in {"в", "во", "на", ""}) or prep == "от":
        return None
    if prep == "на" and around.before and around.before[0].word.startswith("минут"):
        return None  # «минут на десять»
    if hour == 24 or (hour < 2 and not (unit or part)):
        return None
    told = bool(unit) or ("час" in (match["approx"] or "") and bool(prep))
    loose = not told or prep in {"", "на"}
    if not part and loose and _counts_things(around):
        return None
    return {"hour": hour, **_common(match), "needs": _need(prep, unit, part)}


def _need(prep: str, unit: str | None, part: str | None) -> Need | None:
    if part and (prep or unit or part in {"утра", "вечера"}):
        return None
    if prep == "на" or (prep in {"около", "после", "с", "со"} and unit and not part):
        return "near"
    if prep or part:
        return None if prep else "adjacent"
    return "adjacent" if unit else "behind"


def _hour_and_minutes(match: re.Match[str], around: Around) -> Fields | None:
    """«В десять тридцать», «пятнадцать ноль-ноль», «в 16 часов 30 минут»."""
    groups = match.groupdict()
    hour, minute = int(match["hour"]), int(groups.get("minute") or groups.get("small") or 0)
    said_whole = bool(groups.get("zero") or groups.get("unit"))
    bent = match["form"] == "m" and match["prep"] in {"в", "во", "на", None}
    if hour > 23 or minute > 59 or bent or match["prep"] == "от":
        return None
    if minute < 10 and not (said_whole or groups.get("minutes")):
        return None
    if not groups.get("minutes") and _counts_things(around):
        return None
    if not match["prep"] and re.match(r"[nm]\d", around.previous_tag()):
        return None
    need = None if match["prep"] or groups.get("zero") else "alone"
    if match["prep"] == "на":
        need = None if said_whole else "near"
    return {"hour": hour, "minute": minute, **_common(match), "needs": need}


def _digital(match: re.Match[str], around: Around) -> Fields | None:
    """«15:00», «в 15-00», «10.30»."""
    minute = int(match["minute"])
    if match["dash"] and (minute % 5 or _counts_things(around)):
        return None
    need = "adjacent" if match["dash"] and not match["prep"] else None
    hour, literal = int(match["hour"]), match["zero"] == "z"
    return {
        "hour": hour, "minute": minute, "literal": literal, **_common(match), "needs": need
    }  # fmt: skip


def _dotted(match: re.Match[str], _: Around) -> Fields | None:
    """«В 10.10»: with «в» and whole five minutes a clock, else a date."""
    hour, minute = int(match["hour"]), int(match["minute"])
    if hour > 23 or minute % 5:
        return None
    return {"hour": hour, "minute": minute, **_common(match)}


def _glued(match: re.Match[str], around: Around) -> Fields | None:
    """«В 1030», «к 930»: digits that lost their colon; a year is none."""
    digits = match["digits"]
    hour, minute = int(digits[:-2]), int(digits[-2:])
    short = len(digits) == 3
    allowed = {15, 30, 45} if short else set(range(0, 60, 5))
    if hour > 23 or (short and hour < 7) or minute not in allowed or _counts_things(around):
        return None
    if 2000 <= int(digits) <= 2099 and minute != 30:
        return None
    need = None if match["prep"] in {"в", "к"} and not short else "near"
    return {"hour": hour, "minute": minute, **_common(match), "needs": need}


def _half(match: re.Match[str], around: Around) -> Fields | None:
    """«Полтретьего», «в половине третьего»: thirty minutes into the hour before."""
    begun = int(match["half"] or match["of"])
    if not 1 <= begun <= 12 or (not match["part"] and _counts_things(around)):
        return None
    return {"hour": (begun - 1) or 12, "minute": 30, **_common(match)}


def _minutes_into(match: re.Match[str], around: Around) -> Fields | None:
    """«Десять минут третьего», «четверть шестого»."""
    begun, minute = int(match["of"]), 15 if match["quarter"] else int(match["minute"])
    if not 1 <= begun <= 12 or minute > 59 or (not match["part"] and _counts_things(around)):
        return None
    return {"hour": (begun - 1) or 12, "minute": minute, **_common(match)}


def _minutes_before(match: re.Match[str], around: Around) -> Fields | None:
    """«Без пятнадцати пять», «без четверти час»."""
    minute = 15 if match["quarter"] else int(match["minute"])
    hour = 1 if match["one"] else int(match["hour"])
    if not 1 <= hour <= 24 or not 1 <= minute <= 30:
        return None
    if not match["part"] and not match["one"] and _counts_things(around):
        return None
    return {"hour": (hour - 1) or 12, "minute": 60 - minute, **_common(match)}


def _one_hour(match: re.Match[str], _: Around) -> Fields:
    """«Час дня», said without «в»."""
    return {"hour": 1, "part": _PARTS[match["part"]]}


_NOT_ONE_OCLOCK = {"пик", "раньше", "позже", "примерно"}


def _one_oclock(match: re.Match[str], around: Around) -> Fields | None:
    """«В час», «к часу дня», «в час тридцать»; «сто рублей в час» is a rate."""
    before = [token.tag for token in around.before[:3]]
    per_hour = any(re.match(r"[nm]\d", tag) for tag in before) and not match["part"]
    if per_hour and not any(tag.startswith(("wd", "o", "mo")) for tag in before[:1]):
        return None
    if around.next_word() in _NOT_ONE_OCLOCK or _is_rate(around):
        return None
    minute = int(match["minute"] or 0)
    if minute > 59 or (match["minute"] and _counts_things(around)):
        return None
    need: Need | None = "near" if match["prep"] in {"на", "около", "после"} else None
    return {
        "hour": 1, "minute": minute, **_common(match), "needs": None if match["part"] else need
    }  # fmt: skip


def _is_rate(around: Around) -> bool:
    word = around.before[0].word if around.before else ""
    return word in _UNITS_OF_OTHER_THINGS or word in {"рублей", "километров", "тонн", "сколько"}


def _named_hour(match: re.Match[str], _: Around) -> Fields | None:
    """«В полдень», «в полночь»."""
    noon = match["name"] in ("полдень", "полудню", "полудня")
    return {"hour": 12 if noon else 0, "literal": True, **_common(match)}


def _between(match: re.Match[str], around: Around) -> Fields | None:
    """«Между двумя и тремя»: the beginning counts."""
    first, second = int(match["hour"]), int(match["other"])
    if not 1 <= first < second <= 23 or _counts_things(around):
        return None
    return {
        "hour": first,
        "part": _PARTS.get(match["part"] or ""),
        "span": True,
        "approximate": True,
    }


def _either_hour(match: re.Match[str], around: Around) -> Fields | None:
    """«В два-три часа»: which of them stays open."""
    if int(match["other"]) > 23 or (not match["unit"] and _counts_things(around)):
        return None
    need = None if match["prep"] not in {None, "на"} else "adjacent"
    return {"open_clock": True, "vague": True, "approximate": True, "needs": need}


def _hour_begun(match: re.Match[str], around: Around) -> Fields | None:
    """«В начале третьего», «в третьем часу»: between two hours, none of them."""
    if match.groupdict().get("of") and _counts_things(around):
        return None
    return {"open_clock": True, "vague": True, "approximate": True}


def _idiom(_: re.Match[str], __: Around) -> Fields:
    return {"vague": True}


_UNIT = r"(?: (?P<unit>час|часа|часов|часам|часу|часах|часикам|ч))?"
_MINUTES = r"(?: (?P<minutes>минут|минуты|минуту|минутам|мин))?"

CLOCK_RULES: tuple[Rule, ...] = (
    rule(rf"{_AT}{_HOUR}{_UNIT}{_PART}", _full_hour),
    rule(rf"{_AT}{_HOUR}{_UNIT}(?: и)? n(?P<minute>[1-5]?\d){_MINUTES}{_PART}", _hour_and_minutes),
    rule(
        rf"{_AT}{_HOUR}{_UNIT} (?:- )?(?P<zero>n0)(?: (?:- )?n(?P<small>\d))?{_MINUTES}{_PART}",
        _hour_and_minutes,
    ),
    rule(
        rf"{_AT}(?P<dash>dash)?(?P<zero>[cz])(?P<hour>\d+):(?P<minute>\d\d)(?: часов| ч)?{_PART}",
        _digital,
    ),
    rule(rf"(?P<prep>в) d(?P<hour>\d+)\.(?P<minute>\d+){_PART}", _dotted),
    rule(rf"(?P<prep>в|к|до|с|на|около) n(?P<digits>\d{{3,4}}){_PART}", _glued),
    rule(
        rf"{_AT}(?:half(?P<half>\d+)|(?:пол (?:- )?|половин[аеуы] )o(?P<of>\d+)[gs]){_PART}", _half
    ),
    rule(
        rf"{_AT}(?:(?P<quarter>четверть)|n(?P<minute>\d+) минуты?у?) o(?P<of>\d+)g{_PART}",
        _minutes_into,
    ),
    rule(
        rf"{_AT}без (?:(?P<quarter>четверти)|[nm](?P<minute>\d+)(?: минут)?) "
        rf"(?:(?P<one>час)|[nm](?P<hour>\d+)){_PART}",
        _minutes_before,
    ),
    rule(
        rf"(?P<prep>в|к|до|с|на|около|после|ближе к) (?:час|часу|часа){_PART}"
        rf"(?: (?:n0 )?n(?P<minute>[1-5]\d|(?<=n0 n)\d)){{0,1}}{_MINUTES}",
        _one_oclock,
    ),
    rule(r"(?:один )?час (?P<part>дня|ночи)", _one_hour),
    rule(rf"{_AT}(?P<name>полдень|полудню|полудня|полночь|полуночи)", _named_hour),
    rule(
        rf"(?:где (?:- )?то )?между [nm](?P<hour>\d+)(?: часами)? и [nm](?P<other>\d+)"
        rf"(?: часами)?{_PART}",
        _between,
    ),
    rule(rf"{_AT}[nm]\d+ - [nm](?P<other>\d+){_UNIT}{_PART}", _either_hour),
    rule(r"(?:часа|часов|часиков) (?P<prep>в) n\d+ в n(?P<other>\d+)(?P<unit>)", _either_hour),
    rule(r"(?:в )?(?:начал[еоу]|конц[еу]) o(?P<of>\d+)g", _hour_begun),
    rule(r"в o\d+x часу", _hour_begun),
    rule(r"в час (?:по чайной|пик|x)", _idiom),
)
