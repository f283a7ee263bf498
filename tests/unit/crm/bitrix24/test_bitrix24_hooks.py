"""Events of Bitrix24 are bells: what they say is bounded, and only an id is believed."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from crm.bitrix24.hooks import read_hook
from models.vocabulary.crm import Thing
from tests.fakes.crm.bitrix24 import APPLICATION_TOKEN, event_body

FORM = "application/x-www-form-urlencoded; charset=UTF-8"


@pytest.mark.parametrize(
    ("event", "thing"),
    [
        ("ONCRMDEALADD", Thing.DEAL),
        ("OnCrmDealUpdate", Thing.DEAL),
        ("ONCRMDEALDELETE", Thing.DEAL),
        ("ONCRMDEALMOVETOCATEGORY", Thing.DEAL),
        ("ONCRMCONTACTUPDATE", Thing.CONTACT),
        ("ONCRMCOMPANYDELETE", Thing.COMPANY),
        ("ONCRMACTIVITYADD", Thing.ACTIVITY),
    ],
)
def test_an_event_rings_for_what_changed(event: str, thing: Thing) -> None:
    rung, token = read_hook(event_body(event, 759), FORM)
    assert rung.things == ((thing, "759"),)
    assert token == APPLICATION_TOKEN


def test_the_end_of_a_call_rings_for_its_activity() -> None:
    body = urlencode(
        {
            "event": "ONVOXIMPLANTCALLEND",
            "data[CALL_ID]": "externalCall.716f1cb73def9700a23842adf9c4c568.1773130779",
            "data[CRM_ACTIVITY_ID]": "7943",
        }
    ).encode()
    rung, token = read_hook(body, FORM)
    assert rung.things == ((Thing.ACTIVITY, "7943"),)
    assert token is None


@pytest.mark.parametrize(
    "body",
    [
        {"event": "ONCRMLEADADD", "data[FIELDS][ID]": "1"},
        {"event": "ONAPPUNINSTALL", "data[LANGUAGE_ID]": "ru"},
        {"event": "ONCRMDEALUPDATE", "data[FIELDS][ID]": "0"},
        {"event": "ONCRMDEALUPDATE", "data[FIELDS]": "5"},
        {"event": "ONCRMDEALUPDATE", "data": "5"},
        {"event": "ONCRMDEALUPDATE", "data[FIELDS][ID][x]": "5"},
        {"event": "ONCRMDEALUPDATE", "data[FIELDS][ID]": "5; drop"},
        {"event": "ONVOXIMPLANTCALLEND", "data[CALL_ID]": "x"},
    ],
)
def test_what_is_nothing_of_ours_rings_for_nothing(body: dict[str, str]) -> None:
    rung, token = read_hook(urlencode(body).encode(), FORM)
    assert rung.things == ()
    assert token is None


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b'{"event":"ONCRMDEALUPDATE"}', "application/json"),
        (b"event=ONCRMDEALUPDATE", ""),
        (b"", FORM),
        (b"event=", FORM),
        (b"event[x]=1", FORM),
        (b"leads[status][0][id]=10701093", FORM),
        (b"event=ONCRMDEALUPDATE&data[FIELDS][ID]=\xff", FORM),
        (b"event=ONCRMDEALUPDATE&x=" + b"1" * 300_000, FORM),
        (b"event=ONCRMDEALUPDATE&" + b"&".join(b"a[%d]=1" % n for n in range(3000)), FORM),
    ],
)
def test_what_is_no_event_is_refused(body: bytes, kind: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_hook(body, kind)


def test_keys_as_deep_as_one_likes_cost_nothing() -> None:
    deep = "data" + "[a]" * 5000
    rung, _ = read_hook(f"event=ONCRMDEALADD&{deep}=1&data[FIELDS][ID]=7".encode(), FORM)
    assert rung.things == ((Thing.DEAL, "7"),)
