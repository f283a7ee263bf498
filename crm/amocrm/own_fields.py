"""Our own fields of a lead: made once, found by our codes, filled and put back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from crm.amocrm.asking import Asking
from crm.amocrm.fields import OWN_CODE
from crm.amocrm.pages import whole_list
from crm.amocrm.shapes import FieldShape, FieldValue, embedded, parsed
from crm.amocrm.values import plain, stamp
from crm.errors import CrmAnswerError
from models.vocabulary.crm_write import FieldValues, OwnField

_TYPES = {
    OwnField.VERIFIED_STAGE: "text",
    OwnField.GAP: "text",
    OwnField.CONFIDENCE: "numeric",
    OwnField.CHECKED_AT: "date_time",
    OwnField.LINK: "url",
}
_LONGEST = 250  # characters that a text field holds


def code_of(one: OwnField) -> str:
    """The code by which a field of ours is found again, whatever people call it."""
    return f"{OWN_CODE}{one.value.upper()}"


def made_fields(asks: Asking, names: Mapping[OwnField, str]) -> dict[OwnField, str]:
    """Ids of our fields; those that are missing are made.

    Raises:
        CrmUncertainError: nobody knows whether they were made; done again it is found out.
        CrmError: they were not.
    """
    found = _found(asks)
    missing = [one for one in names if one not in found]
    if missing:
        # Only by the API: a person does not fill in by mistake what a machine says.
        body = [
            {"name": names[one], "type": _TYPES[one], "code": code_of(one), "is_api_only": True}
            for one in missing
        ]
        answer = asks.send("POST", "/leads/custom_fields", body)
        found |= _known(embedded(answer.body, "custom_fields"))
        if any(one not in found for one in missing):
            found |= _found(asks)
    lacking = [names[one] for one in names if one not in found]
    if lacking:
        raise CrmAnswerError(f"{asks.access.name}: amoCRM did not make {', '.join(lacking)}.")
    return {one: found[one] for one in names}


def wanted(values: FieldValues, fields: Mapping[OwnField, str]) -> dict[str, Any]:
    """What our fields shall hold, by their ids; ``None`` empties one."""
    told: dict[OwnField, Any] = {
        OwnField.VERIFIED_STAGE: _short(values.verified_stage),
        OwnField.GAP: _short(values.gap),
        OwnField.CONFIDENCE: values.percent,
        OwnField.CHECKED_AT: _seconds(values.checked_at),
        OwnField.LINK: values.link,
    }
    return {id_: told[one] for one, id_ in fields.items()}


def standing(found: list[FieldValue], fields: Mapping[OwnField, str]) -> dict[str, Any]:
    """What our fields hold, by their ids, as `wanted` writes it."""
    raw = {one.field_id: one.values[0].get("value") for one in found if one.values}
    kinds = {id_: _TYPES[one] for one, id_ in fields.items()}
    return {id_: _as_written(raw.get(id_), kind) for id_, kind in kinds.items()}


def patch_of(values: Mapping[str, Any]) -> dict[str, Any]:
    """The body of a request that writes fields and nothing else of a lead."""
    return {
        "custom_fields_values": [
            {"field_id": int(id_), "values": None if value is None else [{"value": value}]}
            for id_, value in values.items()
        ]
    }


def _found(asks: Asking) -> dict[OwnField, str]:
    return _known(whole_list(asks.get, "/leads/custom_fields", "custom_fields"))


def _known(rows: Any) -> dict[OwnField, str]:
    ours = {code_of(one): one for one in OwnField}
    return {ours[one.code]: one.id for one in parsed(FieldShape, rows) if one.code in ours}


def _short(text: str | None) -> str | None:
    return text[:_LONGEST] or None if text else None


def _seconds(moment: datetime | None) -> int | None:
    return int(moment.astimezone(UTC).timestamp()) if moment is not None else None


def _as_written(raw: object, kind: str) -> Any:
    if raw in (None, ""):
        return None
    try:
        if kind == "numeric":
            return round(float(plain(raw).replace(",", ".")), 2)
        if kind == "date_time":
            return _seconds(stamp(raw))
    except ValueError:
        return plain(raw)
    return plain(raw) or None
