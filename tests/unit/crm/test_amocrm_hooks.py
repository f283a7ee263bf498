"""Web-hooks of amoCRM name what is to be read again; what is none of them is refused."""

from __future__ import annotations

import json
from urllib.parse import urlencode

import pytest

from crm.amocrm.hooks import read_hook
from models.vocabulary.crm import Thing

FORM = "application/x-www-form-urlencoded"

# Captured from a live account in 2018 (project's notes on interfaces, section 2.4), shortened.
CAPTURED = (
    "leads[status][0][id]=10701093&leads[status][0][name]=%D0%A1%D0%B0%D0%B9%D1%82"
    "&leads[status][0][status_id]=142&leads[status][0][old_status_id]=20067736"
    "&leads[status][0][price]=22500&leads[status][0][responsible_user_id]=2079676"
    "&leads[status][0][last_modified]=1539782664&leads[status][0][pipeline_id]=9217056"
    "&leads[status][0][tags][0][id]=80147&leads[status][0][account_id]=17769199"
    "&leads[status][0][custom_fields][0][id]=66339"
    "&leads[status][0][custom_fields][0][values][0][value]=%D0%A1%D0%B0%D0%B9%D1%82"
    "&leads[status][0][custom_fields][0][values][0][enum]=139517"
    "&leads[status][0][custom_fields][2][id]=72333"
    "&leads[status][0][custom_fields][2][values][0]=1542067200"
    "&account[subdomain]=apfitness"
)


def told(body: str | bytes, content_type: str = FORM) -> list[tuple[str, str]]:
    raw = body.encode() if isinstance(body, str) else body
    rung, token = read_hook(raw, content_type)
    assert token is None
    return [(thing.value, id_) for thing, id_ in rung.things]


def test_a_captured_move_names_its_deal_alone() -> None:
    assert told(CAPTURED) == [("deal", "10701093")]


@pytest.mark.parametrize(
    ("body", "things"),
    [
        ("leads[add][0][id]=1&leads[add][1][id]=2&leads[update][0][id]=1", "deal 1, deal 2"),
        ("leads[delete][0][id]=7&leads[delete][0][status_id]=143", "deal 7"),
        ("contacts[update][0][id]=5&contacts[update][0][type]=contact", "contact 5"),
        ("contacts[add][0][id]=6&contacts[add][0][type]=company", "company 6"),
        ("companies[add][0][id]=6", "company 6"),
        (
            "contacts[update][0][id]=5&contacts[update][0][linked_leads_id][9982719][ID]=9982719",
            "contact 5, deal 9982719",
        ),
        ("task[add][0][id]=9&task[add][0][element_id]=3&task[add][0][element_type]=2", "deal 3"),
        ("task[delete][0][id]=9&task[delete][0][element_id]=3&task[delete][0][element_type]=2", "deal 3"),
        (
            "leads[note][0][note][element_id]=3&leads[note][0][note][element_type]=2",
            "deal 3",
        ),
        ("contacts[note][0][note][element_id]=8&contacts[note][0][note][element_type]=1", "contact 8"),
        ("contacts[note][0][note][element_id]=8&contacts[note][0][note][element_type]=3", "company 8"),
        ("talk[update][0][talk_id]=1&talk[update][0][entity_id]=3&talk[update][0][entity_type]=lead", "deal 3"),
        ("message[add][0][id]=m&message[add][0][element_id]=3&message[add][0][element_type]=2", "deal 3"),
        ("leads[mail_in][id]=44&leads[mail_in][pipeline_id]=1", "deal 44"),
        ("leads[status][0][id]=1&leads[status][0][id]=2", "deal 2"),
        ("leads[add]=x&leads[add][0][id]=1", "deal 1"),
        ("leads[add][0][id]=&leads[add][1][id]=0&leads[add][2][id]=abc", ""),
        ("leads[add][0][id]=1%27%20OR%201", ""),
        ("account[subdomain]=x", ""),
    ],
)  # fmt: skip
def test_forms_of_every_kind_name_their_cards(body: str, things: str) -> None:
    assert ", ".join(f"{thing} {id_}" for thing, id_ in told(body)) == things


@pytest.mark.parametrize(
    "body",
    [
        {"lead": {"event": {"id": 44, "status_id": 142}}},
        {"lead": {"event": {"type": 17, "data": {"id": "44", "element_type": 2}}}},
        {"event": {"type_code": "lead_appeared_in_status", "data": {"id": 44, "element_type": 2}}},
        {"leads": {"status": [{"id": 44}]}},
        {"leads": {"status": {"0": {"id": 44}}}},
    ],
)
def test_the_digital_pipelines_forms_are_understood(body: object) -> None:
    assert told(json.dumps(body), "application/json") == [("deal", "44")]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"hello",
        b"a=1&b=2",
        b"{",
        b"[]",
        b"5",
        b"\xff\xfe",
        b"x" * (1 << 20) + b"y",
        ("leads" + "[a]" * 20 + "=1").encode(),
        urlencode([(f"leads[add][{n}][id]", n + 1) for n in range(1500)]).encode(),
        b"&".join(b"a=1" for _ in range(30_000)),
        b'{"a":' * 5000,
    ],
)
def test_what_is_none_of_amocrms_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        read_hook(body, FORM)


def test_a_hook_names_a_thing_once_however_often_it_says_it() -> None:
    many = urlencode([(f"leads[update][{n}][id]", 5) for n in range(500)])
    rung, _ = read_hook(many.encode(), FORM)
    assert rung.things == ((Thing.DEAL, "5"),)
