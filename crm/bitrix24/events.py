"""What an event of Bitrix24 is about, however it comes: by web-hook or from the offline queue.

Only the id is ever told, so that an event is a bell: the thing is read again.
"""

from __future__ import annotations

from collections.abc import Sequence

from crm.bitrix24.portal import Portal
from crm.bitrix24.values import code_of, id_of, rows_of
from crm.errors import CrmError, CrmRefusedError
from crm.rows import Row, row_of
from models.vocabulary.crm import Rung, Thing

THINGS = {
    "ONCRMDEALADD": Thing.DEAL,
    "ONCRMDEALUPDATE": Thing.DEAL,
    "ONCRMDEALDELETE": Thing.DEAL,
    "ONCRMDEALMOVETOCATEGORY": Thing.DEAL,
    "ONCRMCONTACTADD": Thing.CONTACT,
    "ONCRMCONTACTUPDATE": Thing.CONTACT,
    "ONCRMCONTACTDELETE": Thing.CONTACT,
    "ONCRMCOMPANYADD": Thing.COMPANY,
    "ONCRMCOMPANYUPDATE": Thing.COMPANY,
    "ONCRMCOMPANYDELETE": Thing.COMPANY,
    "ONCRMACTIVITYADD": Thing.ACTIVITY,
    "ONCRMACTIVITYUPDATE": Thing.ACTIVITY,
    "ONCRMACTIVITYDELETE": Thing.ACTIVITY,
    "ONVOXIMPLANTCALLEND": Thing.ACTIVITY,
}
# A call's end names its activity elsewhere, and cannot be bound offline.
OFFLINE = tuple(name for name in THINGS if name.startswith("ONCRM"))
_PAGE, _MOST_PAGES = 50, 40


def thing_of(event: str, data: Row) -> tuple[Thing, str] | None:
    """What is to be read again after an event; ``None`` where it is about nothing of ours."""
    thing = THINGS.get(event.upper())
    if thing is None:
        return None
    own = id_of(row_of(data.get("FIELDS")).get("ID")) or id_of(data.get("CRM_ACTIVITY_ID"))
    return (thing, own) if own is not None else None


def bind_offline(portal: Portal) -> None:
    """Has the portal keep what changes in its offline queue; bound twice, it is kept once.

    Raises:
        CrmError: it cannot be bound; a web-hook cannot.
    """
    commands = {
        name.lower(): ("event.bind", {"event": name, "event_type": "offline"}) for name in OFFLINE
    }
    batched = portal.batch(commands)
    for error in batched.errors.values():
        if not is_bound_already(error):
            raise error


def take_offline(portal: Portal) -> Rung:
    """What lies in the offline queue, taken out of it.

    What is taken and then lost by us is read at the next sweep: a bell proves nothing anyway.

    Raises:
        CrmError: it cannot be read; a web-hook cannot.
    """
    found: dict[tuple[Thing, str], None] = {}
    for _ in range(_MOST_PAGES):
        told = portal.call("event.offline.get", {"limit": _PAGE, "clear": 0})
        said = row_of(told.result)
        events = rows_of(said.get("events"))
        found.update(dict.fromkeys(_things(events)))
        process = code_of(said.get("process_id"))
        if process:
            portal.call("event.offline.clear", {"process_id": process})
        if len(events) < _PAGE:
            break
    return Rung(tuple(found))


def _things(events: Sequence[Row]) -> list[tuple[Thing, str]]:
    told = (
        thing_of(code_of(one.get("EVENT_NAME")), row_of(one.get("EVENT_DATA"))) for one in events
    )
    return [one for one in told if one is not None]


def is_bound_already(error: CrmError) -> bool:
    """Whether an error says that an event is bound as it was asked for."""
    return isinstance(error, CrmRefusedError) and "ERROR_EVENT_BINDING_EXISTS" in str(error)
