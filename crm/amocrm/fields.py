"""Custom fields of cards in our words: under our names, with values of one kind each."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from zoneinfo import ZoneInfo

from crm.amocrm.shapes import FieldValue
from crm.amocrm.values import flag, plain, stamp

OWN_CODE = "STAGECHECK_"
_PHONE, _EMAIL = "PHONE", "EMAIL"
_MOST_TEXT = 4000
_YES = ("1", "true", "y", "yes", "да", "лпр")


def field_values(
    found: Iterable[FieldValue], names: Mapping[str, str], zone: ZoneInfo
) -> dict[str, object]:
    """Custom fields by our names; those that nobody named by the CRM's own.

    Numbers are numbers, switches yes or no, days ISO dates of the account's zone, several choices
    one text. Fields of ours, telephones and e-mails are left out.

    Args:
        found: what is filled on a card.
        names: ours by a field's id, code or name.
        zone: the account's.
    """
    told: dict[str, object] = {}
    for one in found:
        if one.field_code in (_PHONE, _EMAIL) or one.field_code.startswith(OWN_CODE):
            continue
        value = _value(one, zone)
        name = _name(one, names)
        if name and value not in (None, ""):
            told[name] = value
    return told


def named(found: Iterable[FieldValue], names: Mapping[str, str], ours: str) -> FieldValue | None:
    """The field that is ours by the given name."""
    return next((one for one in found if _name(one, names) == ours), None)


def is_yes(one: FieldValue | None) -> bool:
    """Whether a field says yes: a switch that is on, or a choice that means it."""
    if one is None:
        return False
    return any(value.get("value") is True or _says_yes(value.get("value")) for value in one.values)


def texts_of(found: Iterable[FieldValue], code: str) -> tuple[str, ...]:
    """All values of the field with a code, as they were written (``PHONE``, ``EMAIL``)."""
    told = [
        plain(value.get("value"))
        for one in found
        if one.field_code.upper() == code
        for value in one.values
    ]
    return tuple(dict.fromkeys(text for text in told if text))


def of_code(found: Iterable[FieldValue], code: str) -> FieldValue | None:
    """The field with a code."""
    return next((one for one in found if one.field_code == code), None)


def first_value(one: FieldValue | None) -> object:
    """A field's first value as it came; ``None`` where there is none."""
    return one.values[0].get("value") if one is not None and one.values else None


def first_code(one: FieldValue | None) -> str:
    """The code of a field's first choice."""
    return plain(one.values[0].get("enum_code")) if one is not None and one.values else ""


def _name(one: FieldValue, names: Mapping[str, str]) -> str:
    for theirs in (one.field_id, one.field_code, one.field_name):
        if theirs and theirs in names:
            return names[theirs]
    return one.field_name or one.field_code


def _value(one: FieldValue, zone: ZoneInfo) -> object:
    values = [_single(one.field_type, value, zone) for value in one.values]
    kept = [value for value in values if value not in (None, "")]
    if len(kept) <= 1:
        return kept[0] if kept else None
    return ", ".join(dict.fromkeys(map(str, kept)))


def _single(kind: str, value: Mapping[str, object], zone: ZoneInfo) -> object:
    raw = value.get("value")
    if kind == "checkbox":
        return flag(raw)
    if kind in ("date", "date_time", "birthday"):
        return _moment(raw, zone, day_only=kind != "date_time")
    if kind in ("numeric", "monetary", "price"):
        return _number(raw)
    if isinstance(raw, bool | int | float):
        return raw
    if isinstance(raw, Mapping):
        return plain(raw.get("name")) or json.dumps(raw, ensure_ascii=False)[:_MOST_TEXT]
    return plain(raw)[:_MOST_TEXT]


def _moment(raw: object, zone: ZoneInfo, *, day_only: bool) -> str | None:
    try:
        moment = stamp(raw)
    except ValueError:
        return plain(raw) or None
    if moment is None:
        return None
    local = moment.astimezone(zone)
    return local.date().isoformat() if day_only else local.isoformat()


def _number(raw: object) -> object:
    text = plain(raw).replace(",", ".")
    try:
        number = float(text)
    except ValueError:
        return text or None
    if number != number or abs(number) == float("inf"):  # noqa: PLR0124 - NaN
        return None
    return int(number) if number.is_integer() else number


def _says_yes(raw: object) -> bool:
    return plain(raw).lower() in _YES
