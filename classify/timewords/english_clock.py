"""How an hour is said in English: «at half past two», «half two», «ten-ish», «end of play»."""

from __future__ import annotations

import re

from classify.timewords.frames import Bound, Need, Part
from classify.timewords.numerals import words
from classify.timewords.patterns import Around, Fields, Rule, rule

BOUNDS: dict[str, Bound] = {
    "by": "by",
    "until": "by",
    "till": "by",
    "before": "by",
    "not later than": "by",
    "no later than": "by",
    "from": "from",
    "since": "from",
    "after": "after",
}
_AT = (
    r"(?:(?P<prep>at|by|until|till|before|after|around|about|from|for|say|n(?:o|ot) later than|"
    r"at about|at around|towards) )?(?:(?:about|around|exactly|roughly|say) )?"
)
_HALF_OF_DAY = (
    r"(?: (?P<part>am|pm|a \. m(?: \.)?|p \. m(?: \.)?|in the morning|in the afternoon|"
    r"in the evening|at night))?"
)
EARLY_HOUR = 7  # with minutes it is of the morning: work begins at half past seven
_HOUR = r"n(?P<hour>1?\d|2[0-3])"
_ISH = r"(?P<ish>(?: -)? ish)?"
_OCLOCK = r"(?P<oclock> o'clock| oclock| o clock)?"


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
    if hour == EARLY_HOUR and minute and part is None:
        part = "morning"
    if part == "afternoon" and 8 <= hour < 12:
        hour += 12
    return {
        "hour": hour,
        "minute": minute,
        "part": part,
        "bound": BOUNDS.get(prep),
        "approximate": prep in {"around", "about", "at about", "at around", "towards"},
        "needs": need,
    }


def _full_hour(match: re.Match[str], around: Around) -> Fields | None:
    """«At three», «at five p.m.», «two o'clock», «three-ish»."""
    said_whole = bool(match["part"] or match["oclock"] or match["ish"])
    if _counts_one(match, around):
        return None
    if not said_whole and not (closes(around) or _told_at(match, around)):
        return None
    told = match["prep"] == "at" or (match["prep"] == "say" and not around.next_tag())
    need: Need | None = None if said_whole or told else "adjacent"
    return _clock(int(match["hour"]), 0, match, need)


def _counts_one(match: re.Match[str], around: Around) -> bool:
    """«Wheel one in on Thursday»: «one» that stands for a thing."""
    bare = match["hour"] == "1" and not (match["prep"] or match["oclock"] or match["part"])
    tag = around.next_tag()
    return bare and bool(tag) and not (tag[0] in ",." or tag.startswith("wd"))


# What a number after «at» counts, so that it is no hour: «at 9 pounds», «at 12 percent».
_COUNTED = frozenset(
    words(
        "percent per pounds pound quid grand thousand hundred million k euro euros dollar dollars "
        "dirhams dirham rubles roubles rouble pence p cents a each apiece an metres meters metre "
        "square feet foot inches degrees miles months month weeks days day week hours hour "
        "minutes years year % £ $ € point units people pieces lots head plus kilos tons tonnes "
        "litres stops different other of times or cent"
    )
)


def _told_at(match: re.Match[str], around: Around) -> bool:
    """«At 9 leanne», «tuesday 4 the girls»: «at» or a day before makes a number an hour."""
    tag = around.next_tag()
    if tag in _COUNTED or tag[:1].isdigit() or re.match(r"[nmodc]\d", tag):
        return False
    return match["prep"] == "at" or around.previous_tag().startswith("wd")


_CLOSING = frozenset(
    words(
        "on in at or and to the then please tomorrow today next this works good fine sharp "
        "would will is if so but for with i we you it 's 'd 'll that's suits okay ok great perfect "
        "prompt it's yeah yes half in's he'll she'll "
        "they'll i'll we'll he's she's i'm we're they're does do can could a any that which s "
        "it'll thanks thank cheers lovely brilliant grand super smashing spot no sorry my our "
        "he she they not might may bye goodbye instead maybe perhaps right sir madam mr mrs ms "
        "mate love dear isn't won't doesn't can't should shall how what when where who provided "
        "unless because all alright after before"
    )
)


def closes(around: Around) -> bool:
    """Whether nothing follows that the number could count."""
    tag = around.next_tag()
    return not tag or tag[0] in ",.-" or tag.startswith(("wd", "mo")) or tag in _CLOSING


def _hour_and_minutes(match: re.Match[str], _: Around) -> Fields | None:
    """«At ten thirty», «16 30»; «tuesday nine fifteen»."""
    usual = int(match["minute"]) in {15, 30, 45} and 1 <= int(match["hour"]) <= 18
    need: Need | None = None if match["prep"] or match["part"] else "near" if usual else "alone"
    return _clock(int(match["hour"]), int(match["minute"]), match, need)


def _few_minutes(match: re.Match[str], _: Around) -> Fields | None:
    """«Nine oh five»."""
    return _clock(int(match["hour"]), int(match["minute"]), match)


def _run_together(match: re.Match[str], _: Around) -> Fields | None:
    """«At 1030», «at 930»: a written hour that lost its mark."""
    digits = match["digits"]
    return _clock(int(digits[:-2]), int(digits[-2:]), match, "near")


def _digital(match: re.Match[str], _: Around) -> Fields | None:
    return _clock(int(match["hour"]), int(match["minute"]), match) | {
        "literal": match["zero"] == "z"
    }


def _meridiem(match: re.Match[str], _: Around) -> Fields | None:
    """«3pm», «10 a.m.»."""
    hour = int(match["hour"]) % 12 + (12 if match["half"] == "pm" else 0)
    return {"hour": hour, "literal": True, "bound": BOUNDS.get(match["prep"] or "")}


