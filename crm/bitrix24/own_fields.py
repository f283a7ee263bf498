"""Our own fields of a deal: made once, written and given back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from crm.bitrix24.errors import MissingMethodError, MissingScopeError
from crm.bitrix24.facts import DEAL, Facts
from crm.bitrix24.items import in_one_form
from crm.bitrix24.portal import Portal
from crm.bitrix24.values import code_of, moment_of, number_of, rows_of
from crm.errors import CrmGoneError, CrmRefusedError, CrmShutError
from crm.rows import Row, row_of, text_of
from models.vocabulary.crm_write import FieldValues, OwnField, Write, Written

_PREFIX = "UF_CRM_STAGECHECK_"
_ENTITY = "CRM_DEAL"
_ADMIN = "An administrator of the CRM connects once so that the fields are made."
CODES = {
    OwnField.VERIFIED_STAGE: f"{_PREFIX}STAGE",
    OwnField.GAP: f"{_PREFIX}GAP",
    OwnField.CONFIDENCE: f"{_PREFIX}CONFIDENCE",
    OwnField.CHECKED_AT: f"{_PREFIX}CHECKED_AT",
    OwnField.LINK: f"{_PREFIX}LINK",
}
_TYPES = {OwnField.CONFIDENCE: "double", OwnField.CHECKED_AT: "datetime", OwnField.LINK: "url"}


def make_fields(portal: Portal, names: Mapping[OwnField, str]) -> dict[OwnField, str]:
    """Our fields of a deal, made where they are missing; what the portal calls each.

    Raises:
        CrmError: they cannot be made.
    """
    there = _existing(portal)
    for own, name in names.items():
        if CODES[own] in there:
            continue
        try:
            _make(portal, own, name)
        except CrmShutError as error:
            raise CrmShutError(f"{error} {_ADMIN}") from error
    return {own: CODES[own] for own in names}


def write_fields(
    portal: Portal, facts: Facts, codes: Mapping[OwnField, str], write: Write
) -> Written:
    """Fills our fields; what stood there before is given back for `undo`.

    Raises:
        CrmUncertainError: nobody knows whether they were filled.
        CrmError: they were not.
    """
    wanted = _wanted(codes, write)
    now = _read(portal, facts, write.deal_id)
    before = {code: _plain(now.get(code)) for code in wanted}
    _update(portal, facts, write.deal_id, wanted)
    return Written(write.deal_id, {"fields": before})


def find_fields(
    portal: Portal, facts: Facts, codes: Mapping[OwnField, str], write: Write
) -> Written | None:
    """Whether our fields say what we wrote. What stood there before is not known any more."""
    if not codes:
        return None
    try:
        now = _read(portal, facts, write.deal_id)
    except CrmGoneError:
        return None
    wanted = _wanted(codes, write)
    if not all(_same(now.get(code), value) for code, value in wanted.items()):
        return None
    return Written(write.deal_id)


def undo_fields(
    portal: Portal, facts: Facts, codes: Mapping[OwnField, str], write: Write, written: Written
) -> str | None:
    """Gives back what stood in our fields, where nobody changed them since."""
    try:
        now = _read(portal, facts, write.deal_id)
    except CrmGoneError:
        return None
    wanted = _wanted(codes, write)
    before = row_of(written.before.get("fields"))
    ours = [code for code, value in wanted.items() if _same(now.get(code), value)]
    back = {
        code: before.get(code) if before.get(code) is not None else ""
        for code in ours
        if not _same(before.get(code), wanted[code])
    }
    if back:
        _update(portal, facts, write.deal_id, back)
    changed = [
        code for code in wanted if code not in ours and not _same(now.get(code), before.get(code))
    ]
    if changed:
        return f"{', '.join(changed)} was changed since by somebody else and stays."
    return None


def _existing(portal: Portal) -> set[str]:
    """The codes of the deals' own fields."""
    asked = {"moduleId": "crm", "filter": {"entityId": _ENTITY}}
    try:
        found: set[str] = set()
        start: int | None = 0
        while start is not None:
            told = portal.call("userfieldconfig.list", {**asked, "start": start})
            rows = rows_of(row_of(told.result).get("fields"))
            found |= {code_of(row.get("fieldName")) for row in rows}
            start = told.next if rows else None
    except (MissingScopeError, MissingMethodError):
        rows = rows_of(portal.call("crm.deal.userfield.list", {"filter": {}}).result)
        return {code_of(row.get("FIELD_NAME")) for row in rows}
    return found


