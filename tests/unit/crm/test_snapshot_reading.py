"""A good snapshot file becomes our words, however a CRM writes its values."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from core.crm_settings import CrmSettings
from crm.snapshot import SnapshotFile, SnapshotRead, read_snapshot
from models.vocabulary.deal import ActivityKind, CrmSnapshot, StageKind

YEKATERINBURG = ZoneInfo("Asia/Yekaterinburg")


def bakery() -> dict[str, Any]:
    """The CRM of a bakery that sells coffee machines to offices."""
    return {
        "as_of": "2026-03-20T18:00:00+05:00",
        "timezone": "Asia/Yekaterinburg",
        "crm": "amocrm",
        "pipelines": [
            {
                "id": 5,
                "name": "Кофе в офис",
                "template": "b2b_kpi",
                "stages": [
                    {"id": 51, "name": "База", "key": "base", "kind": "open"},
                    {"id": 52, "name": "Предложение"},
                    {"id": 142, "name": "Успешно реализовано"},
                    {"id": 143, "name": "Закрыто и не реализовано"},
                ],
            }
        ],
        "users": [{"id": 7, "name": "Глеб Орешкин", "extensions": [301, "302"], "phones": None}],
        "companies": [
            {"id": "c1", "name": "ООО «Северный Ветер»", "fields": {"phone": "8 343 000-70-10"}}
        ],
        "contacts": [
            {"id": 90, "name": "Алла Рысева", "company_id": "c1", "phones": "8 912 000-70-11"}
        ],
        "deals": [
            {
                "id": 700,
                "name": "Кофемашина на этаж",
                "pipeline_id": 5,
                "stage_id": "52",
                "amount": "240 000,50 ₽",
                "contact_ids": [90],
                "company_id": "c1",
                "responsible_id": 7,
                "created_at": "2026-03-02T10:00:00",
                "closed_at": None,
                "source": "",
                "fields": {"order_type": None, "needs": "зерно, вода"},
            }
        ],
        "stage_changes": [
            {"deal_id": 700, "from": None, "to": 51, "at": "2026-03-02T10:00:00Z", "by": 7}
        ],
        "activities": [
            {
                "id": 1,
                "deal_id": 700,
                "type": "payment",
                "created_at": "2026-03-05",
                "amount": "120000",
            }
        ],
        "webhooks": ["ignored"],
    }


def read(tmp_path: Path, document: object, **names: str) -> SnapshotRead:
    path = tmp_path / "crm.json"
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return read_snapshot(path, CrmSettings(field_names=names))


def snapshot_of(tmp_path: Path, document: object, **names: str) -> CrmSnapshot:
    return read(tmp_path, document, **names).snapshot


def test_a_clean_file_gives_no_warnings(tmp_path: Path) -> None:
    assert read(tmp_path, bakery()).warnings == ()


def test_numeric_ids_and_extensions_become_texts(tmp_path: Path) -> None:
    snapshot = snapshot_of(tmp_path, bakery())
    deal = snapshot.deals[0]
    assert (deal.id, deal.pipeline_id, deal.stage_id) == ("700", "5", "52")
    assert deal.contact_ids == ("90",)
    assert snapshot.users[0].extensions == ("301", "302")
    assert snapshot.stage_changes[0].to_id == "51"


def test_a_time_without_offset_is_in_the_snapshots_zone(tmp_path: Path) -> None:
    snapshot = snapshot_of(tmp_path, bakery())
    assert snapshot.deals[0].created_at == datetime(2026, 3, 2, 10, tzinfo=YEKATERINBURG)
    assert snapshot.stage_changes[0].at == datetime(2026, 3, 2, 10, tzinfo=UTC)
    assert snapshot.activities[0].created_at == datetime(2026, 3, 5, tzinfo=YEKATERINBURG)


def test_null_blank_and_missing_say_the_same(tmp_path: Path) -> None:
    snapshot = snapshot_of(tmp_path, bakery())
    assert snapshot.deals[0].closed_at is None
    assert snapshot.deals[0].source is None
    assert snapshot.deals[0].fields == {"needs": "зерно, вода"}
    assert snapshot.users[0].phones == ()
    assert snapshot.stage_changes[0].from_id is None


def test_a_table_that_is_null_is_empty(tmp_path: Path) -> None:
    snapshot = snapshot_of(tmp_path, {**bakery(), "activities": None, "stage_changes": None})
    assert snapshot.activities == ()
    assert snapshot.stage_changes == ()


def test_one_phone_may_stand_without_a_list(tmp_path: Path) -> None:
    assert snapshot_of(tmp_path, bakery()).contacts[0].phones == ("8 912 000-70-11",)


def test_a_phone_among_a_companys_custom_fields_is_its_phone(tmp_path: Path) -> None:
    document = bakery()
    document["companies"][0]["phones"] = ["8 343 000-70-10", "8 343 000-70-12"]
    phones = snapshot_of(tmp_path, document).companies[0].phones
    assert phones == ("8 343 000-70-10", "8 343 000-70-12")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("240 000,50 ₽", 240000.5),
        ("1,200,000.25", 1200000.25),
        ("418\u00a0000 руб.", 418000.0),
        (0, 0.0),
        ("99.9", 99.9),
    ],
)
def test_amounts_are_read_as_people_write_them(
    tmp_path: Path, written: object, meant: float
) -> None:
    document = bakery()
    document["deals"][0]["amount"] = written
    assert snapshot_of(tmp_path, document).deals[0].amount == meant


def test_amocrms_fixed_stages_need_no_kind(tmp_path: Path) -> None:
    stages = snapshot_of(tmp_path, bakery()).pipelines[0].stages
    assert [stage.kind for stage in stages] == [
        StageKind.OPEN,
        StageKind.OPEN,
        StageKind.WON,
        StageKind.LOST,
    ]


def test_a_deals_status_repeats_the_kind_of_its_stage(tmp_path: Path) -> None:
    document = bakery()
    document["deals"][0] |= {"stage_id": 143, "status": "open"}
    result = read(tmp_path, document)
    assert result.snapshot.deals[0].status is StageKind.LOST
    assert "deals[0].status" in result.warnings[0]


def test_a_card_closed_on_an_open_stage_stays_closed(tmp_path: Path) -> None:
    document = bakery()
    document["deals"][0]["status"] = "lost"
    assert snapshot_of(tmp_path, document).deals[0].status is StageKind.LOST


def test_an_activity_without_kind_is_about_what_its_type_says(tmp_path: Path) -> None:
    assert snapshot_of(tmp_path, bakery()).activities[0].kind is ActivityKind.PAYMENT


def test_a_deal_needs_no_contacts(tmp_path: Path) -> None:
    document = bakery()
    del document["deals"][0]["contact_ids"]
    assert snapshot_of(tmp_path, document).deals[0].contact_ids == ()


def test_custom_field_names_are_mapped_by_settings(tmp_path: Path) -> None:
    document = bakery()
    deal = document["deals"][0]
    deal["UF_CRM_1"] = "Аренда машины"
    deal["fields"]["UF_CRM_2"] = "14 человек"
    deal["ASSIGNED_BY_ID"] = deal.pop("responsible_id")
    document["leads"] = document.pop("deals")
    snapshot = snapshot_of(
        tmp_path,
        document,
        UF_CRM_1="order_type",
        UF_CRM_2="employees",
        ASSIGNED_BY_ID="responsible_id",
        leads="deals",
    )
    assert snapshot.deals[0].responsible_id == "7"
    assert snapshot.deals[0].fields == {
        "needs": "зерно, вода",
        "order_type": "Аренда машины",
        "employees": "14 человек",
    }


def test_our_own_name_wins_over_a_mapped_one(tmp_path: Path) -> None:
    document = bakery()
    document["deals"][0]["TITLE"] = "старое имя"
    assert snapshot_of(tmp_path, document, TITLE="name").deals[0].name == "Кофемашина на этаж"


@pytest.mark.parametrize(
    ("table", "row", "place"),
    [
        ("contacts", {"id": 91, "company_id": "c9"}, "contacts[1].company_id"),
        (
            "stage_changes",
            {"deal_id": 701, "to": 51, "at": "2026-03-02T10:00:00Z"},
            "stage_changes[1].deal_id",
        ),
        (
            "stage_changes",
            {"deal_id": 700, "to": 59, "at": "2026-03-02T10:00:00Z"},
            "stage_changes[1].to",
        ),
        (
            "activities",
            {"id": 2, "type": "note", "created_at": "2026-03-05", "user_id": 8},
            "activities[1].user_id",
        ),
        ("activities", {"id": 1, "type": "note", "created_at": "2026-03-05"}, "activities[1].id"),
    ],
)
def test_a_partial_export_is_read_with_a_warning(
    tmp_path: Path, table: str, row: dict[str, Any], place: str
) -> None:
    document = bakery()
    document[table].append(row)
    warnings = read(tmp_path, document).warnings
    assert len(warnings) == 1
    assert f"`{place}`" in warnings[0]


def test_of_two_activities_with_one_id_the_first_stays(tmp_path: Path) -> None:
    document = bakery()
    document["activities"].append({"id": 1, "type": "note", "created_at": "2026-03-05"})
    assert [a.type.value for a in snapshot_of(tmp_path, document).activities] == ["payment"]


def test_a_missing_zone_is_taken_from_as_of(tmp_path: Path) -> None:
    document = bakery()
    del document["timezone"]
    result = read(tmp_path, document)
    assert result.snapshot.deals[0].created_at == datetime(2026, 3, 2, 10, tzinfo=YEKATERINBURG)
    assert "timezone" in result.warnings[0]


def test_the_file_is_a_crm_that_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "crm.json"
    path.write_text("\ufeff" + json.dumps(bakery()), encoding="utf-8")
    assert SnapshotFile(path, CrmSettings()).snapshot().crm == "amocrm"
