"""How a day is said in English: «next Tuesday», «Thursday week», «in a fortnight», «the 3rd»."""

from __future__ import annotations

import re

from classify.timewords.english_clock import BOUNDS, closes
from classify.timewords.frames import Bound
from classify.timewords.patterns import Around, Fields, Rule, rule
from classify.timewords.russian_offset import distance

_ON = (
    r"(?:(?P<prep>on|by|until|till|before|from|for|after|since|at|no later than|"
    r"say|about|around) )?"
    r"(?:the )?"
)
_UNIT = r"(?P<unit>minute|min|hour|day|week|month|year|fortnight)s?"
_COUNT = r"(?:n(?P<count>\d+)|(?P<pair>a couple of|couple of|a couple|a pair of)|an?)"
_UNITS = {"min": "minute", "fortnight": "week"}
_NAMED_DAYS = {
    "today": 0,
    "tonight": 0,
    "tomorrow": 1,
    "morrow": 1,
    "tmrw": 1,
    "tomoz": 1,
    "tomorra": 1,
    "yesterday": -1,
}
_NAMES = "|".join(_NAMED_DAYS)


_COMING = frozenset(
    [
        *("come", "comes", "came", "coming", "drop", "drops", "dropped", "dropping", "pop", "pops"),
        *("popped", "popping", "swing", "swung", "swinging", "stop", "stopped", "stopping", "pass"),
        *("passing", "call", "called", "nip", "nipped", "nipping", "go", "went", "run", "fly"),
    ]
)


def _bound(prep: str | None, around: Around) -> Bound | None:
    """What a preposition makes of a day: «by Friday» a deadline, «drop by Friday» none."""
    if prep == "by" and around.before and around.before[0].word in _COMING:
        return None
    return BOUNDS.get(prep or "")


def _named(match: re.Match[str], around: Around) -> Fields | None:
    part = "evening" if match["name"] == "tonight" else None
    bound = _bound(match["prep"], around)
    return {"days": _NAMED_DAYS[match["name"]], "part": part, "bound": bound}


def _after_tomorrow(match: re.Match[str], _: Around) -> Fields | None:
    return {"days": 2 if match["way"] == "after" else -2}


_SHIFTS = {"this": "this", "next": "next", "last": "last"}


def _weekday(match: re.Match[str], around: Around) -> Fields | None:
    """«On Thursday», «next Tuesday», «Wednesday next week», «this coming Friday»."""
    said: dict[str, object] = {"weekday": int(match["weekday"])}
    if match["shift"]:
        said["shift"] = _SHIFTS.get(match["shift"], "nearest")
    return said | {"bound": _bound(match["prep"], around)}


def _weeks_after(match: re.Match[str], _: Around) -> Fields | None:
    """«Thursday week», «a week on Tuesday», «a fortnight on Monday», «two weeks from Friday»."""
    groups = match.groupdict()
    fortnight = bool(groups.get("fortnight") or groups.get("bare"))
    weeks = int(groups.get("count") or 1) * (2 if fortnight else 1)
    if groups.get("name"):
        return {"days": _NAMED_DAYS[match["name"]] + 7 * weeks}
    return {"weekday": int(match["weekday"]), "later": weeks}


def _week(match: re.Match[str], _: Around) -> Fields | None:
    return {"weeks": {"this": 0, "next": 1, "last": -1}[match["shift"]], "vague": True}


def _day_of_month(match: re.Match[str], around: Around) -> Fields | None:
    """«The 26th», «November 26th», «the twenty-sixth of November», «on the eleven»."""
    groups = match.groupdict()
    day, month = int(match["day"]), groups.get("month") or groups.get("lead")
    hour_follows = groups.get("prep") == "on" and around.next_tag().startswith("n")
    # «Monday the 19th maybe»; but «Monday the second coat» counts coats.
    of_weekday = around.previous_tag().startswith("wd") and day > 3
    if not 1 <= day <= 31 or not (month or closes(around) or hour_follows or of_weekday):
        return None
    year = groups.get("year")
    return {
        "day": day,
        "month": int(month) if month else None,
        "year": int(year) if year else None,
        "bound": _bound(groups.get("prep"), around),
        "needs": None if month or groups.get("prep") or day > 3 else "adjacent",
        "counted_on": not month,
    }


def _counted(match: re.Match[str]) -> tuple[str, int]:
    count = 2 if match["pair"] else int(match["count"] or 1)
    return _UNITS.get(match["unit"], match["unit"]), count * (1 + (match["unit"] == "fortnight"))


def _ahead(match: re.Match[str], _: Around) -> Fields | None:
    return distance(*_counted(match))


def _ago(match: re.Match[str], _: Around) -> Fields | None:
    return distance(*_counted(match), ago=True)


def _vague(_: re.Match[str], __: Around) -> Fields | None:
    return {"vague": True}


