"""`stagecheck crm connect`: asks what is missing, looks around, and writes nothing unasked."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path

from crm.entry import Entry, read_entry
from crm.limits import limits_in
from crm.oauth import page_to_agree
from crm.opening import Met, base_of, meet, tokens_by_code
from flow.crms.fields import give_extensions, make_own_fields, map_fields
from flow.crms.place import Place
from flow.crms.stages import map_stages
from flow.crms.writing import show_preview, switch_on
from models.connections import free_name
from models.vocabulary.crm import Account, Connection, CrmKind, Shape, Tokens
from models.vocabulary.errors import InvalidInputError

_TOKEN = {
    CrmKind.AMOCRM: "Long-lived token of a private integration (not shown)",
    CrmKind.BITRIX24: "Address of an incoming web-hook, or its token (not shown)",
    CrmKind.BOTTLECRM: "Personal token, bcrm_pat_... (not shown)",
}
_ADDRESS = {
    CrmKind.AMOCRM: "Address of the account (studio.amocrm.ru)",
    CrmKind.BITRIX24: "Address of the portal (studio.bitrix24.ru)",
    CrmKind.BOTTLECRM: "Address of the CRM (https://crm.example.ru)",
}
_NEEDED = {
    "fields": "our fields",
    "notes": "notes",
    "tasks": "tasks",
    "tags": "tags",
    "transcripts": "transcripts of calls",
}


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the options of the command said."""

    kind: CrmKind
    name: str | None = None
    address: str | None = None
    token_file: Path | None = None
    oauth: bool = False


def connect(place: Place, wishes: Wishes) -> None:
    """Connects a CRM, step by step; a connected one may be given a new token.

    Raises:
        CrmError: the CRM does not let us in, or cannot be asked.
        StagecheckError: an answer is missing or wrong, or the database cannot be used.
    """
    known = next((one for one in place.all() if one.name == wishes.name), None)
    if known is not None:
        _give_token(place, wishes, known)
        return
    name = wishes.name or free_name(wishes.kind, [one.name for one in place.all()])
    entry = _entry(place, wishes, None)
    base = base_of(entry.address, place.settings.crm)
    place.desk.check_new(name, wishes.kind, base)
    met = _meet(place, wishes, name, base, entry)
    _tell(place, met.account)
    connection = place.desk.connect(
        name, wishes.kind, met.account, met.tokens, stages={}, options={}
    )
    place.ask.say(f"{name}: connected. Nothing is written into it yet.")
    _set_up(place, connection, met.shape)


def map_all(place: Place, connection: Connection) -> None:
    """Asks again which rules judge each pipeline, and which field and which extension is whose.

    Raises:
        CrmError: the CRM cannot be asked.
        StagecheckError: nobody answers, or the database cannot be used.
    """
    with place.asking(connection) as adapter:
        shape = adapter.shape()
    map_stages(place, connection, shape, anew=True)
    map_fields(place, place.again(connection), shape)
    give_extensions(place, place.again(connection), shape)


def _set_up(place: Place, connection: Connection, shape: Shape) -> None:
    """All that comes after the token; each step can be done again later."""
    map_stages(place, connection, shape, anew=True)
    connection = place.again(connection)
    map_fields(place, connection, shape)
    give_extensions(place, place.again(connection), shape)
    if place.ask.takes_usual:
        place.ask.say(_NEXT.format(name=connection.name))
        return
    show_preview(place, place.again(connection), deals=())
    with place.asking(connection) as adapter:
        make_own_fields(place, place.again(connection), adapter)
    if place.ask.agrees("Switch writing on now?", usual=False):
        switch_on(place, place.again(connection))
    place.ask.say(_NEXT.format(name=connection.name))


_NEXT = (
    "Next: `stagecheck up RECORDINGS --crm {name}` reads it and judges its deals, `stagecheck crm "
    "preview {name}` shows what would be written, `stagecheck crm write on {name}` switches "
    "writing on."
)


def _give_token(place: Place, wishes: Wishes, known: Connection) -> None:
    if known.kind is not wishes.kind:
        raise InvalidInputError(
            known.name, f"is a {known.kind.value}", "Choose another name: --name."
        )
    question = f"{known.name} ({known.address}) is connected. Give it a new token?"
    if not place.ask.agrees(question, usual=True):
        return
    entry = _entry(place, wishes, known.address)
    base = base_of(entry.address, place.settings.crm)
    met = _meet(place, wishes, known.name, base, entry)
    place.desk.give_tokens(known.id, met.account, met.tokens)
    _tell(place, met.account)
    place.ask.say(f"{known.name}: has a new token; reading goes on where it was.")


def _entry(place: Place, wishes: Wishes, known: str | None) -> Entry:
    address, token = wishes.address or known or "", ""
    if not wishes.oauth and wishes.token_file is not None:
        token = _read(wishes.token_file)
    entry = read_entry(wishes.kind, address, token)
    if not entry.token and not wishes.oauth and wishes.kind is CrmKind.BITRIX24:
        entry = read_entry(wishes.kind, address, place.ask.secret(_TOKEN[wishes.kind]))
    if not entry.address:
        entry = read_entry(wishes.kind, place.ask.text(_ADDRESS[wishes.kind]), entry.token)
    if not entry.token and not wishes.oauth:
        entry = read_entry(wishes.kind, entry.address, place.ask.secret(_TOKEN[wishes.kind]))
    if not entry.token and not wishes.oauth:
        raise InvalidInputError("the token", "is empty", "Copy it once more.")
    return entry


def _meet(place: Place, wishes: Wishes, name: str, base: str, entry: Entry) -> Met:
    tokens = _by_oauth(place, wishes.kind, name, base) if wishes.oauth else Tokens(entry.token)
    return meet(place.database, name, wishes.kind, base, tokens, place.settings.crm)


def _by_oauth(place: Place, kind: CrmKind, name: str, base: str) -> Tokens:
    ask = place.ask
    client_id = ask.text("Id of the integration (client_id)")
    client_secret = ask.secret("Its secret (client_secret; not shown)")
    redirect = ask.text("Its redirect address (redirect_uri)", "") or None
    state = secrets.token_urlsafe(16)
    page = page_to_agree(kind, base, client_id=client_id, state=state)
    ask.say(f"Open this page and agree:\n  {page}")
    ask.say("It leads to the redirect address with `code=...` in it. Be quick: codes end soon.")
    code = ask.secret("The code (not shown)")
    client = Tokens("", client_id=client_id, client_secret=client_secret, redirect=redirect)
    return tokens_by_code(place.database, name, kind, base, client, code, place.settings.crm)


def _tell(place: Place, account: Account) -> None:
    say = place.ask.say
    say(f"{account.name} ({account.address}), as {account.user}")
    say(f"  time zone {account.timezone}, currency {account.currency}")
    if account.limits:
        say(f"  limits: {limits_in(account, 'en')}")
    if account.may:
        say(f"  may: {', '.join(sorted(account.may))}")
        lacking = [told for right, told in _NEEDED.items() if right not in account.may]
        if lacking:
            say(f"  the token does not allow: {', '.join(lacking)}; these cannot be written")


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        raise InvalidInputError(
            str(path), f"cannot be read ({reason})", "Name the file with the token alone in it."
        ) from error
