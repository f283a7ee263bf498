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


def engaged(after: Sequence[str]) -> bool:
    """Whether a day is told to be filled: «'s my chiropodist», «I'm in London»."""
    said = list(after)
    if said and said[0] in _NEGATED:
        return "problem" not in said and "bad" not in said
    if said[:1] == ["is"] or said[:1] == ["'s"]:
        return _filled([w for w in said[1:] if w not in _DEGREE or w == "a"])
    if said[:1] in (["i'm"], ["we're"], ["he's"], ["she's"], ["they're"]) or said[:2] in (
        ["i", "am"],
        ["we", "are"],
    ):
        rest = [w for w in said[1:] if w not in {"am", "are", *_DEGREE}]
        return bool(rest) and (rest[0] in _FULL or any(w in _AT for w in rest[:4]))
    has = said[:1] in (["i've"], ["we've"], ["there's"], ["they've"]) or said[:2] in (
        ["i", "have"],
        ["we", "have"],
        ["there", "is"],
        ["there", "are"],
    )
    if not has:
        return False
    rest = [w for w in said[1:] if w not in {"have", "is", "are", "got"}]
    return bool(rest) and rest[0] in _OWNERS | {"to"} and not _FREE.intersection(rest[:4])


def _filled(rest: Sequence[str]) -> bool:
    if not rest:
        return False
    if rest[0] in _OWNERS and len(rest) > 1:
        return rest[1] in _FULL or not (_FREE.intersection(rest[1:3]) or rest[1][:1].isdigit())
    return rest[0] in _FULL
