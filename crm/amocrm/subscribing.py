"""Web-hooks of an account: asked for, looked at, and given up.

https://www.amocrm.ru/developers/content/crm_platform/webhooks-api. An administrator's token is
needed, and a tariff that has them. amoCRM switches a web-hook off whose address fails or is slow:
`disabled` says so, and asking for it again switches it on.
"""

from __future__ import annotations

from crm.amocrm.asking import Asking
from crm.amocrm.shapes import embedded
from crm.amocrm.values import flag, plain
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


def hooks_there(asks: Asking) -> tuple[HookThere, ...]:
    """All web-hooks of the account, a hundred at most.

    Raises:
        CrmError: it came to nothing.
    """
    rows = embedded(asks.get("/webhooks").body, "webhooks")
    return tuple(
        HookThere(plain(row.get("destination")), on=not flag(row.get("disabled"))) for row in rows
    )


def subscribe(asks: Asking, url: str) -> None:
    """Has what changes told to an address of ours; done twice, it is told once.

    Raises:
        CrmShutError: the token's user is no administrator.
        CrmRefusedError: the address or the tariff does not do.
        CrmError: it came to nothing.
    """
    asks.send("POST", "/webhooks", {"destination": url, "settings": list(SETTINGS)})


def unsubscribe(asks: Asking, url: str) -> None:
    """Has nothing told to an address any more; done twice, it changes nothing.

    It is looked for among all of them: a secret of ours stays out of queries.

    Raises:
        CrmError: it came to nothing.
    """
    if any(one.url == url for one in hooks_there(asks)):
        asks.send("DELETE", "/webhooks", {"destination": url})
