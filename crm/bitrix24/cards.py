"""Deals, contacts and companies in our words. Pure: rows in, words out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from crm.bitrix24.facts import CustomField, Facts, is_custom
from crm.bitrix24.values import code_of, flag_of, id_of, ids_of, moment_of, multi_of, number_of
from crm.rows import Row, joined, text_of
from models.vocabulary.deal import Company, Contact, Deal, StageKind

KINDS = {"S": StageKind.WON, "F": StageKind.LOST}
_CHOSEN = ("enumeration", "crm_status")
_NUMBERS = ("double", "integer")
_MOST_VALUES = 100


@dataclass(frozen=True, slots=True)
class CardWords:
    """How a deal's custom fields are called: what we call them, and which are our own writing."""

    facts: Facts
    names: Mapping[str, str]
    own: frozenset[str] = frozenset()


def deal_of(row: Row, words: CardWords) -> Deal | None:
    """A deal in our words; ``None`` where id, stage or every date is missing.

    `row` has the names of `crm.item.*`.
    """
    own, stage_id = id_of(row.get("id")), code_of(row.get("stageId"))
    dates = [moment_of(row.get(key)) for key in ("createdTime", "updatedTime", "movedTime")]
    created_at = next((one for one in dates if one is not None), None)
    if own is None or not stage_id or created_at is None:
        return None
    status = KINDS.get(code_of(row.get("stageSemanticId")).upper(), StageKind.OPEN)
    closed = flag_of(row.get("closed")) or status is not StageKind.OPEN
    contacts = ids_of(row.get("contactIds")) or ids_of([row.get("contactId")])
    return Deal(
        id=own,
        name=text_of(row.get("title")) or f"#{own}",
        pipeline_id=code_of(row.get("categoryId")) or "0",
        stage_id=stage_id,
        status=status,
        created_at=created_at,
        amount=number_of(row.get("opportunity")),
        currency=code_of(row.get("currencyId")) or "RUB",
        contact_ids=contacts,
        company_id=id_of(row.get("companyId")),
        responsible_id=id_of(row.get("assignedById")),
        source=text_of(row.get("sourceId")),
        updated_at=dates[1],
        # `closedate` may be a plan; a card was closed when it was moved last.
        closed_at=(dates[2] or moment_of(row.get("closedate"))) if closed else None,
        fields=_fields(row, words),
    )


def contact_of(row: Row) -> Contact | None:
    """A contact in our words; ``None`` without an id."""
    own = id_of(row.get("id"))
    if own is None:
        return None
    companies = ids_of(row.get("companyIds"))
    return Contact(
        id=own,
        name=joined(row.get("name"), row.get("secondName"), row.get("lastName")) or f"#{own}",
        company_id=id_of(row.get("companyId")) or (companies[0] if companies else None),
        phones=multi_of(row, "PHONE"),
        emails=multi_of(row, "EMAIL"),
    )


def company_of(row: Row) -> Company | None:
    """A company in our words; ``None`` without an id."""
    own = id_of(row.get("id"))
    if own is None:
        return None
    return Company(own, text_of(row.get("title")) or f"#{own}", multi_of(row, "PHONE"))


def _fields(row: Row, words: CardWords) -> dict[str, object]:
    """What people wrote into custom fields, under our names or those of the portal."""
    found: dict[str, object] = {}
    for code, raw in row.items():
        if not is_custom(code) or code in words.own:
            continue
        custom = words.facts.custom.get(code) or CustomField(code, code, "string")
        value = _value(raw, custom)
        if value not in (None, "", []):
            found[words.names.get(code) or words.names.get(custom.name) or custom.name] = value
    return found


def _value(raw: object, custom: CustomField) -> object:
    if isinstance(raw, list):
        values = [_value(one, custom) for one in raw[:_MOST_VALUES]]
        return [one for one in values if one not in (None, "", [])]
    if custom.kind == "boolean":
        return flag_of(raw)
    if custom.kind in _CHOSEN and custom.choices:
        return custom.choices.get(code_of(raw), text_of(raw) if code_of(raw) != "0" else None)
    if custom.kind in _NUMBERS:
        return number_of(raw)
    return text_of(raw)
