"""What people paste to connect a CRM is taken apart, wherever they paste it."""

from __future__ import annotations

import pytest

from crm.entry import read_entry
from models.vocabulary.crm import CrmKind
from models.vocabulary.errors import InvalidInputError

AMO, BITRIX, BOTTLE = CrmKind.AMOCRM, CrmKind.BITRIX24, CrmKind.BOTTLECRM
HOOK = "https://studio.bitrix24.ru/rest/1/abcdef0123456789/"


@pytest.mark.parametrize(
    ("kind", "address", "token", "found"),
    [
        (AMO, "studio", "t0ken", ("https://studio.amocrm.ru", "t0ken")),
        (
            AMO,
            " https://studio.kommo.com/leads/pipeline/1?x=1 ",
            "s3cret\n",
            ("https://studio.kommo.com", "s3cret"),
        ),
        (AMO, "studio.amocrm.ru/", "", ("https://studio.amocrm.ru", "")),
        (BITRIX, "", HOOK, ("https://studio.bitrix24.ru", "1/abcdef0123456789")),
        (BITRIX, HOOK, "", ("https://studio.bitrix24.ru", "1/abcdef0123456789")),
        (BITRIX, HOOK + "profile.json", "", ("https://studio.bitrix24.ru", "1/abcdef0123456789")),
        (
            BITRIX,
            "studio",
            "1/abcdef0123456789/",
            ("https://studio.bitrix24.ru", "1/abcdef0123456789"),
        ),
        (
            BITRIX,
            "studio.bitrix24.ru/crm/deal/",
            "an-access-token",
            ("https://studio.bitrix24.ru", "an-access-token"),
        ),
        (
            BOTTLE,
            "http://127.0.0.1:8123/app",
            "bcrm_pat_x",
            ("http://127.0.0.1:8123", "bcrm_pat_x"),
        ),
        (BOTTLE, "", "", ("", "")),
    ],
)
def test_address_and_token_are_found(
    kind: CrmKind, address: str, token: str, found: tuple[str, str]
) -> None:
    entry = read_entry(kind, address, token)
    assert (entry.address, entry.token) == found
    assert not entry.token or entry.token not in repr(entry)


@pytest.mark.parametrize(
    ("address", "token"),
    [("studio", "two words"), ("studio", "токен"), ("http://[::1/x", "s3cret")],
)
def test_what_is_none_is_refused_without_being_told(address: str, token: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        read_entry(AMO, address, token)
    assert token not in str(refused.value)
