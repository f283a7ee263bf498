"""Opens the adapter of a CRM: a connected one, or one that is being connected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from core.crm_settings import CrmSettings
from core.outward import OutwardError
from core.settings import Settings
from crm.http import check_base
from crm.keeper import HeldTokens
from crm.keeper import TokenKeeper as KeptTokens
from crm.oauth import tokens_for
from crm.pace import pace_of
from crm.port import Adapter, CrmAccess, TokenKeeper
from crm.registry import open_crm
from models.crm_keys import crm_keys
from models.session import reading
from models.store.connections import find_connection, load_connections
from models.vocabulary.crm import Account, Connection, CrmKind, Shape, Tokens
from models.vocabulary.crm_write import OwnField
from models.vocabulary.errors import InvalidInputError


def open_adapter(
    database: Engine, connection: Connection, state: Path, settings: Settings
) -> Adapter:
    """The adapter of a connected CRM, which nothing was asked of yet; whoever opens it closes it.

    Its tokens are read when they are needed.
    """
    keys = crm_keys(state, settings.crm)
    keeper = KeptTokens(database, connection.id, connection.name, keys)
    return open_crm(
        connection.kind,
        _access(
            database,
            connection.name,
            connection.kind,
            connection.address,
            keeper,
            settings.crm,
            own_fields=own_fields_of(connection),
            options=connection.options,
        ),
    )


@dataclass(frozen=True, slots=True)
class Met:
    """A CRM that let us in: whose it is, its pipelines, and the tokens that it took."""

    account: Account
    shape: Shape
    tokens: Tokens


def meet(  # noqa: PLR0913, PLR0917 - what there is before a row
    database: Engine,
    name: str,
    kind: CrmKind,
    address: str,
    tokens: Tokens,
    settings: CrmSettings,
) -> Met:
    """Asks a CRM that is not connected yet who it is and what deals stand in there.

    Raises:
        CrmError: it does not let us in, or cannot be asked.
        StagecheckError: the database cannot be used.
    """
    adapter, keeper = open_unconnected(database, name, kind, address, tokens, settings)
    try:
        # Where it was asked is where it is asked from now on.
        account = replace(adapter.account(), address=address)
        return Met(account, adapter.shape(), keeper.tokens())
    finally:
        adapter.close()


def tokens_by_code(  # noqa: PLR0913, PLR0917 - whose code it is
    database: Engine,
    name: str,
    kind: CrmKind,
    address: str,
    client: Tokens,
    code: str,
    settings: CrmSettings,
) -> Tokens:
    """The tokens for a code of OAuth; `client` are id, secret and redirect of the integration.

    Raises:
        CrmError: the code is not taken, or the CRM cannot be asked.
        InvalidInputError: this CRM has no OAuth.
    """
    return tokens_for(
        kind, _access(database, name, kind, address, HeldTokens(client), settings), code
    )


def base_of(address: str, settings: CrmSettings) -> str:
    """A CRM's address as it is kept: scheme, host and port.

    Raises:
        InvalidInputError: no CRM may stand there.
    """
    try:
        return check_base(address, settings.rules)
    except (OutwardError, ValueError) as error:
        reason, remedy = _REASONS.get(str(error), _REASONS["no_address"])
        raise InvalidInputError(address.strip(), reason, remedy) from error


def open_unconnected(  # noqa: PLR0913, PLR0917 - what there is before a row
    database: Engine,
    name: str,
    kind: CrmKind,
    address: str,
    tokens: Tokens,
    settings: CrmSettings,
) -> tuple[Adapter, HeldTokens]:
    """The adapter of a CRM that is being connected, and what keeps its tokens meanwhile."""
    keeper = HeldTokens(tokens)
    access = _access(database, name, kind, address, keeper, settings)
    return open_crm(kind, access), keeper


_REASONS = {
    "no_address": ("is no address of a CRM", "Give it as https://HOST."),
    "password_in_address": ("has a name or password in it", "Leave them out."),
    "port_refused": ("has a port that is not asked at", "Add it to crm.ports."),
    "https_only": (
        "is not encrypted",
        "Use https://; http:// goes to the networks of crm.allow_networks alone.",
    ),
    "address_refused": (
        "leads into a network that is not open to CRMs",
        "Add the network to crm.allow_networks if it is yours.",
    ),
}


def known_connection(database: Engine, name: str) -> Connection:
    """The connection of a name.

    Raises:
        InvalidInputError: there is none.
        StagecheckError: the database cannot be used.
    """
    with reading(database) as session:
        found = find_connection(session, name)
        known = [one.name for one in load_connections(session)] if found is None else []
    if found is None:
        remedy = f"Connected: {', '.join(known)}." if known else "`stagecheck crm connect` does it."
        raise InvalidInputError(name, "is no connected CRM", remedy)
    return found


def own_fields_of(connection: Connection) -> dict[OwnField, str]:
    """What the CRM calls our own fields; those of another version of stagecheck are left out."""
    known = {field.value for field in OwnField}
    return {
        OwnField(name): str(theirs)
        for name, theirs in connection.own_fields.items()
        if name in known and theirs
    }


def _access(  # noqa: PLR0913, PLR0917 - what an adapter is made with
    database: Engine,
    name: str,
    kind: CrmKind,
    address: str,
    keeper: TokenKeeper,
    settings: CrmSettings,
    own_fields: Mapping[OwnField, str] | None = None,
    options: Mapping[str, Any] | None = None,
) -> CrmAccess:
    chosen = (options or {}).get("field_names") or {}
    return CrmAccess(
        name=name,
        address=address,
        keeper=keeper,
        pace=pace_of(database, address, kind, settings),
        rules=settings.rules,
        own_fields=dict(own_fields or {}),
        field_names={**settings.field_names, **chosen},
        language=settings.language,
    )