def _make(portal: Portal, own: OwnField, name: str) -> None:
    kind = _TYPES.get(own, "string")
    field = {
        "entityId": _ENTITY,
        "fieldName": CODES[own],
        "userTypeId": kind,
        "xmlId": CODES[own],
        "multiple": "N",
        "mandatory": "N",
        "showFilter": "Y",
        "editInList": "N",
        "editFormLabel": {"ru": name, "en": name},
    }
    try:
        portal.write("userfieldconfig.add", {"moduleId": "crm", "field": field})
    except (MissingScopeError, MissingMethodError):
        # Without the right `userfieldconfig` the CRM's own method does the same.
        older = {
            "USER_TYPE_ID": kind,
            "FIELD_NAME": CODES[own],
            "XML_ID": CODES[own],
            "MULTIPLE": "N",
            "MANDATORY": "N",
            "LABEL": name,
            "EDIT_FORM_LABEL": name,
            "LIST_COLUMN_LABEL": name,
        }
        portal.write("crm.deal.userfield.add", {"fields": older})


def _wanted(codes: Mapping[OwnField, str], write: Write) -> dict[str, Any]:
    """What is to stand in our fields, as the portal takes it."""
    values = write.content
    if not isinstance(values, FieldValues):
        raise TypeError("fields are written from FieldValues")
    if not codes:
        raise CrmRefusedError(
            "Bitrix24: our fields of a deal were not made yet. Run `stagecheck crm connect` again."
        )
    told: dict[OwnField, Any] = {
        OwnField.VERIFIED_STAGE: values.verified_stage,
        OwnField.GAP: values.gap,
        OwnField.CONFIDENCE: values.percent,
        OwnField.CHECKED_AT: _written(values.checked_at),
        OwnField.LINK: values.link,
    }
    return {code: told[own] if told[own] is not None else "" for own, code in codes.items()}


def _written(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment is not None else None


def _read(portal: Portal, facts: Facts, deal_id: str) -> Row:
    """A deal as it is now."""
    own = _number(deal_id)
    if facts.legacy:
        return in_one_form(row_of(portal.call("crm.deal.get", {"id": own}).result))
    asked = {"entityTypeId": DEAL, "id": own, "useOriginalUfNames": "Y"}
    return row_of(row_of(portal.call("crm.item.get", asked).result).get("item"))


def _update(portal: Portal, facts: Facts, deal_id: str, fields: Mapping[str, Any]) -> None:
    """Writes our fields and nothing else, the stage least of all."""
    own = _number(deal_id)
    strange = [code for code in fields if not code.startswith("UF_")]
    if strange:
        raise CrmRefusedError(f"Bitrix24: {strange[0]} is no field of ours and is not written.")
    if facts.legacy:
        portal.write("crm.deal.update", {"id": own, "fields": dict(fields)})
        return
    asked = {"entityTypeId": DEAL, "id": own, "fields": dict(fields), "useOriginalUfNames": "Y"}
    portal.write("crm.item.update", asked)


def _number(deal_id: str) -> int:
    if not deal_id.isdecimal():
        raise CrmGoneError(f"Bitrix24: there is no deal {deal_id[:40]!r}.")
    return int(deal_id)


def _plain(value: object) -> str | float | None:
    """What stands in a field as text or number, so that it can be kept and written back."""
    number = value if isinstance(value, int | float) and not isinstance(value, bool) else None
    return float(number) if number is not None else text_of(value)


def _same(one: object, other: object) -> bool:
    """Whether two values of a field say the same, however the portal writes them."""
    if text_of(one) is None or text_of(other) is None:
        return text_of(one) is None and text_of(other) is None
    numbers = number_of(one), number_of(other)
    if numbers[0] is not None and numbers[1] is not None:
        return abs(numbers[0] - numbers[1]) < 1e-6
    moments = moment_of(one), moment_of(other)
    if moments[0] is not None and moments[1] is not None:
        return moments[0] == moments[1]
    return text_of(one) == text_of(other)
