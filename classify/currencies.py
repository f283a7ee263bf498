"""Which currency a sum is in that was said without one: that of the country the call is in."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

RUB = "RUB"
_ZONES = {
    zone: code
    for code, zones in {
        "GBP": "Europe/London Europe/Belfast Europe/Jersey Europe/Guernsey Europe/Isle_of_Man GB",
        "EUR": "Europe/Dublin Eire Europe/Amsterdam Europe/Athens Europe/Berlin Europe/Bratislava "
        "Europe/Brussels Europe/Helsinki Europe/Lisbon Europe/Ljubljana Europe/Luxembourg "
        "Europe/Madrid Europe/Malta Europe/Monaco Europe/Paris Europe/Riga Europe/Rome "
        "Europe/Tallinn Europe/Vienna Europe/Vilnius Europe/Zagreb Asia/Nicosia Atlantic/Canary",
        "CHF": "Europe/Zurich",
        "SEK": "Europe/Stockholm",
        "NOK": "Europe/Oslo",
        "DKK": "Europe/Copenhagen",
        "PLN": "Europe/Warsaw",
        "CZK": "Europe/Prague",
        "HUF": "Europe/Budapest",
        "TRY": "Europe/Istanbul",
        "CAD": "America/Toronto America/Vancouver America/Edmonton America/Winnipeg "
        "America/Halifax America/Regina America/Calgary America/Montreal America/St_Johns "
        "America/Moncton America/Whitehorse America/Yellowknife America/Iqaluit",
        "NZD": "Pacific/Auckland Pacific/Chatham NZ",
        "USD": "Pacific/Honolulu",
        "ZAR": "Africa/Johannesburg",
        "NGN": "Africa/Lagos",
        "KES": "Africa/Nairobi",
        "GHS": "Africa/Accra",
        "EGP": "Africa/Cairo",
        "AED": "Asia/Dubai",
        "SAR": "Asia/Riyadh",
        "QAR": "Asia/Qatar",
        "ILS": "Asia/Jerusalem",
        "INR": "Asia/Kolkata Asia/Calcutta",
        "PKR": "Asia/Karachi",
        "SGD": "Asia/Singapore",
        "MYR": "Asia/Kuala_Lumpur",
        "HKD": "Asia/Hong_Kong",
        "CNY": "Asia/Shanghai",
        "JPY": "Asia/Tokyo",
        "PHP": "Asia/Manila",
    }.items()
    for zone in zones.split()
}
_REGIONS = {"America": "USD", "US": "USD", "Canada": "CAD", "Australia": "AUD"}
_DOLLARS = frozenset({"AUD", "CAD", "NZD", "SGD", "HKD"})
_BRITISH = (timedelta(0), timedelta(hours=1))
_AMERICAN = (timedelta(hours=-10), timedelta(hours=-4))


def home_currency(moment: datetime, zone: str | None = None) -> str:
    """The currency (ISO 4217) of the place where an English call is made.

    By the name of the time zone, `zone` or that of `moment`; where only an offset is known, by
    it: pounds at Greenwich and an hour east of it, dollars in America, else roubles.
    """
    name = zone or (moment.tzinfo.key if isinstance(moment.tzinfo, ZoneInfo) else None)
    if name:
        return _ZONES.get(name) or _REGIONS.get(name.split("/")[0], RUB)
    offset = moment.utcoffset()
    if offset in _BRITISH:
        return "GBP"
    return "USD" if offset and _AMERICAN[0] <= offset <= _AMERICAN[1] else RUB


def meant_by(named: str, home: str) -> str:
    """The currency that a named one is: «dollars» are Australian where those are at home."""
    return home if named == "USD" and home in _DOLLARS else named
