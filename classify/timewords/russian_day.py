"""How a day is said in Russian: «завтра», «в следующий вторник», «к двадцать пятому»."""

from __future__ import annotations

import re

from classify.timewords.frames import Bound, Part, Shift
from classify.timewords.lexicon import is_counted, is_neuter
from classify.timewords.patterns import Around, Fields, Rule, rule

_TO = (
    r"(?:(?P<prep>в|во|к|ко|до|на|с|со|от|под|про|после|не позднее|не позже|не раньше|уже в|"
    r"прям в|прямо в) )?"
)
_BOUNDS: dict[str, Bound] = {
    "до": "by",
    "к": "by",
    "ко": "by",
    "не позднее": "by",
    "не позже": "by",
    "с": "from",
    "со": "from",
    "после": "after",
    "не раньше": "after",
}
_NAMED_DAYS = {"сегодня": 0, "седня": 0, "севодня": 0, "завтра": 1, "завтро": 1}
_NAMED_DAYS |= {"послезавтра": 2, "вчера": -1, "позавчера": -2}
_DAY_STEMS = {"сегодняшн": 0, "завтрашн": 1, "послезавтрашн": 2, "вчерашн": -1, "позавчерашн": -2}
_SHIFTS: dict[str, Shift] = {
    "эт": "this",
    "текущ": "this",
    "след": "next",
    "будущ": "next",
    "т": "that",
    "ближайш": "nearest",
    "прошл": "last",
    "минувш": "last",
    "прошедш": "last",
    "предыдущ": "last",
}
_SHIFT = (
    r"(?P<shift>эт(?:от|у|ой|а|ого|ому|им|о)|т(?:от|у|ой|ого|ому)|текущ\w+|след\w*щ\w+|будущ\w+|"
    r"(?:самый |самую )?ближайш\w+|прошл\w+|минувш\w+|прошедш\w+|предыдущ\w+)"
)
_NO_DATE_BEFORE = {"из", "от", "без", "для", "кроме", "у", "вместо", "ради", "со", "насчет"}


def _shift(word: str | None) -> Shift | None:
    if not word:
        return None
    stem = word.split()[-1]
    return next((shift for start, shift in _SHIFTS.items() if stem.startswith(start)), None)


def _bound(match: re.Match[str]) -> Bound | None:
    return _BOUNDS.get(match["prep"] or "")


def _named(match: re.Match[str], _: Around) -> Fields | None:
    return {"days": _NAMED_DAYS[match["name"]], "bound": _bound(match)}


def _day_as_adjective(match: re.Match[str], _: Around) -> Fields | None:
    """«Вчерашняя встреча», «на завтрашний день»."""
    days = _DAY_STEMS[match["stem"]]
    return {"days": days, "bound": _bound(match) if days >= 0 else None}


def _weekday(match: re.Match[str], _: Around) -> Fields | None:
    said: dict[str, object] = {"weekday": int(match["weekday"]), "bound": _bound(match)}
    shift = _shift(match["shift"])
    if shift:
        said["shift"] = shift
    if match["week"]:
        said["weeks"] = _WEEKS[_shift(match["week"])]
        said["shift"] = _that(match["week"])
    return said


_WEEKS: dict[Shift | None, int | None] = {
    "this": 0,
    "next": 1,
    "that": 1,
    "nearest": None,
    "last": -1,
    None: None,
}


def _week(match: re.Match[str], _: Around) -> Fields | None:
    return {
        "weeks": _WEEKS[_shift(match["shift"])], "shift": _that(match["shift"]), "vague": True
    }  # fmt: skip


def _that(word: str) -> Shift | None:
    """«Той» stays open between the coming and the last week until the verb is known."""
    return "that" if _shift(word) == "that" else None


def _day_of_month(match: re.Match[str], around: Around) -> Fields | None:
    """«Двадцать шестого», «к первому декабря», «на двадцать пятое», «26 ноября»."""
    groups = match.groupdict()
    day, form, month = int(match["day"]), groups.get("form") or "n", groups.get("month")
    settled = bool(month or groups.get("number") or groups.get("before"))
    if around.before and around.before[0].word.startswith(_STREETS):
        return {"vague": True}
    if not 1 <= day <= 31 or (not settled and not _is_date(form, day, groups, around)):
        return None
    return {
        "day": day,
        "month": int(month) if month else None,
        "year": _year(groups.get("year")),
        "bound": _BOUNDS.get(groups.get("prep") or ""),
        "approximate": bool(groups.get("before")),
        "needs": "adjacent" if _is_enumeration(form, day, groups, settled=settled) else None,
    }


