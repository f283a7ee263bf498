"""The way in by OAuth: the page at which a person agrees, and tokens for the code from there."""

from __future__ import annotations

from urllib.parse import urlsplit

from crm.port import CrmAccess
from models.vocabulary.crm import CrmKind, Tokens
from models.vocabulary.errors import InvalidInputError

_HOMES = (".kommo.com", ".amocrm.com")


def page_to_agree(kind: CrmKind, address: str, *, client_id: str, state: str) -> str:
    """The page at which a person lets our integration in; it leads back with a code.

    Args:
        kind: which CRM.
        address: scheme, host and port of the account.
        client_id: of the integration.
        state: a secret of ours that comes back unchanged.

    Raises:
        InvalidInputError: this CRM has no OAuth.
    """
    match kind:
        case CrmKind.AMOCRM:
            from crm.amocrm.oauth import authorize_url as of_amocrm

            host = urlsplit(address).hostname or ""
            home = next((f"www{one}" for one in _HOMES if host.endswith(one)), "www.amocrm.ru")
            return of_amocrm(client_id, state, home=home)
        case CrmKind.BITRIX24:
            from crm.bitrix24.oauth import authorize_url as of_bitrix24

            return of_bitrix24(address, client_id, state)
        case _:
            raise _no_oauth(kind)


def tokens_for(kind: CrmKind, access: CrmAccess, code: str) -> Tokens:
    """The tokens that a CRM gives for a code, once and soon.

    Args:
        kind: which CRM.
        access: its keeper's tokens hold id, secret and redirect address of the integration.
        code: as the page gave it.

    Raises:
        CrmError: the code or the integration is not taken, or the CRM cannot be asked.
        InvalidInputError: this CRM has no OAuth.
    """
    client, code = access.keeper.tokens(), code.strip()
    match kind:
        case CrmKind.AMOCRM:
            from crm.amocrm.oauth import exchange_code as of_amocrm

            return of_amocrm(access, code)
        case CrmKind.BITRIX24:
            from crm.bitrix24.oauth import exchange_code as of_bitrix24

            return of_bitrix24(
                access.name,
                code=code,
                client_id=client.client_id or "",
                client_secret=client.client_secret or "",
                rules=access.rules,
            )
        case _:
            raise _no_oauth(kind)


def _no_oauth(kind: CrmKind) -> InvalidInputError:
    return InvalidInputError(kind.value, "has no OAuth", "Connect it by a token.")
