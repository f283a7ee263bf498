"""What English words around a time say: what has been, and what fills a day already."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from classify.english_forms import readings
from classify.timewords.numerals import words

# Past forms that speak of what lies ahead, or whose present looks the same.
_AHEAD = frozenset(
    words(
        "say said tell told agree agreed arrange arranged plan planned schedule scheduled mention "
        "mentioned promise promised think thought want wanted hope hoped need needed wonder "
        "wondered expect expected book booked pencil pencilled move moved confirm confirmed "
        "suggest suggested ask asked put set let cut read cost shut hit fit did could would had "
        "mean meant discuss discussed speak busy tied interested based liked decided got"
    )
)
_WISHING = frozenset(
    words("hoping thinking wondering going planning due supposed meant wanting expecting looking")
)
_HAVING = frozenset(words("have has i've we've you've they've he's she's it's"))
_MODAL = frozenset(
    words("will shall can could would should might may let's i'll we'll you'll he'll she'll")
)


def tense(word: str, before: str, following: str) -> str | None:
    """``past`` or ``ahead`` for a verb between two words, ``None`` for any other word."""
    if word in _MODAL:
        return "ahead"
    if word in {"was", "were"}:
        return None if following in _WISHING else "past"
    if word == "got" and before in _HAVING:
        return None
    return "past" if _is_past(word) else None


@lru_cache(maxsize=8192)
def _is_past(word: str) -> bool:
    if word in _AHEAD or not word.isascii():
        return word in {"got", "had"}
    return any("past" in reading.grammemes for reading in readings(word)[:1])


_HOPED = frozenset(
    words("if could would can shall may might will let i'll we'll he'll she'll i'd we'd suppose")
)
_HOPE_REACH = 9


def hoped(before: Sequence[str]) -> bool:
    """Whether the words before a time, nearest first, speak of what may come.

    «If I called you Friday», «could have it warmed up for Saturday».
    """
    near: list[str] = []
    for word in before[:_HOPE_REACH]:
        if word in {".", "?", "!"}:
            break
        near.append(word)
    if "have" in near and any(word in {"could", "would", "should"} for word in near):
        return "for" in near or "you" in near
    return any(word in _HOPED for word in near) or near[-1:] == ["how"]


_FULL = frozenset(
    words(
        "not no out bad busy full booked hectic mad manic tricky hard difficult awkward impossible "
        "packed rammed off taken gone useless hopeless closed chocka away abroad tied "
        "flying travelling driving teaching stuck holiday holidays bridge golf choir school market "
        "payday training wedding funeral half-term sabbath church sports stocktake stocktaking "
        "inventory worse"
    )
)
_DEGREE = frozenset(
    words("also just actually probably sort of a bit really very so always pretty quite looking")
)
_OWNERS = frozenset(words("my our his her the a an their"))
_FREE = frozenset(
    words(
        "best good better day ideal one earliest first right only easiest date time great fine "
        "slot window gap opening space time nothing hour room engineer fitter surveyor someone "
        "somebody team meeting demo visit appointment availability plan idea possibility option "
        "perfect latest soonest"
    )
)
_NEGATED = frozenset(words("isn't doesn't won't can't wouldn't cannot don't"))
_AT = frozenset(
    words(
        "factory hospital dentist doctor doctors dentists wedding funeral conference exhibition "
        "court airport holiday leave course road meetings surgery london site show trade fair"
    )
)


_TOLD_OF = frozenset(
    words(
        "fine good great ok okay alright perfect lovely grand better best ideal brilliant super "
        "free clear open easier easiest possible doable cool sound ace handy dandy convenient "
        "agreed booked confirmed sorted set settled suitable workable nice wonderful excellent "
        "when what where how why that it then there here earlier later sooner early late too our "
        "tomorrow today monday tuesday wednesday thursday friday saturday sunday spot bang nearest "
        "about around at on in by after before until till from between probably usually maybe "
        "the a an if still yours mine ours right and or but so as enough no not only all first "
        "latest earliest soonest worth reckon looking going getting my your his her their coming "
        "quieter quiet quietest absolutely certainly just exactly dead almost nearly pushing "
        "tight manageable pencilled scheduled planned reserved down for with to up out off him her "
        "very exactly splendid made me you us them soon smashing magic champion acceptable "
        "agreeable yes yeah please definite"
    )
)
_BUSY_ING = frozenset(
    words(
        "being going looking thinking hoping coming working around meaning talking saying passing "
        "popping dropping visiting calling ringing phoning bringing sending driving heading "
        "sitting waiting expecting planning keeping putting booking pencilling noting asking "
        "wondering suggesting offering proposing leaving starting finishing free"
    )
)


def engaged(after: Sequence[str]) -> bool:
    """Whether a day is told to be filled: «'s my chiropodist», «I'm in London», «is audit»."""
    said = list(after)
    if said and said[0] in _NEGATED:
        return "problem" not in said and "bad" not in said
    if said[:1] == ["is"] or said[:1] in (["'s"], ["s"]):
        rest = [w for w in said[1:] if w not in _DEGREE or w == "a"]
        return _filled(rest) or _named_thing(rest)
    if _has_on(said):
        return True
    if said[:1] in (["i'm"], ["we're"], ["he's"], ["she's"], ["they're"]) or said[:2] in (
        ["i", "am"],
        ["we", "are"],
        ["he", "is"],
        ["she", "is"],
    ):
        rest = [w for w in said[1:] if w not in {"am", "are", "is", *_DEGREE}]
        return bool(rest) and (
            rest[0] in _FULL
            or any(w in _AT for w in rest[:4])
            or (rest[0].endswith("ing") and rest[0] not in _BUSY_ING)
            or (rest[0] in {"at", "in", "on"} and _elsewhere(rest))
        )
    return False


_HERE = frozenset(
    words(
        "office home work desk all yard shop here morning afternoon evening anyway from till until "
        "workshop site time touch town building house area neighbourhood diary case your"
    )
)


def _elsewhere(rest: Sequence[str]) -> bool:
    """«I'm in chapel», «he is in court», «I'm at the vet's»: somewhere that is not here."""
    where = [w for w in rest[1:3] if w not in {"the", "a", "my", "our"}]
    return bool(where) and where[0] not in _HERE and not where[0][:1].isdigit()