def _is_enumeration(form: str, day: int, groups: dict[str, str | None], *, settled: bool) -> bool:
    """«Третье, сроки»: a small neuter ordinal on its own may only number a point."""
    return form == "s" and day < 10 and not settled and not groups.get("prep")


def _is_date(form: str, day: int, groups: dict[str, str | None], around: Around) -> bool:
    """Whether an ordinal without a month is a date and no place in an order."""
    prep, word = groups.get("prep"), around.next_word()
    previous = around.before[0].word if around.before else ""
    if form == "x" or around.next_tag().startswith("o") or previous in _NO_DATE_BEFORE:
        return False
    if word and not re.match(r"wd|[nm]\d|[cz]\d|mo|[,.-]", around.next_tag()) and is_counted(word):
        return word in _AFTER_A_DATE or (word == "часа" and _hour_follows(around))
    if form == "d":
        return prep in {"к", "ко"}
    if form == "s":
        return prep in {"на", None} and day > 2 and not is_neuter(word)
    return prep in {"до", "с", "со", "после", "не позднее", "не позже", "не раньше", None}


def _hour_follows(around: Around) -> bool:
    """«Двадцатого часа в три»: the hour belongs to what comes, not to the ordinal."""
    return len(around.after) > 1 and around.after[1].word in {"в", "к"}


_STREETS = ("улиц", "площад", "проспект", "переул", "имени", "бульвар", "набережн")
_AFTER_A_DATE = {
    *("утром", "вечером", "днем", "часам", "часикам", "часов", "часиков"),
    *("числа", "числу", "нам", "вам", "мне"),
}


def _year(digits: str | None) -> int | None:
    if not digits:
        return None
    return int(digits) if len(digits) == 4 else 2000 + int(digits)


def _two_dates(match: re.Match[str], _: Around) -> Fields | None:
    """«Числа пятнадцатого, шестнадцатого»: which of them stays open."""
    return {"vague": True} if 0 < int(match["other"]) - int(match["day"]) <= 2 else None


def _written_date(match: re.Match[str], _: Around) -> Fields | None:
    """«26.11», «26.11.2026», «2026-11-26»."""
    day, month = int(match["day"]), int(match["month"])
    if not (1 <= day <= 31 and 1 <= month <= 12):
        return None
    return {"day": day, "month": month, "year": _year(match["year"]), "bound": _bound(match)}


_PART_WORDS: dict[str, Part] = {
    "утр": "morning",
    "o1": "morning",
    "днем": "afternoon",
    "o2": "afternoon",
    "веч": "evening",
    "ноч": "night",
    "конц": "evening",
    "конец": "evening",
}


def _part(match: re.Match[str], _: Around) -> Fields | None:
    """«Утром», «к вечеру», «в первой половине дня», «к концу дня»."""
    name = match["name"]
    part = next(part for start, part in _PART_WORDS.items() if name.startswith(start))
    return {"part": part, "bound": _BOUNDS.get(match["prep"] or "")}


def _lunch(match: re.Match[str], _: Around) -> Fields | None:
    """«В обед», «до обеда» are about noon, «после обеда» is the afternoon."""
    prep = match["prep"] or ""
    part: Part = "afternoon" if prep == "после" else "noon"
    return {"part": part, "bound": "by" if prep in {"до", "к"} else None}


def _period(match: re.Match[str], _: Around) -> Fields | None:
    """«С первого по пятое декабря» names no day."""
    return {"vague": True} if re.search(r"числ|mo|o\d+", match.group()) else None


def _now(_: re.Match[str], __: Around) -> Fields | None:
    return {"now": True}


def _vague(_: re.Match[str], __: Around) -> Fields | None:
    return {"vague": True}


_WEEK_NOUN = r"(?:рабоч\w+ )?недел(?:е|и|ю|я|ей|ька|ьку|ьке|ьки)"
_MONTH_TAIL = (
    r"(?: mo(?P<month>\d+)g)?(?: (?:d|n|тысячи)*(?:n(?P<year>20\d\d))(?: год[ау]?| г)?"
    r"| n2 тысячи o\d+g(?: года)?)?"
)

