"""`stagecheck crm hook`: the address that a CRM's web-hooks come to, and whether they do."""

from __future__ import annotations

from crm.errors import CrmError
from crm.hook_address import hook_there, send_no_more, send_to
from crm.port import Adapter
from crm.registry import hook_reader
from flow.crms.place import Place
from models.vocabulary.crm import Connection, CrmKind
from models.vocabulary.errors import InvalidInputError, StagecheckError

_BY_HAND = {
    CrmKind.AMOCRM: "amoCRM: Settings, Integrations, WebHooks: this address; deals and contacts "
    "added, changed, deleted, responsible and stage changed.",
    CrmKind.BITRIX24: "Bitrix24: Developer resources, Other, Outbound web-hook: this address; "
    "events ONCRMDEALADD, ONCRMDEALUPDATE, ONCRMDEALDELETE, ONCRMCONTACTUPDATE, "
    "ONCRMCOMPANYUPDATE, ONCRMACTIVITYADD. Copy the application token that is shown there.",
}


def show_hook(place: Place, connection: Connection) -> None:
    """Says whether there is an address for web-hooks, and whether the CRM sends there.

    Raises:
        StagecheckError: the database cannot be used.
    """
    say = place.ask.say
    _check(connection)
    if connection.hook is None:
        say(f"{connection.name}: takes no web-hooks. `stagecheck crm hook --new` makes an address.")
        return
    say(f"{connection.name}: takes web-hooks at an address that was shown once; --new replaces it.")
    try:
        with place.asking(connection) as adapter:
            there = hook_there(adapter, connection.hook)
    except CrmError as error:
        say(f"  Whether the CRM sends them cannot be told: {error}")
        return
    say(f"  {there.told}")


def new_hook(place: Place, connection: Connection) -> None:
    """Makes the address anew and sets it up at the CRM where it lets us.

    Raises:
        InvalidInputError: our own address is not set, or nobody answers.
        StagecheckError: the database cannot be used.
    """
    _check(connection)
    pages = place.settings.crm.pages or place.settings.oidc.pages
    if not pages:
        raise InvalidInputError(
            "setting `crm.pages`",
            "is missing",
            "Set it to the address under which the CRM reaches `stagecheck serve` "
            "(https://calls.example.ru).",
        )
    say = place.ask.say
    with place.asking(connection) as adapter:
        url = f"{pages.rstrip('/')}{place.desk.new_hook(connection.id)}"
        done = _subscribe(place, connection, adapter, url)
    if done:
        say(f"{connection.name}: the CRM sends its web-hooks now.")
        return
    say(f"Address, shown this once (it holds a secret):\n  {url}")
    say(_BY_HAND.get(connection.kind, ""))
    if connection.kind is CrmKind.BITRIX24:
        token = place.ask.secret("The application token (not shown; empty: none)")
        if token:
            place.desk.keep_hook_token(connection.id, token)


def drop_hook(place: Place, connection: Connection) -> None:
    """Takes no web-hooks any more, and has the CRM send none where it lets us.

    Raises:
        StagecheckError: the database cannot be used.
    """
    if connection.hook is not None:
        try:
            with place.asking(connection) as adapter:
                send_no_more(adapter, connection.hook)
        except StagecheckError as error:  # also where the key to its tokens is lost
            place.ask.say(f"The CRM could not be told: {error} Remove the web-hook there by hand.")
    place.desk.drop_hook(connection.id)
    place.ask.say(f"{connection.name}: takes no web-hooks any more.")


def _subscribe(place: Place, connection: Connection, adapter: Adapter, url: str) -> bool:
    try:
        return send_to(adapter, url, connection.hook)
    except CrmError as error:
        place.ask.say(f"The CRM does not let us set it up: {error}")
        return False


def _check(connection: Connection) -> None:
    if hook_reader(connection.kind) is None:
        raise InvalidInputError(
            connection.name,
            f"is a {connection.kind.value}, which cannot send us web-hooks",
            "It is asked every `crm.poll_s` seconds instead.",
        )