def _past_or_to(match: re.Match[str], _: Around) -> Fields | None:
    """«Half past two», «a quarter to five», «ten past nine»."""
    named = {"half": 30, "quarter": 15}
    minute = named.get(match["named"] or "") or int(match["minute"])
    hour = int(match["hour"])
    if not 1 <= hour <= 12 or minute not in {5, 10, 15, 20, 25, 30} or match["prep"] == "from":
        return None
    if match["way"] in {"to", "before", "of", "till"}:
        return _clock((hour - 1) or 12, 60 - minute, match)
    return _clock(hour, minute, match)


def _half_after(match: re.Match[str], around: Around) -> Fields | None:
    """«Half two» is half past two."""
    hour = int(match["hour"])
    return _clock(hour, 30, match) if 1 <= hour <= 12 and closes(around) else None


def _down_for(match: re.Match[str], around: Around) -> Fields | None:
    """«Put you down for nine», «pop in about one»."""
    return _clock(int(match["hour"]), 0, match) if closes(around) else None


def _noon(match: re.Match[str], _: Around) -> Fields | None:
    hour = 0 if match["name"] == "midnight" else 12
    return {"hour": hour, "literal": True, "bound": BOUNDS.get(match["prep"] or "")}


def _between(match: re.Match[str], _: Around) -> Fields | None:
    return {"hour": int(match["hour"]), "span": True, "part": _half_day(match["part"])}


def _part(match: re.Match[str], around: Around) -> Fields | None:
    if around.previous_tag() == "good" or (
        match.group() in _GREETINGS and around.previous_tag() in {"", "."} and _greets(around)
    ):
        return None
    today = {"days": 0} if match["today"] else {}
    return {"part": match["part"], **today}


_GREETINGS = frozenset(["morning", "afternoon", "evening"])
_SPOKEN_OF = frozenset(words("is 's would or works suits please if will at then on any only and"))


def _greets(around: Around) -> bool:
    """Whether a bare «morning» that begins a turn is a greeting: nothing is said of it."""
    return around.next_tag() not in _SPOKEN_OF


def _as(part: Part, bound: Bound | None = None) -> Fields:
    return {"part": part, "bound": bound}


CLOCK_RULES: tuple[Rule, ...] = (
    rule(rf"{_AT}{_HOUR}{_OCLOCK}{_ISH}{_HALF_OF_DAY}", _full_hour),
    rule(rf"{_AT}{_HOUR} n(?P<minute>[1-5]\d){_HALF_OF_DAY}", _hour_and_minutes),
    rule(rf"{_AT}{_HOUR} (?:oh|o) n(?P<minute>[1-9]){_HALF_OF_DAY}", _few_minutes),
    rule(rf"(?P<prep>at) n(?P<digits>(?:[7-9]|1\d)(?:00|15|30|45)){_HALF_OF_DAY}", _run_together),
    rule(rf"{_AT}(?P<zero>[cz])(?P<hour>\d+):(?P<minute>\d\d){_HALF_OF_DAY}", _digital),
    rule(rf"{_AT}(?P<half>am|pm)(?P<hour>\d+)", _meridiem),
    rule(
        rf"{_AT}(?:a )?(?:(?P<named>half|quarter)|n(?P<minute>\d+)(?: minutes)?) "
        rf"(?P<way>past|after|to|before|of|till) {_HOUR}{_OCLOCK}{_ISH}{_HALF_OF_DAY}",
        _past_or_to,
    ),
    rule(
        rf"(?:down|in) (?P<prep>for|at|around|about) {_HOUR}{_OCLOCK}{_ISH}{_HALF_OF_DAY}",
        _down_for,
    ),
    rule(rf"{_AT}half {_HOUR}{_ISH}{_HALF_OF_DAY}", _half_after),
    rule(rf"{_AT}(?P<name>noon|midday|midnight)", _noon),
    rule(rf"between {_HOUR} and n\d+(?: o'clock)?{_HALF_OF_DAY}", _between),
    rule(rf"from {_HOUR} (?:to|till|until) n\d+(?: o'clock)?{_HALF_OF_DAY}", _between),
    rule(
        r"(?:(?:in|by|on|of) the |(?P<today>this ))?(?:(?:early|late|mid)(?: -)? )?(?:in the )?"
        r"(?P<part>morning|afternoon|evening)",
        _part,
    ),
    rule(
        r"(?:(?:early|late) )?(?:doors|bird)|first thing(?: in the morning)?",
        lambda *_: _as("morning"),
    ),
    rule(r"before (?:lunch|dinner ?time|noon)|mid ?morning", lambda *_: _as("morning")),
    rule(
        r"(?:(?:at|over|around|by|about) )?(?:lunch|dinner)(?: ?time)|over lunch|at lunch",
        lambda *_: _as("noon"),
    ),
    rule(r"after (?:lunch|dinner)|mid ?afternoon|tea ?time", lambda *_: _as("afternoon")),
    rule(r"after (?:work|hours)|last thing(?: at night)?", lambda *_: _as("evening")),
    rule(
        r"(?:(?:by|until|before|for) )?(?:the )?(?:end|close) of (?:the |business |working |play )?"
        r"(?:day|business|play|working day)",
        lambda *_: _as("evening", "by"),
    ),
    rule(r"(?:by |before )?(?:eod|cob)|close of play", lambda *_: _as("evening", "by")),
    rule(
        r"before (?:the|your) day (?:'s|is|'s all) (?:out|over|done|through)",
        lambda *_: {"part": "evening", "bound": "by", "days": 0},
    ),
)