DAY_RULES: tuple[Rule, ...] = (
    rule(rf"{_TO}(?P<name>{'|'.join(_NAMED_DAYS)})(?: же)?", _named),
    rule(
        rf"(?:в течени[еи] )?{_TO}(?P<stem>{'|'.join(_DAY_STEMS)})\w+"
        r"(?: (?:день|дня|дню|днем|дне|числ\w+|дат\w+))?",
        _day_as_adjective,
    ),
    rule(r"(?:сегодня|завтра|послезавтра) - (?:завтра|послезавтра)", _vague),
    rule(
        rf"{_TO}(?:{_SHIFT} )?wd(?P<weekday>\d)"
        rf"(?: (?P<week>следующей|этой|той|прошлой|будущей) недел[еи])?",
        _weekday,
    ),
    rule(r"(?:кажд\w+|по) wd\d", _vague),
    rule(
        rf"(?:(?:на|в|с|до|к|под|через) )?{_SHIFT}(?: {_WEEK_NOUN}|(?= (?:, )?(?:в|во) wd))", _week
    ),
    rule(r"с [no]\d+g? по [no]\d+[gs]?(?: числ\w+| mo\d+g)?", _period),
    rule(
        rf"{_TO}(?P<before>числа |числу )?o(?P<day>\d+)(?P<form>[gdsx])(?P<number> числ[аоу])?"
        rf"{_MONTH_TAIL}",
        _day_of_month,
    ),
    rule(rf"{_TO}mo(?P<month>\d+)g? (?:числа )?o(?P<day>\d+)(?P<form>[gsd])", _day_of_month),
    rule(
        rf"{_TO}n(?P<day>\d+) mo(?P<month>\d+)g(?: n(?P<year>20\d\d)(?: год[ау]?| г)?)?",
        _day_of_month,
    ),
    rule(
        rf"{_TO}(?:числа )?o(?P<day>\d+)[gs](?: [,-])? o(?P<other>\d+)[gs](?: числа| mo\d+g)?",
        _two_dates,
    ),
    rule(rf"{_TO}n(?P<day>\d+)(?P<number> числ[аоуе])", _day_of_month),
    rule(
        rf"{_TO}d(?P<day>\d+)\.(?P<month>\d+)(?:\.(?P<year>\d+))?(?: год[ау]?| г)?", _written_date
    ),
    rule(
        r"(?:(?:прям|прямо|где (?:- )?то|уже) )?(?P<prep>)"
        r"(?P<name>утром|утречком|вечером|вечерком|днем|ночью)",
        _part,
    ),
    rule(
        r"(?:ближе )?(?P<prep>с|со|к|до|под) (?:само\w+ )?(?P<name>утра|утречка|утру|вечер[ау])",
        _part,
    ),
    rule(
        r"(?:ближе )?(?:(?P<prep>в|во|до|к) )?"
        r"(?P<name>o[12]x) половин[еуыа] дня",
        _part,
    ),
    rule(
        r"(?:ближе )?(?P<prep>до|к|в|под) (?P<name>конца|концу|конце|конец) (?:рабочего )?дня",
        _part,
    ),
    rule(r"(?:ближе )?(?P<prep>в|до|к|после|перед|около) обед[ауе]?(?:м)?", _lunch),
    rule(
        r"(?:прямо |прям )?(?:сейчас|щас|сичас|щаз)|сию минуту|сию секунду|немедленно|тотчас", _now
    ),
)

VAGUE_RULES: tuple[Rule, ...] = (
    rule(r"(?:в|к|до|с|на|после|от)? ?mo\d+g?(?: месяц[ае])?", _vague),
    rule(
        r"(?:ближе )?(?:в|к|до|на|под|с|после) (?:само\w+ )?"
        r"(?:начал[еоуа]|середин[еуыа]|конц[аеу]|конец)"
        r" (?:\w+ )?(?:недел[ие]|месяца|года|квартала|mo\d+g|лета|зимы|весны|осени)",
        _vague,
    ),
    rule(r"(?:на|до|после) (?:этих |ближайших )?(?:выходны\w+|праздник\w+|каникул\w*)", _vague),
    rule(r"после (?:нового года|отпуска|праздник\w+)", _vague),
    rule(r"(?:на|в) (?:этих |ближайши\w+ )?(?:дн(?:ях|и)|время|неделе)", _vague),
    rule(
        r"(?:на|в|к|до|с) (?:следующ\w+|эт\w+|прошл\w+|будущ\w+|ближайш\w+) "
        r"(?:месяц\w*|год\w*|квартал\w*)",
        _vague,
    ),
    rule(r"потом|попозже|позже|позднее|как (?:- )?нибудь|когда (?:- )?нибудь|скоро", _vague),
    rule(r"(?:весной|летом|осенью|зимой)|(?:к|до) (?:весн[еы]|лет[уа]|осени|зим[еы])", _vague),
)
