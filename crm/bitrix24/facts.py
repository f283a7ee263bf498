"""What a portal can do and what its deals look like: asked once, since it seldom changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from crm.bitrix24.errors import MissingMethodError
from crm.bitrix24.portal import Batched, Portal
from crm.bitrix24.values import code_of, flag_of, id_of, rows_of
from crm.errors import CrmError, CrmGoneError
from crm.rows import Row, row_of, text_of

DEAL, CONTACT, COMPANY, QUOTE, INVOICE = 2, 3, 4, 7, 31
_LABELS = ("formLabel", "listLabel", "filterLabel", "title")


@dataclass(frozen=True, slots=True)
class CustomField:
    """A custom field of deals; `choices` are the words behind the numbers of a list field."""

    code: str
    name: str
    kind: str
    required: bool = False
    choices: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Facts:
    """What a portal can do.

    `legacy`: it refuses `crm.item.*`, so that deals are read by `crm.deal.*`. `scopes` are the
    rights that we were given.
    """

    legacy: bool
    scopes: frozenset[str]
    custom: Mapping[str, CustomField]

    def has(self, scope: str) -> bool:
        """Whether we were given a right."""
        return scope in self.scopes


def ask_facts(portal: Portal) -> Facts:
    """What a portal can do.

    Raises:
        CrmError: it does not answer, or gives us no right to the CRM.
    """
    batched = portal.batch(
        {
            "scope": ("scope", {}),
            "modern": ("crm.item.fields", {"entityTypeId": DEAL, "useOriginalUfNames": "Y"}),
            "legacy": ("crm.deal.fields", {}),
        }
    )
    scopes = frozenset(map(code_of, _listed(batched.result("scope"))))
    # A portal without the method says so; one whose tariff lacks it denies access to it alone.
    legacy = "modern" in batched.errors and "legacy" in batched.told
    fields = _fields(batched, legacy=legacy)
    custom = {name: _custom(name, row_of(one)) for name, one in fields.items() if is_custom(name)}
    return Facts(legacy, scopes, custom)


def is_custom(name: str) -> bool:
    """Whether a field is one that people made."""
    return name.startswith("UF_")


def is_missing(error: CrmError) -> bool:
    """Whether an error says that a portal has no such thing at all (method, type, tariff)."""
    return isinstance(error, MissingMethodError | CrmGoneError)


def _fields(batched: Batched, *, legacy: bool) -> Row:
    if legacy:
        return row_of(batched.result("legacy"))
    return row_of(row_of(batched.result("modern")).get("fields"))


def _listed(result: Any) -> list[Any]:
    return result if isinstance(result, list) else []


def _custom(code: str, row: Row) -> CustomField:
    named = [text for key in _LABELS if (text := text_of(row.get(key))) and text != code]
    choices = {
        key: value
        for one in rows_of(row.get("items"))
        if (key := id_of(one.get("ID"))) and (value := text_of(one.get("VALUE")))
    }
    return CustomField(
        code,
        named[0] if named else code,
        code_of(row.get("type")),
        flag_of(row.get("isRequired")),
        choices,
    )
