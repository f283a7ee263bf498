"""How days and times are said in English: «next Tuesday at half past two», «in an hour»."""

from __future__ import annotations

import re

from classify.timewords.frames import Bound, Need, Part
from classify.timewords.numerals import words
from classify.timewords.patterns import Around, Fields, Rule, rule
from classify.timewords.russian_offset import distance

_AT = (
    r"(?:(?P<prep>at|by|until|till|before|after|around|about|from|for|not later than|at about|"
    r"at around) )?(?:(?:about|around|exactly|roughly) )?"
)
_ON = r"(?:(?P<prep>on|by|until|till|before|from|for|after|since|at) )?(?:the )?"
_HALF_OF_DAY = (
    r"(?: (?P<part>am|pm|a \. m(?: \.)?|p \. m(?: \.)?|in the morning|in the afternoon|"
    r"in the evening|at night))?"
)
_HOUR = r"n(?P<hour>1?\d|2[0-3])"
_BOUNDS: dict[str, Bound] = {
    "by": "by",
    "until": "by",
    "till": "by",
    "before": "by",
    "not later than": "by",
    "from": "from",
    "since": "from",
    "after": "after",
}
_UNIT = r"(?P<unit>minute|hour|day|week|month|year)s?"
_COUNT = r"(?:n(?P<count>\d+)|(?P<pair>a couple of|couple of)|an?)"


def _half_day(said: str | None) -> Part | None:
    """«PM» counts as the afternoon: twelve and one to eleven are told apart by the hour."""
    if not said:
        return None
    if (said.startswith("a") and "night" not in said) or said.endswith("morning"):
        return "morning"
    return "night" if "night" in said else "evening" if said.endswith("evening") else "afternoon"


def _clock(
    hour: int, minute: int, match: re.Match[str], need: Need | None = None
) -> dict[str, object]:
    part, prep = _half_day(match["part"]), match["prep"] or ""
    if part == "afternoon" and 8 <= hour < 12:
        hour += 12
    return {
        "hour": hour,
        "minute": minute,
        "part": part,
        "bound": _BOUNDS.get(prep),
        "approximate": prep in {"around", "about", "at about", "at around"},
        "needs": need,
    }


def _full_hour(match: re.Match[str], around: Around) -> Fields | None:
    """«At three», «at five p.m.», «two o'clock»."""
    said_whole = bool(match["part"] or match["oclock"])
    if not said_whole and not _closes(around):
        return None
    need: Need | None = None if said_whole or match["prep"] == "at" else "adjacent"
    return _clock(int(match["hour"]), 0, match, need)


_CLOSING = frozenset(
    words(
        "on in at or and to the then please tomorrow today next this works good fine sharp "
        "would will is if so but for with i we you it"
    )
)


def _closes(around: Around) -> bool:
    """Whether nothing follows that the number could count."""
    tag = around.next_tag()
    return not tag or tag[0] in ",.-" or tag.startswith(("wd", "mo")) or tag in _CLOSING


def _hour_and_minutes(match: re.Match[str], _: Around) -> Fields | None:
    """«At ten thirty», «16 30»."""
    need: Need | None = None if match["prep"] or match["part"] else "alone"
    return _clock(int(match["hour"]), int(match["minute"]), match, need)


def _digital(match: re.Match[str], _: Around) -> Fields | None:
    return _clock(int(match["hour"]), int(match["minute"]), match) | {
        "literal": match["zero"] == "z"
    }


def _meridiem(match: re.Match[str], _: Around) -> Fields | None:
    """«3pm», «10 a.m.»."""
    hour = int(match["hour"]) % 12 + (12 if match["half"] == "pm" else 0)
    return {"hour": hour, "literal": True, "bound": _BOUNDS.get(match["prep"] or "")}


def _past_or_to(match: re.Match[str], _: Around) -> Fields | None:
    """«Half past two», «a quarter to five», «ten past nine»."""
    named = {"half": 30, "quarter": 15}
    minute = named.get(match["named"] or "") or int(match["minute"])
    hour = int(match["hour"])
    if not 1 <= hour <= 12 or minute not in {5, 10, 15, 20, 25, 30} or match["prep"] == "from":
        return None
    if match["way"] in {"to", "before"}:
        return _clock((hour - 1) or 12, 60 - minute, match)
    return _clock(hour, minute, match)


def _noon(match: re.Match[str], _: Around) -> Fields | None:
    hour = 0 if match["name"] == "midnight" else 12
    return {"hour": hour, "literal": True, "bound": _BOUNDS.get(match["prep"] or "")}


def _between(match: re.Match[str], _: Around) -> Fields | None:
    return {"hour": int(match["hour"]), "span": True, "part": _half_day(match["part"])}


_NAMED_DAYS = {"today": 0, "tonight": 0, "tomorrow": 1, "yesterday": -1}


def _named(match: re.Match[str], _: Around) -> Fields | None:
    part = "evening" if match["name"] == "tonight" else None
    return {
        "days": _NAMED_DAYS[match["name"]], "part": part, "bound": _BOUNDS.get(match["prep"] or "")
    }  # fmt: skip


def _after_tomorrow(match: re.Match[str], _: Around) -> Fields | None:
    return {"days": 2 if match["way"] == "after" else -2}


def _weekday(match: re.Match[str], _: Around) -> Fields | None:
    """«On Thursday», «next Tuesday», «Wednesday next week»."""
    shifts = {"this": "this", "next": "next", "last": "last", "coming": "nearest"}
    said: dict[str, object] = {"weekday": int(match["weekday"])}
    if match["shift"]:
        said["shift"] = shifts[match["shift"]]
    return said | {"bound": _BOUNDS.get(match["prep"] or "")}