_IN = r"(?:in|within|inside)(?: just| only)?(?: the next| the coming| about| around| roughly)?"
_WEEKS = r"(?:an?|n(?P<count>\d\d?)) (?:(?P<fortnight>fortnight)|week)s?"

DAY_RULES: tuple[Rule, ...] = (
    rule(rf"{_ON}(?P<name>{_NAMES})", _named),
    rule(r"(?:on )?(?:the )?day (?P<way>after|before) (?:tomorrow|yesterday)", _after_tomorrow),
    rule(
        rf"{_ON}(?:(?P<shift>this|next|last|coming|this coming|following|this following) )?"
        r"wd(?P<weekday>\d)(?: coming)?",
        _weekday,
    ),
    rule(rf"{_ON}wd(?P<weekday>\d) (?P<shift>next)(?! week| month)(?P<tail>)", _weekday),
    rule(
        rf"{_ON}wd(?P<weekday>\d) (?:week|(?P<fortnight>fortnight)|after next)"
        r"(?! commencing| beginning| starting| of)",
        _weeks_after,
    ),
    rule(rf"{_ON}(?P<name>{_NAMES}) (?:week|(?P<fortnight>fortnight))", _weeks_after),
    rule(
        rf"(?:{_WEEKS}|week|(?P<bare>fortnight)) (?:from |on |this |this coming )*(?:next |the )?"
        r"wd(?P<weekday>\d)",
        _weeks_after,
    ),
    rule(rf"{_WEEKS} (?:from )?(?P<name>{_NAMES})", _weeks_after),
    rule(r"week (?P<name>today|tomorrow)", _weeks_after),
    rule(r"(?:at |about )?(?:this|the same|same) time next week", lambda _m, _a: {"days": 7}),
    rule(r"(?:(?:in|during|for|by) )?(?P<shift>this|next|last) week", _week),
    rule(
        r"(?:the )?week (?:of|commencing|beginning|starting|ending|from) (?:the )?"
        r"(?:wd\d )?(?:the )?"
        r"(?:[on]\d+[gs]?)?(?: of)?(?: mo\d+g)?",
        _vague,
    ),
    rule(
        rf"{_ON}o(?P<day>\d+)[gs](?:(?: of)? mo(?P<month>\d+)g)?(?:(?: ,)? n(?P<year>20\d\d))?",
        _day_of_month,
    ),
    rule(
        rf"{_ON}mo(?P<lead>\d+)g (?:the )?[no](?P<day>\d+)g?(?:(?: ,)? n(?P<year>20\d\d))?",
        _day_of_month,
    ),
    rule(rf"{_ON}n(?P<day>\d+)(?: of)? mo(?P<month>\d+)g(?: n(?P<year>20\d\d))?", _day_of_month),
    rule(r"(?P<prep>on|by|until|till|before) the n(?P<day>[4-9]|[12]\d|3[01])", _day_of_month),
    rule(rf"{_IN} {_COUNT} {_UNIT}(?: 's)?(?: time)?(?: or so| or thereabouts)?", _ahead),
    rule(
        rf"(?:(?:in|within) )?{_COUNT} {_UNIT}(?: 's)? (?:time|from now|from today|hence)", _ahead
    ),
    rule(rf"{_COUNT} {_UNIT} (?:ago|back)", _ago),
    rule(
        rf"{_IN} (?:an? |n\d+ )?(?:{_UNIT} )?or (?:so|n\d+)"
        r"(?: (?:minute|hour|day|week|month|year)s?)?",
        _vague,
    ),
    rule(rf"{_IN} n\d+ (?:or|to|-) n\d+ (?:minute|hour|day|week|month|year)s?(?: time)?", _vague),
    rule(
        r"(?:in|within|inside) half an hour|half an hour from now",
        lambda _m, _a: {"offset": True, "seconds": 1800.0},
    ),
    rule(r"(?:in|within) an hour and a half", lambda _m, _a: {"offset": True, "seconds": 5400.0}),
    rule(r"(?:within|inside) the hour", lambda _m, _a: {"offset": True, "seconds": 3600.0}),
    rule(
        r"(?:right )?now|immediately|right away|straight ?away|straight off|"
        r"this minute|this second",
        lambda _m, _a: {"now": True},
    ),
    rule(
        r"(?:(?:by|at|in|until) )?(?:the )?(?:end|beginning|middle|start|back end) of "
        r"(?:the |this |next )?(?:week|month|year|quarter|mo\d+g)",
        _vague,
    ),
    rule(r"(?:in|by|since|until) mo\d+g|later|sometime|some day|soon|eventually", _vague),
    rule(
        r"(?:at|on|over) the weekend|after (?:the holidays|easter|christmas|new year)|"
        r"(?:in )?(?:next|this) (?:month|year|quarter|spring|summer|autumn|winter)|"
        r"in the (?:new year|spring|summer|autumn|winter|fall)|"
        r"any (?:day|morning|afternoon|evening)",
        _vague,
    ),
)
