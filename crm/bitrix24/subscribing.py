"""Web-hooks of a portal: asked for, looked at, and given up. Only an application may.

A web-hook's user sets up an outbound web-hook by hand instead. Sources: api-reference/events of
bitrix-tools/b24-rest-docs (event-bind.md, event-get.md, event-unbind.md).
"""

from __future__ import annotations

from collections.abc import Callable

from crm.bitrix24.events import THINGS, is_bound_already
from crm.bitrix24.portal import Portal
from crm.bitrix24.values import flag_of, rows_of
from crm.errors import CrmError, CrmGoneError
from crm.rows import text_of
from models.vocabulary.crm import HookThere

_Harmless = Callable[[CrmError], bool]


def hooks_there(portal: Portal) -> tuple[HookThere, ...]:
    """The addresses that the application's events go to.

    Raises:
        CrmError: they cannot be asked for; a web-hook may not.
    """
    rows = rows_of(portal.call("event.get").result)
    found = (text_of(row.get("handler")) for row in rows if not flag_of(row.get("offline")))
    return tuple(HookThere(url, on=True) for url in dict.fromkeys(found) if url is not None)


def subscribe(portal: Portal, url: str) -> None:
    """Has each event told to an address; what is told already is left as it is.

    Raises:
        CrmError: it cannot be set up; a web-hook may not.
    """
    _each(portal, "event.bind", url, harmless=is_bound_already)


def unsubscribe(portal: Portal, url: str) -> None:
    """Has nothing told to an address any more.

    Raises:
        CrmError: it cannot be given up; a web-hook may not.
    """
    _each(portal, "event.unbind", url, harmless=_is_gone)


def _each(portal: Portal, method: str, url: str, *, harmless: _Harmless) -> None:
    """For each event; done twice it does no harm, so that a lost answer needs no looking after."""
    commands = {name.lower(): (method, {"event": name, "handler": url}) for name in THINGS}
    for error in portal.batch(commands).errors.values():
        if not harmless(error):
            raise error


def _is_gone(error: CrmError) -> bool:
    return isinstance(error, CrmGoneError)