def _has_on(said: Sequence[str]) -> bool:
    """«I've a funeral», «we have the auditors in», «they have the shift change», «I have choir»."""
    has = said[:1] in (["i've"], ["we've"], ["there's"], ["they've"]) or said[:2] in (
        ["i", "have"],
        ["we", "have"],
        ["they", "have"],
        ["he", "has"],
        ["she", "has"],
        ["there", "is"],
        ["there", "are"],
        ["i", "had"],
    )
    if not has:
        return False
    rest = [w for w in said[1:] if w not in {"have", "has", "is", "are", "got"}]
    return (
        bool(rest)
        and (rest[0] in _OWNERS | {"to"} or (len(said) > 1 and rest[0] not in _TOLD_OF))
        and not _FREE.intersection(rest[:4])
        and not rest[0][:1].isdigit()
    )


def _named_thing(rest: Sequence[str]) -> bool:
    """«Tomorrow is audit», «Seven's telly», «Friday's month-end»: a bare noun fills the time."""
    if not rest or rest[0][:1].isdigit() or not rest[0][:1].isalpha():
        return False
    return rest[0] not in _TOLD_OF and not rest[0].endswith(("ly", "ish"))


def _filled(rest: Sequence[str]) -> bool:
    if not rest:
        return False
    if rest[0] in _OWNERS and len(rest) > 1:
        return rest[1] in _FULL or not (_FREE.intersection(rest[1:3]) or rest[1][:1].isdigit())
    return rest[0] in _FULL
