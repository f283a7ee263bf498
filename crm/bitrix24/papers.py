"""Offers, invoices and generated documents of deals, as activities in our words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from crm.activity_kinds import activity_kind
from crm.bitrix24.facts import DEAL, INVOICE, QUOTE
from crm.bitrix24.listing import Listing
from crm.bitrix24.portal import Portal
from crm.bitrix24.values import code_of, id_of, ids_of, moment_of, number_of, rows_of
from crm.rows import Row, row_of, text_of
from models.vocabulary.deal import Activity, ActivityKind, ActivityType

_PARENT = f"parentId{DEAL}"
_DRAFT = "DRAFT"
_PAID = "P"  # the stage of a paid invoice as the portal makes it: DT31_<n>:P


def quote_listing(*, since: datetime | None = None, deals: Sequence[str] | None = None) -> Listing:
    """The list of offers."""
    return _items(QUOTE, "dealId", since, deals)


def invoice_listing(
    *, since: datetime | None = None, deals: Sequence[str] | None = None
) -> Listing:
    """The list of invoices."""
    return _items(INVOICE, _PARENT, since, deals)


def document_listing(
    *, since: datetime | None = None, deals: Sequence[str] | None = None
) -> Listing:
    """The list of documents that were made of templates."""
    told: dict[str, Any] = {"entityTypeId": DEAL}
    if since is not None:
        told[">=updateTime"] = since.isoformat(timespec="seconds")
    if deals is not None:
        told["@entityId"] = [int(one) for one in deals]
    select = ["id", "title", "number", "entityId", "entityTypeId", "createTime", "createdBy"]
    method = "crm.documentgenerator.document.list"
    return Listing(method, {"select": select}, told, "id", "id", "documents")


def paid_stages(portal: Portal) -> frozenset[str]:
    """The stages of invoices that mean that one is paid.

    Raises:
        CrmError: they cannot be read.
    """
    told = portal.call("crm.category.list", {"entityTypeId": INVOICE})
    categories = [id_of(row.get("id")) for row in rows_of(row_of(told.result).get("categories"))]
    asked = {
        f"c{one}": ("crm.status.list", {"filter": {"ENTITY_ID": f"SMART_INVOICE_STAGE_{one}"}})
        for one in categories
        if one is not None
    }
    batched = portal.batch(asked)
    rows = [row for name in asked for row in rows_of(batched.result(name))]
    return frozenset(code_of(row.get("STATUS_ID")) for row in rows if _is_success(row))


def quote_of(row: Row) -> Activity | None:
    """An offer in our words: done when it is no draft any more."""
    sent = code_of(row.get("stageId")).upper() not in ("", _DRAFT)
    return _paper(
        row,
        "quote",
        ActivityType.DOCUMENT,
        ActivityKind.PROPOSAL,
        deal_id=id_of(row.get("dealId")),
        completed_at=moment_of(row.get("updatedTime")) if sent else None,
    )


def invoice_of(row: Row, paid: frozenset[str]) -> tuple[Activity, ...]:
    """An invoice in our words, and its payment once it is paid."""
    stage = code_of(row.get("stageId"))
    is_paid = stage in paid or stage.rpartition(":")[2] == _PAID
    moved = moment_of(row.get("movedTime")) or moment_of(row.get("updatedTime"))
    invoice = _paper(
        row,
        "invoice",
        ActivityType.INVOICE,
        ActivityKind.INVOICE,
        deal_id=id_of(row.get(_PARENT)),
        due_at=moment_of(row.get("closedate")),
        completed_at=moved if is_paid else None,
    )
    if invoice is None or not is_paid or moved is None:
        return (invoice,) if invoice is not None else ()
    payment = Activity(
        id=f"payment:{invoice.id}",
        type=ActivityType.PAYMENT,
        kind=ActivityKind.PAYMENT,
        created_at=moved,
        deal_id=invoice.deal_id,
        contact_id=invoice.contact_id,
        completed_at=moved,
        amount=invoice.amount,
        subject=invoice.subject,
        user_id=invoice.user_id,
    )
    return invoice, payment


def document_of(row: Row) -> Activity | None:
    """A generated document in our words; what it is about is told by its name."""
    own, created_at = id_of(row.get("id")), moment_of(row.get("createTime"))
    if own is None or created_at is None:
        return None
    title = text_of(row.get("title"))
    form = ActivityType.DOCUMENT
    return Activity(
        id=f"document:{own}",
        type=form,
        kind=activity_kind(form, subject=title, file=title),
        created_at=created_at,
        deal_id=id_of(row.get("entityId")) if code_of(row.get("entityTypeId")) == "2" else None,
        completed_at=created_at,
        subject=title,
        user_id=id_of(row.get("createdBy")),
    )


def _items(
    kind: int, deal_key: str, since: datetime | None, deals: Sequence[str] | None
) -> Listing:
    told: dict[str, Any] = {}
    if since is not None:
        told[">=updatedTime"] = since.isoformat(timespec="seconds")
    if deals is not None:
        told[f"@{deal_key}"] = [int(one) for one in deals]
    select = (
        "id title stageId opportunity currencyId contactId contactIds createdTime updatedTime "
        f"closedate assignedById movedTime {deal_key}"
    ).split()
    if kind == QUOTE:
        select.remove("movedTime")
    return Listing(
        "crm.item.list", {"entityTypeId": kind, "select": select}, told, "id", "id", "items"
    )


def _paper(  # noqa: PLR0913 - what differs between papers
    row: Row,
    prefix: str,
    form: ActivityType,
    kind: ActivityKind,
    *,
    deal_id: str | None,
    due_at: datetime | None = None,
    completed_at: datetime | None = None,
) -> Activity | None:
    own, created_at = id_of(row.get("id")), moment_of(row.get("createdTime"))
    if own is None or created_at is None:
        return None
    contacts = ids_of(row.get("contactIds")) or ids_of([row.get("contactId")])
    return Activity(
        id=f"{prefix}:{own}",
        type=form,
        kind=kind,
        created_at=created_at,
        deal_id=deal_id,
        contact_id=contacts[0] if contacts else None,
        due_at=due_at,
        completed_at=completed_at,
        amount=number_of(row.get("opportunity")),
        subject=text_of(row.get("title")),
        user_id=id_of(row.get("assignedById")),
    )


def _is_success(row: Row) -> bool:
    word = code_of(row_of(row.get("EXTRA")).get("SEMANTICS")).lower()
    return code_of(row.get("SEMANTICS")).upper() == "S" or word == "success"
