"""Sums of money as they are said in English: «twelve and a half grand», «£1,250», «four eighty»."""

from __future__ import annotations

from collections.abc import Sequence

from classify.currencies import RUB, meant_by
from classify.english_numbers import Piece, Said, below_hundred, number, pieces_of, word_at
from classify.numbers import AmountMention
from classify.timewords.numerals import words

_CURRENCIES = {
    word: code
    for code, names in {
        "GBP": "£ pound pounds quid sterling gbp",
        "EUR": "€ euro euros eur",
        "USD": "$ dollar dollars buck bucks usd",
        "RUB": "₽ rouble roubles ruble rubles rub",
        "CNY": "yuan cny",
        "AED": "dirham dirhams aed",
        "TRY": "lira liras",
        "KZT": "tenge",
        "ZAR": "rand rands zar",
        "INR": "rupee rupees inr",
        "CHF": "franc francs chf",
        "PLN": "zloty zlotys",
        "ILS": "shekel shekels",
        "NGN": "naira",
        "SAR": "riyal riyals",
    }.items()
    for word in names.split()
}
_SIGNS = "£$€₽"
_ROUGH = frozenset(
    ["about", "around", "roughly", "approximately", "approx", "circa", "say", "nearly", "almost"]
)
# What may follow a bare sum; any other word is what the number counts.
_FOLLOW = frozenset(
    words(
        "a an the and or but plus all in for fitted installed delivered including inclusive with "
        "without net gross ex excluding flat tops max maximum minimum is it it's its was that "
        "that's this then now yeah yes okay ok right if as at to on by from up down off of per i "
        "i'll i'm we we'll you your he they so not no total altogether each please went came goes "
        "should would could can what when which because though today tomorrow yesterday monday "
        "tuesday wednesday thursday friday saturday sunday sounds seems instead inc vat straight "
        "cash through before after until they've we've i've against do does done still just how "
        "about times hm well why who where she she'll her more less either again outright upfront "
        "overall there cheers thanks ta mate love boy don't won't isn't you'd you're you've we'd "
        "they'd they're he's she's minus over spread depending inside under even only odd ish "
        "thrown between among across once last next yesterday give take me us my our their his"
    )
)
_YEARS = range(1950, 2050)
_LEAST_BARE = 10


def find_english_amounts(text: str, home: str = RUB) -> tuple[AmountMention, ...]:
    """Finds the sums said in an English text, in order; counts, shares and years are left out.

    A bare one (`has_unit` false) may be anything that its neighbours make it. `home` is the
    currency (ISO 4217) of a sum that names none. Never raises.
    """
    pieces = pieces_of(text)
    found: list[AmountMention] = []
    at = 0
    while at < len(pieces):
        said = _said(pieces, at)
        if said is None:
            at += 1
            continue
        if _is_money(pieces, at, said):
            found.append(_mention(text, pieces, at, said, home))
        at = said.last
    return tuple(found)


def _said(pieces: Sequence[Piece], first: int) -> Said | None:
    """The longest sum that begins at `first`, its currency before or after it."""
    lead = _CURRENCIES.get(pieces[first].word) if pieces[first].word in _SIGNS else None
    said = number(pieces, first + 1 if lead else first)
    if said is None:
        return None
    said.currency = lead
    after = word_at(pieces, said.last)
    if after in _CURRENCIES and after not in _SIGNS:
        said.currency, said.last = _CURRENCIES[after], said.last + 1
        pence = below_hundred(pieces, said.last)
        if pence and after.startswith(("pound", "euro")) and 10 <= pence[0] < 100:
            said.value, said.last = said.value + pence[0] / 100, pence[1]
    return said


_NOT_MONEY = frozenset(
    ["percent", "per", "%", "cent", "o'clock", "am", "pm", "st", "nd", "rd", "th"]
)


def _is_money(  # noqa: PLR0911 - one exit a reason
    pieces: Sequence[Piece], first: int, said: Said
) -> bool:
    if said.currency is not None:
        return True
    after, before = word_at(pieces, said.last), word_at(pieces, first - 1)
    if (
        after in ("percent", "%", "o'clock", "am", "pm")
        or pieces[said.last - 1].glued in _NOT_MONEY
    ):
        return False
    if after == "per" and word_at(pieces, said.last + 1) == "cent":
        return False
    year = said.value in _YEARS and before in ("in", "since", "of", "from", "by")
    if year or after == "something" or before in ("number", "page", "option", "unit", "room"):
        return False
    if said.scaled:
        return not _counts(after)
    if after == "-" and word_at(pieces, said.last + 1).isalpha():
        return False
    if said.value < _LEAST_BARE or not float(said.value).is_integer():
        return False
    return not after or not after[0].isalpha() or after in _FOLLOW


def _counts(after: str) -> bool:
    """«Two thousand leaflets»: a thing in the plural follows."""
    plural = len(after) > 3 and after.endswith("s") and not after.endswith("ss")
    return plural and after not in _FOLLOW and after not in _CURRENCIES and "'" not in after


def _mention(
    text: str, pieces: Sequence[Piece], first: int, said: Said, home: str
) -> AmountMention:
    start, end = pieces[first].start, pieces[said.last - 1].end
    before = [word_at(pieces, i) for i in range(max(0, first - 3), first)]
    bound = {"from": "from", "to": "up_to", "under": "up_to", "maximum": "up_to", "max": "up_to"}
    return AmountMention(
        start=start,
        end=end,
        text=text[start:end],
        value=round(said.value, 2),
        currency=meant_by(said.currency, home) if said.currency else home,
        has_unit=said.scaled or said.currency is not None,
        approximate=not _ROUGH.isdisjoint(before),
        bound=bound.get(before[-1] if before else ""),
        currency_named=said.currency is not None,
    )
