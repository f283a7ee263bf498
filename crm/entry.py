"""What a person pastes to connect a CRM, taken apart: an address here, a token there, or both."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit

from models.vocabulary.crm import CrmKind
from models.vocabulary.errors import InvalidInputError

_HOOK = re.compile(r"/?(?:rest/)?(\d+)/([A-Za-z0-9]{6,})(?:/.*)?")
_HOMES = {CrmKind.AMOCRM: ".amocrm.ru", CrmKind.BITRIX24: ".bitrix24.ru"}


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a CRM is and what lets us in; what is not said is empty."""

    address: str
    token: str = field(repr=False)


def read_entry(kind: CrmKind, address: str, token: str) -> Entry:
    """Takes apart what was pasted.

    A Bitrix24 web-hook is shown as one address (``https://PORTAL/rest/USER/SECRET/``): it may stand
    in either field. `studio` alone is `studio.amocrm.ru` or `studio.bitrix24.ru`.

    Raises:
        InvalidInputError: the token has no form of one; it is not told.
    """
    address, token = address.strip(), token.strip()
    if kind is CrmKind.BITRIX24:
        address, token = _bitrix24(address, token)
    if re.search(r"\s", token) or not token.isascii():
        raise InvalidInputError(
            "the token", "has spaces or letters that no token has", "Copy it once more."
        )
    home = _HOMES.get(kind)
    if home and re.fullmatch(r"[A-Za-z0-9-]+", address):
        address = f"{address}{home}"
    return Entry(_without_path(address), token)


def _bitrix24(address: str, token: str) -> tuple[str, str]:
    for text in (token, address):
        if "/rest/" in text:
            parts = _parts(text)
            found = _HOOK.fullmatch(parts.path)
            if found:
                return f"{parts.scheme}://{parts.netloc}", f"{found[1]}/{found[2]}"
    found = _HOOK.fullmatch(token)
    return (address, f"{found[1]}/{found[2]}") if found else (address, token)


def _without_path(address: str) -> str:
    """Scheme, host and port: whoever copies from a browser copies more."""
    if not address:
        return ""
    parts = _parts(address)
    return f"{parts.scheme}://{parts.netloc}"


def _parts(address: str) -> SplitResult:
    try:
        return urlsplit(address if "://" in address else f"https://{address}")
    except ValueError as error:
        raise InvalidInputError(
            "the address", "is no address of a CRM", "Give it as https://HOST."
        ) from error
