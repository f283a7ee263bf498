"""Web-hooks of an account: asked for, looked at, and given up.

https://www.amocrm.ru/developers/content/crm_platform/webhooks-api. An administrator's token is
needed, and a tariff that has them. amoCRM switches a web-hook off whose address fails or is slow:
`disabled` says so, and asking for it again switches it on.
"""

from __future__ import annotations

from dataclasses import dataclass

from crm.amocrm.asking import Asking
from crm.amocrm.shapes import embedded
from crm.amocrm.values import flag, plain
from crm.port import CrmAccess
from models.vocabulary.crm import HookThere

SETTINGS = (
    "add_lead",
    "update_lead",
    "delete_lead",
    "restore_lead",
    "status_lead",
    "responsible_lead",
    "note_lead",
    "add_contact",
    "update_contact",
    "delete_contact",
    "restore_contact",
    "note_contact",
    "add_company",
    "update_company",
    "delete_company",
    "restore_company",
    "add_task",
    "update_task",
    "delete_task",
)


@dataclass(frozen=True, slots=True)
class HookState:
    """How a web-hook stands: whether amoCRM knows it, and whether it switched it off."""

    known: bool
    disabled: bool = False


def subscribe(access: CrmAccess, destination: str) -> HookState:
    """Has what changes told to an address of ours; done twice, it is told once.

    Raises:
        CrmShutError: the token's user is no administrator.
        CrmRefusedError: the address or the tariff does not do.
        CrmError: it came to nothing.
    """
    asks = Asking(access)
    try:
        subscribe_at(asks, destination)
        return _state(asks, destination)
    finally:
        asks.close()


def hook_state(access: CrmAccess, destination: str) -> HookState:
    """How a web-hook stands.

    Raises:
        CrmError: it came to nothing.
    """
    asks = Asking(access)
    try:
        return _state(asks, destination)
    finally:
        asks.close()


def unsubscribe(access: CrmAccess, destination: str) -> None:
    """Has nothing told to an address any more; done twice, it changes nothing.

    Raises:
        CrmError: it came to nothing.
    """
    asks = Asking(access)
    try:
        unsubscribe_at(asks, destination)
    finally:
        asks.close()


def hooks_there(asks: Asking) -> tuple[HookThere, ...]:
    """All web-hooks of the account, a hundred at most.

    Raises:
        CrmError: it came to nothing.
    """
    rows = embedded(asks.get("/webhooks").body, "webhooks")
    return tuple(
        HookThere(plain(row.get("destination")), on=not flag(row.get("disabled"))) for row in rows
    )


def subscribe_at(asks: Asking, destination: str) -> None:
    """Has what changes told to an address; see `subscribe`."""
    asks.send("POST", "/webhooks", {"destination": destination, "settings": list(SETTINGS)})


def unsubscribe_at(asks: Asking, destination: str) -> None:
    """Has nothing told to an address any more; see `unsubscribe`."""
    if _state(asks, destination).known:
        asks.send("DELETE", "/webhooks", {"destination": destination})


def _state(asks: Asking, destination: str) -> HookState:
    """Looked for among all, a hundred at most: a secret of ours stays out of queries."""
    body = asks.get("/webhooks").body
    for row in embedded(body, "webhooks"):
        if plain(row.get("destination")) == destination:
            return HookState(known=True, disabled=flag(row.get("disabled")))
    return HookState(known=False)