def _weeks_from(match: re.Match[str], _: Around) -> Fields | None:
    """«A week from Friday»."""
    return {"weekday": int(match["weekday"]), "weeks": int(match["count"] or 1)}


def _week(match: re.Match[str], _: Around) -> Fields | None:
    return {"weeks": {"this": 0, "next": 1, "last": -1}[match["shift"]], "vague": True}


def _day_of_month(match: re.Match[str], around: Around) -> Fields | None:
    """«The 26th», «November 26th», «the twenty-sixth of November»."""
    groups = match.groupdict()
    day, month = int(match["day"]), groups.get("month") or groups.get("lead")
    if not 1 <= day <= 31 or (month is None and not _closes(around)):
        return None
    year = groups.get("year")
    return {
        "day": day,
        "month": int(month) if month else None,
        "year": int(year) if year else None,
        "bound": _BOUNDS.get(groups.get("prep") or ""),
        "needs": None if month or groups.get("prep") or day > 3 else "adjacent",
    }


def _ahead(match: re.Match[str], _: Around) -> Fields | None:
    return distance(match["unit"], 2 if match["pair"] else int(match["count"] or 1))


def _ago(match: re.Match[str], _: Around) -> Fields | None:
    return distance(match["unit"], 2 if match["pair"] else int(match["count"] or 1), ago=True)


def _part(match: re.Match[str], _: Around) -> Fields | None:
    today = {"days": 0} if match["today"] else {}
    return {"part": match["part"], **today}


def _end_of_day(_: re.Match[str], __: Around) -> Fields | None:
    return {"part": "evening", "bound": "by"}


def _vague(_: re.Match[str], __: Around) -> Fields | None:
    return {"vague": True}


ENGLISH_RULES: tuple[Rule, ...] = (
    rule(rf"{_AT}{_HOUR}(?P<oclock> o'clock)?{_HALF_OF_DAY}", _full_hour),
    rule(rf"{_AT}{_HOUR} n(?P<minute>[1-5]\d){_HALF_OF_DAY}", _hour_and_minutes),
    rule(rf"{_AT}(?P<zero>[cz])(?P<hour>\d+):(?P<minute>\d\d){_HALF_OF_DAY}", _digital),
    rule(rf"{_AT}(?P<half>am|pm)(?P<hour>\d+)", _meridiem),
    rule(
        rf"{_AT}(?:a )?(?:(?P<named>half|quarter)|n(?P<minute>\d+)(?: minutes)?) "
        rf"(?P<way>past|after|to|before) {_HOUR}{_HALF_OF_DAY}",
        _past_or_to,
    ),
    rule(rf"{_AT}(?P<name>noon|midday|midnight)", _noon),
    rule(rf"between {_HOUR} and n\d+(?: o'clock)?{_HALF_OF_DAY}", _between),
    rule(rf"from {_HOUR} (?:to|till|until) n\d+(?: o'clock)?{_HALF_OF_DAY}", _between),
    rule(rf"{_ON}(?P<name>{'|'.join(_NAMED_DAYS)})", _named),
    rule(r"(?:on )?(?:the )?day (?P<way>after|before) (?:tomorrow|yesterday)", _after_tomorrow),
    rule(rf"{_ON}(?:(?P<shift>this|next|last|coming) )?wd(?P<weekday>\d)", _weekday),
    rule(r"(?:a|n(?P<count>\d\d?)) weeks? from (?:next )?wd(?P<weekday>\d)", _weeks_from),
    rule(r"(?:(?:in|during|for|by) )?(?P<shift>this|next|last) week", _week),
    rule(
        rf"{_ON}o(?P<day>\d+)[gs](?:(?: of)? mo(?P<month>\d+)g)?(?: ,)?(?: n(?P<year>20\d\d))?",
        _day_of_month,
    ),
    rule(
        rf"{_ON}mo(?P<lead>\d+)g (?:the )?[no](?P<day>\d+)g?(?: ,)?(?: n(?P<year>20\d\d))?",
        _day_of_month,
    ),
    rule(rf"{_ON}n(?P<day>\d+)(?: of)? mo(?P<month>\d+)g(?: n(?P<year>20\d\d))?", _day_of_month),
    rule(rf"(?:in|within) (?:about )?{_COUNT} {_UNIT}(?: time)?", _ahead),
    rule(rf"{_COUNT} {_UNIT} from now", _ahead),
    rule(rf"{_COUNT} {_UNIT} ago", _ago),
    rule(r"(?:in|within) half an hour", lambda _m, _a: {"offset": True, "seconds": 1800.0}),
    rule(r"(?:in|within) an hour and a half", lambda _m, _a: {"offset": True, "seconds": 5400.0}),
    rule(r"(?:(?:in|by) the |(?P<today>this ))?(?P<part>morning|afternoon|evening)", _part),
    rule(
        r"(?:by|until|before|at) (?:the )?(?:end|close) of (?:the |business )?(?:day|business)",
        _end_of_day,
    ),
    rule(r"(?:right )?now|immediately|right away", lambda _m, _a: {"now": True}),
    rule(
        r"(?:(?:by|at|in|until) )?(?:the )?(?:end|beginning|middle|start) of (?:the |this |next )?"
        r"(?:week|month|year|quarter|mo\d+g)",
        _vague,
    ),
    rule(r"(?:in|by|since|until) mo\d+g|later|sometime|some day|soon|eventually", _vague),
    rule(
        r"(?:at|on|over) the weekend|after the holidays|(?:in )?(?:next|this) (?:month|year)",
        _vague,
    ),
)
