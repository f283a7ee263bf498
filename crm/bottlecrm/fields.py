"""Our own fields of a deal: custom fields of BottleCRM's opportunities."""

from __future__ import annotations

from collections.abc import Mapping

from crm.bottlecrm.desk import Desk, deal_in, path_of
from crm.errors import CrmRefusedError
from crm.rows import Row, row_of, rows_of, text_of
from models.vocabulary.crm_write import FieldValues, OwnField, Written

_TARGET = "Opportunity"
_PREFIX = "stagecheck_"
# A date of BottleCRM's has no time, so that the moment of a check is a text.
_TYPES = dict.fromkeys(OwnField, "text") | {OwnField.CONFIDENCE: "number"}
Value = str | float | None
STAYED = {
    "ru": "Часть полей с тех пор изменили люди, они оставлены.",
    "en": "People changed some of the fields since; those stay.",
}


def make(desk: Desk, names: Mapping[OwnField, str]) -> Mapping[OwnField, str]:
    """Makes the fields that are missing and switches on again those that were switched off.

    Raises:
        CrmRefusedError: the token is no administrator's, or a field of ours has another type.
    """
    body, _ = desk.get("custom-fields/", target_model=_TARGET, include_counts="false")
    there = {str(row.get("key")): row for row in rows_of(body.get("definitions"))}
    for position, (field, label) in enumerate(names.items()):
        key, type_ = f"{_PREFIX}{field.value}", _TYPES[field]
        known = there.get(key)
        if known is None:
            definition = {"target_model": _TARGET, "key": key, "label": label}
            desk.send(
                "POST",
                "custom-fields/",
                {**definition, "field_type": type_, "display_order": 900 + position},
            )
        elif known.get("field_type") != type_:
            raise CrmRefusedError(
                f"{desk.access.name}: the field `{key}` is there with the type "
                f"`{known.get('field_type')}` instead of `{type_}`. Delete it in BottleCRM."
            )
        elif known.get("is_active") is not True:
            desk.send("PUT", path_of("custom-fields", str(known.get("id"))), {"is_active": True})
    return {field: f"{_PREFIX}{field.value}" for field in names}


def write(desk: Desk, deal_id: str, values: FieldValues) -> Written:
    """Fills the fields and remembers what stood there."""
    wanted = _keyed(desk, values)
    body, _ = desk.get(path_of("opportunities", deal_id))
    # BottleCRM drops silently what it does not know.
    active = {text_of(row.get("key")) for row in rows_of(body.get("custom_field_definitions"))}
    missing = sorted(wanted.keys() - active)
    if missing:
        raise CrmRefusedError(
            f"{desk.access.name}: deals have no field {' and '.join(missing)} (any more). "
            "Have the fields made anew."
        )
    before = _held(body)
    desk.send("PATCH", path_of("opportunities", deal_id), {"custom_fields": wanted})
    return Written(deal_id, {key: before.get(key) for key in wanted})


def find(desk: Desk, deal_id: str, values: FieldValues) -> Written | None:
    """Whether the fields say what was to be written; what stood there before is not known."""
    if not desk.access.own_fields:
        return None
    wanted = _keyed(desk, values)
    body, _ = desk.get(path_of("opportunities", deal_id))
    held = _held(body)
    return Written(deal_id) if all(held.get(key) == wanted[key] for key in wanted) else None


def undo(desk: Desk, deal_id: str, values: FieldValues, written: Written) -> str | None:
    """Puts back what stood there; what somebody else wrote since stays."""
    wanted = _keyed(desk, values)
    body, _ = desk.get(path_of("opportunities", deal_id))
    held = _held(body)
    back = {key: written.before.get(key) for key in wanted}
    ours = {key: back[key] for key in wanted if held.get(key) == wanted[key] != back[key]}
    if ours:
        desk.send("PATCH", path_of("opportunities", deal_id), {"custom_fields": ours})
    if any(held.get(key) not in (wanted[key], back[key]) for key in wanted):
        return STAYED[desk.access.language]
    return None


def _held(body: Row) -> Mapping[str, Value]:
    held = row_of(deal_in(body).get("custom_fields"))
    return {key: value if value != "" else None for key, value in held.items()}


def _keyed(desk: Desk, values: FieldValues) -> dict[str, Value]:
    """What each of our fields shall say, by its key.

    Raises:
        CrmRefusedError: none of them was made.
    """
    own = desk.access.own_fields
    if not own:
        raise CrmRefusedError(
            f"{desk.access.name}: our own fields of a deal were not made. Have them made first."
        )
    at = values.checked_at
    said: dict[OwnField, Value] = {
        OwnField.VERIFIED_STAGE: text_of(values.verified_stage),
        OwnField.GAP: text_of(values.gap),
        OwnField.CONFIDENCE: values.percent,
        OwnField.CHECKED_AT: None if at is None else at.isoformat(sep=" ", timespec="minutes"),
        OwnField.LINK: text_of(values.link),
    }
    return {key: said[field] for field, key in own.items()}
