"""Bitrix24's single values, as odd as they come."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm.bitrix24.activities import activity_of, task_of, ties_of
from crm.bitrix24.cards import CardWords, company_of, contact_of, deal_of
from crm.bitrix24.facts import CustomField, Facts
from crm.bitrix24.items import in_one_form
from crm.bitrix24.papers import document_of, invoice_of, quote_of
from crm.bitrix24.stages import changes_of
from crm.bitrix24.values import (
    flag_of,
    id_of,
    ids_of,
    moment_of,
    multi_of,
    number_of,
    plain_text,
    rows_of,
)
from crm.rows import text_of

MOSCOW = timezone(timedelta(hours=3))
FACTS = Facts(
    legacy=False,
    scopes=frozenset(),
    custom={
        "UF_CRM_1": CustomField("UF_CRM_1", "Вид", "enumeration", choices={"31": "Сайт"}),
        "UF_CRM_2": CustomField("UF_CRM_2", "Сумма", "double"),
        "UF_CRM_3": CustomField("UF_CRM_3", "Срочно", "boolean"),
    },
)
WORDS = CardWords(FACTS, {})


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        ("15", "15"),
        (15, "15"),
        (" 7 ", "7"),
        ("007", "7"),
        (0, None),
        ("0", None),
        ("", None),
        (None, None),
        (True, None),
        (-4, None),
        ("12a", None),
        (1.5, None),
        ({}, None),
        ([3], None),
        ("9" * 40, None),
    ],
)
def test_an_id_is_a_number_above_zero(told: Any, meant: str | None) -> None:
    assert id_of(told) == meant


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        ("2024-08-30T14:29:00+02:00", datetime(2024, 8, 30, 12, 29, tzinfo=UTC)),
        ("2024-08-30 14:29:00", datetime(2024, 8, 30, 14, 29, tzinfo=UTC)),
        ("24.08.2023 13:19:39", datetime(2023, 8, 24, 13, 19, 39, tzinfo=UTC)),
        ("24.08.2023", datetime(2023, 8, 24, tzinfo=UTC)),
        ("2026-03-07", datetime(2026, 3, 7, tzinfo=UTC)),
        ("", None),
        ({}, None),
        ([], None),
        (False, None),
        (None, None),
        (1724916859, None),
        ("0000-00-00 00:00:00", None),
        ("31.02.2024", None),
        ("9999-12-31T03:00:00+03:00", None),
        ("yesterday", None),
    ],
)
def test_a_moment_is_a_date_near_our_time(told: Any, meant: datetime | None) -> None:
    assert moment_of(told) == meant


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        ("19999.99", 19999.99),
        (19000, 19000.0),
        ("100|RUB", 100.0),
        ("", None),
        (None, None),
        (True, None),
        ("NaN", None),
        ("inf", None),
        (float("nan"), None),
        ("1e400", None),
        ({}, None),
    ],
)
def test_a_number_may_be_written_as_a_text(told: Any, meant: float | None) -> None:
    assert number_of(told) == meant


def test_flags_lists_and_texts_come_in_every_form() -> None:
    yes: list[Any] = ["Y", True, 1, "1"]
    no: list[Any] = ["N", False, 0, "", None, {}, []]
    assert [flag_of(one) for one in (*yes, *no)] == [True] * 4 + [False] * 7
    assert rows_of({"1": {"a": 1}, "5": {"b": 2}}) == [{"a": 1}, {"b": 2}]
    assert rows_of([{"a": 1}, None, "x"]) == [{"a": 1}]
    assert [rows_of(one) for one in (*no, "x")] == [[]] * 8
    assert ids_of(["3", 3, 0, None, "4"]) == ("3", "4")
    assert ids_of({"0": 5}) == ("5",)
    assert ids_of(False) == ()
    assert text_of(" a\0b ") == "ab"
    assert plain_text("[B]До[/B] <br> пятницы [7]") == "До пятницы [7]"


def test_phones_come_as_multi_fields_of_both_forms() -> None:
    old: dict[str, Any] = {
        "PHONE": [{"ID": "156", "VALUE": "+7333333555", "TYPE_ID": "PHONE"}, {"VALUE": ""}, 7]
    }
    new = {
        "fm": [
            {"id": 1, "typeId": "PHONE", "value": "+7333333555"},
            {"id": 2, "typeId": "EMAIL", "value": "a@b.ru"},
            {"id": 3, "typeId": "PHONE", "value": "+7333333555"},
        ]
    }
    assert multi_of(old, "PHONE") == multi_of(new, "PHONE") == ("+7333333555",)
    assert multi_of(new, "EMAIL") == ("a@b.ru",)
    assert multi_of({"PHONE": False, "fm": None}, "PHONE") == ()


def test_a_deal_reads_the_same_in_both_dialects() -> None:
    # Shapes of crm.deal.get and crm.item.get in bitrix-tools/b24-rest-docs at 2ba82021 (MIT).
    old: dict[str, Any] = {
        "ID": "410",
        "TITLE": "Новая сделка #1",
        "STAGE_ID": "C9:UC_NYL06U",
        "STAGE_SEMANTIC_ID": "S",
        "CATEGORY_ID": "9",
        "OPPORTUNITY": "1000000.00",
        "CURRENCY_ID": "EUR",
        "COMPANY_ID": "9",
        "CONTACT_ID": "84",
        "ASSIGNED_BY_ID": "1",
        "SOURCE_ID": "CALLBACK",
        "DATE_CREATE": "2024-08-30T14:29:00+02:00",
        "DATE_MODIFY": "2024-08-30T15:29:00+02:00",
        "MOVED_TIME": "2024-08-30T15:00:00+02:00",
        "CLOSED": "Y",
        "CLOSEDATE": "2024-09-09T02:00:00+02:00",
        "LOCATION_ID": None,
        "UF_CRM_1": "31",
        "UF_CRM_2": "200.05",
        "UF_CRM_3": "1",
        "UF_CRM_4": {},
    }
    new = {
        "id": 410,
        "title": "Новая сделка #1",
        "stageId": "C9:UC_NYL06U",
        "stageSemanticId": "S",
        "categoryId": 9,
        "opportunity": 1000000,
        "currencyId": "EUR",
        "companyId": 9,
        "contactId": 84,
        "contactIds": [84],
        "assignedById": 1,
        "sourceId": "CALLBACK",
        "createdTime": "2024-08-30T14:29:00+02:00",
        "updatedTime": "2024-08-30T15:29:00+02:00",
        "movedTime": "2024-08-30T15:00:00+02:00",
        "closed": "Y",
        "closedate": "2024-09-09T02:00:00+02:00",
        "locationId": None,
        "UF_CRM_1": 31,
        "UF_CRM_2": 200.05,
        "UF_CRM_3": "Y",
        "UF_CRM_4": [],
    }
    one, other = deal_of(in_one_form(old), WORDS), deal_of(new, WORDS)
    assert one == other
    assert one is not None
    assert one.fields == {"Вид": "Сайт", "Сумма": 200.05, "Срочно": True}
    assert one.closed_at == datetime(2024, 8, 30, 15, tzinfo=timezone(timedelta(hours=2)))


def test_an_open_deal_with_a_planned_end_is_not_closed() -> None:
    row = {"id": 1, "stageId": "NEW", "createdTime": "2024-08-30T14:29:00+02:00", "closed": "N"}
    found = deal_of({**row, "closedate": "2024-09-09T02:00:00+02:00"}, WORDS)
    assert found is not None
    assert (found.closed_at, found.name, found.pipeline_id) == (None, "#1", "0")


def test_moves_come_as_numbers_or_as_texts() -> None:
    # A docs example has numbers; a captured answer of leshchenko1979/fast_bitrix24 (MIT,
    # tests/real_responses/stagehistory.py) has texts for everything.
    rows: list[dict[str, Any]] = [
        {"ID": 35, "TYPE_ID": 1, "OWNER_ID": 523, "STAGE_ID": "NEW"},
        {"ID": "7365", "TYPE_ID": "2", "OWNER_ID": "523", "STAGE_ID": "UC_KW9988"},
        {"ID": "7366", "TYPE_ID": "2", "OWNER_ID": "817", "STAGE_ID": "UC_KW9988"},
        {"ID": "7367", "OWNER_ID": "817", "STAGE_ID": None},
    ]
    found = changes_of([{**row, "CREATED_TIME": "2022-01-25T10:18:00+03:00"} for row in rows[::-1]])
    told = [(one.id, one.deal_id, one.from_id, one.to_id) for one in found]
    assert told == [
        ("35", "523", None, "NEW"),
        ("7365", "523", "NEW", "UC_KW9988"),
        ("7366", "817", None, "UC_KW9988"),
    ]
    assert found[0].at == datetime(2022, 1, 25, 10, 18, tzinfo=MOSCOW)


def test_a_deadline_at_the_end_of_time_is_none() -> None:
    row = {"ID": "9", "CREATED": "2024-08-30T14:29:00+02:00", "PROVIDER_ID": "CRM_TODO"}
    at = "2199-12-31T03:00:00+03:00"
    found = activity_of({**row, "DEADLINE": at, "END_TIME": at}, ties_of(row, ()))
    assert found is not None
    assert found.due_at is None


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=6,
)
NAMES = st.sampled_from(
    [
        "id",
        "ID",
        "title",
        "TITLE",
        "stageId",
        "stageSemanticId",
        "categoryId",
        "opportunity",
        "contactIds",
        "createdTime",
        "CREATED",
        "DATE_CREATE",
        "OWNER_ID",
        "OWNER_TYPE_ID",
        "STAGE_ID",
        "CREATED_TIME",
        "fm",
        "PHONE",
        "UF_CRM_1",
        "UF_CRM_3",
        "PROVIDER_ID",
        "PROVIDER_PARAMS",
        "COMPLETED",
        "DEADLINE",
        "ufCrmTask",
        "createdDate",
        "status",
        "dealId",
        "parentId2",
        "entityId",
        "createTime",
        "movedTime",
        "name",
    ]
)


@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(NAMES, ODD, max_size=12))
def test_no_row_however_odd_breaks_the_reading(row: dict[str, Any]) -> None:
    deal_of(in_one_form(row), WORDS)
    contact_of(in_one_form(row))
    company_of(in_one_form(row))
    activity_of(row, ties_of(row, (row,)))
    task_of(row)
    quote_of(row)
    invoice_of(row, frozenset())
    document_of(row)
    changes_of([row, row])
