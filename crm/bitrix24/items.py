"""Deals, contacts and companies: how they are asked for, and one form for both dialects.

`crm.item.*` is the living API, with names as `stageId`; where a portal refuses it, `crm.deal.*`,
`crm.contact.*` and `crm.company.*` answer with names as `STAGE_ID` and a text for each value.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from crm.bitrix24.facts import COMPANY, CONTACT, DEAL, Facts
from crm.bitrix24.listing import Listing
from crm.bitrix24.portal import Portal
from crm.bitrix24.values import id_of, rows_of
from crm.errors import CrmGoneError
from crm.rows import Row

_MODERN = {
    "ID": "id",
    "TITLE": "title",
    "CATEGORY_ID": "categoryId",
    "STAGE_ID": "stageId",
    "STAGE_SEMANTIC_ID": "stageSemanticId",
    "OPPORTUNITY": "opportunity",
    "CURRENCY_ID": "currencyId",
    "COMPANY_ID": "companyId",
    "CONTACT_ID": "contactId",
    "ASSIGNED_BY_ID": "assignedById",
    "SOURCE_ID": "sourceId",
    "DATE_CREATE": "createdTime",
    "DATE_MODIFY": "updatedTime",
    "CLOSED": "closed",
    "CLOSEDATE": "closedate",
    "MOVED_TIME": "movedTime",
    "NAME": "name",
    "SECOND_NAME": "secondName",
    "LAST_NAME": "lastName",
}
_OF_DEALS = [
    "id",
    "title",
    "categoryId",
    "stageId",
    "stageSemanticId",
    "opportunity",
    "currencyId",
    "companyId",
    "contactId",
    "contactIds",
    "assignedById",
    "sourceId",
    "createdTime",
    "updatedTime",
    "closed",
    "closedate",
    "movedTime",
]
_LEGACY_METHODS = {DEAL: "crm.deal.list", CONTACT: "crm.contact.list", COMPANY: "crm.company.list"}
_LEGACY_SELECT = {
    DEAL: ["*", "UF_*"],
    CONTACT: [
        "ID",
        "NAME",
        "SECOND_NAME",
        "LAST_NAME",
        "COMPANY_ID",
        "DATE_MODIFY",
        "PHONE",
        "EMAIL",
    ],
    COMPANY: ["ID", "TITLE", "DATE_MODIFY", "PHONE"],
}
_FILES = ("file", "disk_file")  # their values are links with keys in them


def listing_of(
    kind: int,
    facts: Facts,
    *,
    since: datetime | None = None,
    ids: Sequence[str] | None = None,
) -> Listing:
    """The list of deals, contacts or companies: those changed since, or those with an id."""
    changed, own = ("DATE_MODIFY", "ID") if facts.legacy else ("updatedTime", "id")
    told: dict[str, Any] = {}
    if since is not None:
        told[f">={changed}"] = since.isoformat(timespec="seconds")
    if ids is not None:
        told[f"@{own}"] = [int(one) for one in ids]
    if facts.legacy:
        return Listing(_LEGACY_METHODS[kind], {"select": _LEGACY_SELECT[kind]}, told)
    # Phones come with everything alone (api-reference/crm/universal/object-fields.md).
    select = [*_OF_DEALS, *_readable(facts)] if kind == DEAL else ["*"]
    params = {"entityTypeId": kind, "select": select, "useOriginalUfNames": "Y"}
    return Listing("crm.item.list", params, told, "id", "id", "items")


def in_one_form(row: Row) -> dict[str, Any]:
    """A row with the names of `crm.item.*`, whichever dialect it came in."""
    return {_MODERN.get(key, key): value for key, value in row.items()}


def with_contacts(portal: Portal, facts: Facts, rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Deals with all their contacts; `crm.deal.list` tells one of them only.

    Raises:
        CrmError: they cannot be read.
    """
    told = [in_one_form(row) for row in rows]
    if not facts.legacy:
        return told
    asked = {own: row for row in told if (own := id_of(row.get("id"))) and row.get("contactId")}
    batched = portal.batch(
        {f"d{own}": ("crm.deal.contact.items.get", {"id": int(own)}) for own in asked}
    )
    for own, row in asked.items():
        if isinstance(batched.errors.get(f"d{own}"), CrmGoneError):
            continue  # deleted in between; the next reading tells
        linked = rows_of(batched.result(f"d{own}"))
        row["contactIds"] = [one.get("CONTACT_ID") for one in linked]
    return told


def _readable(facts: Facts) -> list[str]:
    return [code for code, one in facts.custom.items() if one.kind not in _FILES]
