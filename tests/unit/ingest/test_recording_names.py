"""Every telephone system's recording names, read from the right, in the PBX's time zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.names import facts_from_name
from models.vocabulary.call import CallFacts, Direction, MetadataSource

MOSCOW = ZoneInfo("Europe/Moscow")
ANNA = "79161234567"
UID = "1786518930.42"
NOON = "2026-08-12T10:15:30+03:00"
IN, OUT, INTERNAL = Direction.IN, Direction.OUT, Direction.INTERNAL


def read(name: str, **settings: object) -> CallFacts | None:
    return facts_from_name(PurePosixPath(name), MOSCOW, **settings)  # type: ignore[arg-type]  # the test's own keywords


def facts(started_at: str | None = NOON, **said: object) -> CallFacts:
    at = datetime.fromisoformat(started_at) if started_at else None
    return CallFacts(MetadataSource.FILENAME, started_at=at, **said)  # type: ignore[arg-type]  # the table's own keywords


STAMP = f"20260812-101530-{UID}"

FREEPBX = [
    (f"out-8{ANNA[1:]}-101-{STAMP}.wav", facts(call_id=UID, direction=OUT, from_number="101", to_number="89161234567", extension="101")),
    (f"in-74951234567-{ANNA}-{STAMP}.wav", facts(call_id=UID, direction=IN, from_number=ANNA, to_number="74951234567")),
    (f"in-74951234567-unknown-{STAMP}.WAV", facts(call_id=UID, direction=IN, from_number="unknown", to_number="74951234567")),
    (f"in-74951234567-anonymous-{STAMP}.wav", facts(call_id=UID, direction=IN, from_number="anonymous", to_number="74951234567")),
    (f"in-74951234567--{STAMP}.wav", facts(call_id=UID, direction=IN, to_number="74951234567")),
    (f"in-s-{ANNA}-{STAMP}.wav", facts(call_id=UID, direction=IN, from_number=ANNA, to_number="s")),
    (f"in-74951234567-+7 916 123-45-67-{STAMP}.wav", facts(call_id=UID, direction=IN, from_number="+7 916 123-45-67", to_number="74951234567")),
    (f"in-74951234567-Анна Петрова-{STAMP}.wav", facts(call_id=UID, direction=IN, from_number="Анна Петрова", to_number="74951234567")),
    (f"external-101-{ANNA}-{STAMP}.wav", facts(call_id=UID, from_number=ANNA, to_number="101", extension="101")),
    (f"exten-101-{ANNA}-{STAMP}.wav", facts(call_id=UID, from_number=ANNA, to_number="101", extension="101")),
    (f"internal-102-101-{STAMP}.ogg", facts(call_id=UID, direction=INTERNAL, from_number="101", to_number="102", extension="101")),
    (f"q-700-{ANNA}-{STAMP}.gsm", facts(call_id=UID, from_number=ANNA, to_number="700")),
    (f"rg-600-+{ANNA}-{STAMP}.wav", facts(call_id=UID, from_number="+" + ANNA, to_number="600")),
    (f"force-74951234567-{ANNA}-{STAMP}.wav", facts(call_id=UID, from_number=ANNA, to_number="74951234567")),
    (f"generic-600-{ANNA}-{STAMP}.wav", facts(call_id=UID, from_number=ANNA, to_number="600")),
    (f"ondemand-Unknown-101-{STAMP}.wav", facts(call_id=UID, from_number="101", to_number="Unknown", extension="101")),
    (f"ondemand-8-916-123-45-67-101-{STAMP}.wav", facts(call_id=UID, from_number="101", to_number="8-916-123-45-67", extension="101")),
    (f"parked-unknown-{ANNA}-{STAMP}.wav", facts(call_id=UID, from_number=ANNA, to_number="unknown")),
    (f"parked-101-{ANNA}-{STAMP}.wav", facts(call_id=UID, from_number=ANNA, to_number="101", extension="101")),
    (f"out-8-916-123-45-67-101-{STAMP}.wav", facts(call_id=UID, direction=OUT, from_number="101", to_number="8-916-123-45-67", extension="101")),
    (f"out-+{ANNA}-101-{STAMP}.mp3", facts(call_id=UID, direction=OUT, from_number="101", to_number="+" + ANNA, extension="101")),
    (f"out-{ANNA}-101-20260812-101530-pbx1-{UID}.wav", facts(call_id="pbx1-" + UID, direction=OUT, from_number="101", to_number=ANNA, extension="101")),
    (f"out-{ANNA}-101-20260812-101530-PBX-A-{UID}.wav", facts(call_id="PBX-A-" + UID, direction=OUT, from_number="101", to_number=ANNA, extension="101")),
    (f"8000-8000-always-{STAMP}.wav", facts(call_id=UID)),
    (f"600-101-yes-{STAMP}.wav", facts(call_id=UID, direction=INTERNAL, from_number="101", to_number="600", extension="101")),
    (f"page-600-101-{STAMP}.wav", facts(call_id=UID, direction=INTERNAL, from_number="101", to_number="600", extension="101")),
    (f"OUT101-{STAMP}.wav", facts(call_id=UID, direction=OUT, from_number="101", extension="101")),
    (f"q700-{STAMP}.wav", facts(call_id=UID, direction=IN, to_number="700")),
    (f"out-{ANNA}-101-{STAMP}.wav.mp3", facts(call_id=UID, direction=OUT, from_number="101", to_number=ANNA, extension="101")),
    (f"out-{ANNA}-101-{STAMP} (1).wav", facts(call_id=UID, direction=OUT, from_number="101", to_number=ANNA, extension="101")),
    (f"out-{ANNA}-101-{STAMP} - копия.wav", facts(call_id=UID, direction=OUT, from_number="101", to_number=ANNA, extension="101")),
    (f"20260812-101530-{ANNA}-101-{UID}.mp3", facts(call_id=UID, from_number=ANNA, to_number="101", extension="101")),
    (f"20260812-101530-101-{ANNA}-{UID}.mp3", facts(call_id=UID, from_number="101", to_number=ANNA, extension="101")),
    (f"{UID}.wav", facts(call_id=UID)),
    (f"pbx1-{UID}.wav", facts(call_id="pbx1-" + UID)),
    (f"2026/08/12/{UID}", facts(call_id=UID)),
    (f"{UID}-in.wav", facts(call_id=UID)),
    (f"{UID}_101.wav", facts(call_id=UID, extension="101")),
    (f"pickup_{UID}.webm", facts(call_id=UID)),
]  # fmt: skip

OTHERS = [
    ("[]_100-0836826436_20260812101530(2).wav", facts(direction=OUT, from_number="100", to_number="0836826436", extension="100")),
    ("[27836826436]_27836826436-100_20260812101530(3).wav", facts(direction=IN, from_number="27836826436", to_number="100", extension="100")),
    ("[Zinhle Phungula]_201-0114627554_20260812101530(380).wav", facts(direction=OUT, from_number="201", to_number="0114627554", extension="201", agent_name="Zinhle Phungula")),
    ("[Соколова Ирина]_101-79990005506_20260812101530(1508).wav", facts(direction=OUT, from_number="101", to_number="79990005506", extension="101", agent_name="Соколова Ирина")),
    ("[Анна [ООО Слон]]_79161234567-101_20260812101530(1).wav", facts(direction=IN, from_number=ANNA, to_number="101", extension="101")),
    ("[Котов Денис]_104-101_20260812101530(9).wav", facts(direction=INTERNAL, from_number="104", to_number="101", extension="104", agent_name="Котов Денис")),
    ("Recordings/101/[]_+79161234567-_20260812101530(380).wav", facts(from_number="+79161234567", extension="101")),
    ("2026/08/12/[]_+79161234567-_20260812101530(380).wav", facts(from_number="+79161234567")),
    ("auto-1786518930-021528797-6598.wav", facts(direction=IN, from_number="021528797", to_number="6598")),
    ("auto-1786518930-1000-89161234567.wav", facts(direction=OUT, from_number="1000", to_number="89161234567", extension="1000")),
    ("auto-1786518930-79161234567-101-2.wav", facts(direction=IN, from_number=ANNA, to_number="101")),
    (f"20260812101530-{UID}-4000-4001-Internal.wav", facts(call_id=UID, direction=INTERNAL, from_number="4000", to_number="4001", extension="4000")),
    (f"20260812101530-{UID}-+{ANNA}-4001-Inbound.wav", facts(call_id=UID, direction=IN, from_number="+" + ANNA, to_number="4001", extension="4001")),
    (f"20260812101530-{UID}-4000-8-916-123-45-67-Outbound.wav", facts(call_id=UID, direction=OUT, from_number="4000", to_number="8-916-123-45-67", extension="4000")),
    (f"2026/08/12/10/mikopbx-{UID}_aBcD12.webm", facts(call_id=f"mikopbx-{UID}_aBcD12", linked_id=f"mikopbx-{UID}", agent_channel=1)),
    ("pbx.example.org/archive/2026/Aug/12/0b5f1c1e-7a2d-4f6e-9a4b-1c2d3e4f5a6b.mp3", facts(None, call_id="0b5f1c1e-7a2d-4f6e-9a4b-1c2d3e4f5a6b", agent_channel=1)),
    ("0b5f1c1e-7a2d-4f6e-9a4b-1c2d3e4f5a6b.mp3", facts(None, call_id="0b5f1c1e-7a2d-4f6e-9a4b-1c2d3e4f5a6b")),
    ("20260812-101530_302_(252)792-8686_Outgoing_Auto_2243071124051.mp3", facts(call_id="2243071124051", direction=OUT, from_number="302", to_number="(252)792-8686", extension="302")),
    ("20260812-101530_(252)792-8686_Incoming_Auto_2243071124051.mp3", facts(call_id="2243071124051", direction=IN, from_number="(252)792-8686")),
    ("20260812-101530_302_+79161234567_Incoming_Auto_77.mp3", facts(call_id="77", direction=IN, from_number="+79161234567", to_number="302", extension="302")),
    ("3843658_260812_101530_AI_001OPERATOR_001_4837583_4B4F46C2_C0A80541.mp3", facts(call_id="4B4F46C2_C0A80541", direction=IN, from_number="4837583", to_number="001", extension="001")),
    ("101______260812_101530_AO_105_101_79161234567_4B4F46C2_C0A80541.mp3", facts(call_id="4B4F46C2_C0A80541", direction=IN, from_number=ANNA, to_number="101", extension="101")),
    ("101______260812_101530_AI_9_89161234567_101_4B4F46C2_C0A80541.mp3", facts(call_id="4B4F46C2_C0A80541", direction=OUT, from_number="101", to_number="89161234567", extension="101")),
]  # fmt: skip

GENERIC = [
    ("2026-08-12__10-15-30__79161234567__Котов Денис.mp3", facts(other_number=ANNA, agent_name="Котов Денис")),
    ("2026-08-12__10-15-30__+79161234567__Рябова О..ogg", facts(other_number="+79161234567", agent_name="Рябова О.")),
    ("2026-08-12_10-15-30_+79161234567_101.mp3", facts(from_number="+79161234567", to_number="101", extension="101")),
    ("2026-08-12 10.15.30 101 89161234567.wav", facts(from_number="101", to_number="89161234567", extension="101")),
    ("12.08.2026 10-15-30 Иванов Пётр +7 (916) 123-45-67.mp3", facts(other_number="+7 (916) 123-45-67", agent_name="Иванов Пётр")),
    ("10-15-30 12.08.2026 79161234567.mp3", facts(other_number=ANNA)),
    ("вх_79161234567_101_20260812_101530.mp3", facts(direction=IN, from_number=ANNA, to_number="101", extension="101")),
    ("исходящий 101 89161234567 20260812_101530.mp3", facts(direction=OUT, from_number="101", to_number="89161234567", extension="101")),
    ("89161234567_101_out_20260812101530.wav", facts(direction=OUT, from_number="101", to_number="89161234567", extension="101")),
    ("101_102_internal_20260812101530.wav", facts(direction=INTERNAL, from_number="101", to_number="102", extension="101")),
    ("Incoming call from 8-916-123-45-67 2026-08-12 10.15.30.m4a", facts(direction=IN, from_number="8-916-123-45-67")),
    ("260812_101530_101_89161234567_out.mp3", facts(direction=OUT, from_number="101", to_number="89161234567", extension="101")),
    ("REC_1786518930_89161234567_101.mp3", facts(from_number="89161234567", to_number="101", extension="101")),
    ("2026-08-12T10-15-30_74951234567_79161234567.mp3", facts(from_number="74951234567", to_number=ANNA)),
    ("20260812T071530Z_79161234567.ogg", facts(other_number=ANNA)),
    ("20260812T121530+0500_79161234567.ogg", facts(other_number=ANNA)),
    ("2026-08-12__10-15-30__anonymous__101.mp3", facts(from_number="anonymous", to_number="101", extension="101")),
    ("2026-08-12_10-15-30.mp3", facts()),
    ("79161234567.mp3", facts(None, other_number=ANNA)),
    ("2026-08-12/79161234567.mp3", facts(None, other_number=ANNA)),
]  # fmt: skip


@pytest.mark.parametrize(("name", "expected"), FREEPBX + OTHERS + GENERIC)
def test_the_names_of_every_system(name: str, expected: CallFacts) -> None:
    assert read(name) == expected


@pytest.mark.parametrize(
    "name", ["запись 12.mp3", "meeting.wav", "Новая папка/звонок.ogg", "1.mp3", "track 01.mp3"]
)
def test_names_that_say_nothing(name: str) -> None:
    assert read(name) is None


@pytest.mark.parametrize(
    "name",
    [
        "2026-13-45__10-15-30__79161234567__Котов Денис.mp3",
        "2026-02-30_10-15-30_79161234567.mp3",
        "20260812-251530_101_79161234567.mp3",
        "[]_101-79161234567_20261345101530(2).wav",
        "auto-0000000001-79161234567-6598.wav",
        "20260230-101530_302_89161234567_Outgoing_Auto_77.mp3",
        "00000000-000000_79161234567_101.mp3",
    ],
)  # fmt: skip
def test_an_impossible_date_is_no_date(name: str) -> None:
    said = read(name)
    assert said is not None
    assert said.started_at is None
    assert "79161234567" in {said.from_number, said.to_number, said.other_number} or said.call_id


def test_the_unique_id_has_the_second_where_the_date_cannot_be() -> None:
    said = read(f"out-{ANNA}-101-20261332-101530-{UID}.wav")
    assert said is not None
    assert said.started_at == datetime.fromisoformat(NOON)


def test_dates_are_in_the_zone_of_the_pbx() -> None:
    for zone in ("Asia/Yekaterinburg", "UTC", "America/New_York"):
        said = facts_from_name(PurePosixPath(f"in-1-{ANNA}-{STAMP}.wav"), ZoneInfo(zone))
        assert said is not None
        assert said.started_at == datetime(2026, 8, 12, 10, 15, 30, tzinfo=ZoneInfo(zone))


def test_epochs_are_utc_in_any_zone() -> None:
    said = facts_from_name(PurePosixPath(f"{UID}.wav"), ZoneInfo("Asia/Tokyo"))
    assert said is not None
    assert said.started_at == datetime(2026, 8, 12, 7, 15, 30, tzinfo=UTC)


def test_the_name_beats_the_folder_across_midnight() -> None:
    said = read(f"2026/08/13/in-74951234567-{ANNA}-20260812-235959-{UID}.wav")
    assert said is not None
    assert said.started_at == datetime(2026, 8, 12, 23, 59, 59, tzinfo=MOSCOW)


CUSTOMER = (
    (
        r"^zvonok_(?P<direction>in|out)_(?P<date>\d\d\.\d\d\.\d{4})_(?P<time>\d\d-\d\d-\d\d)"
        r"_(?P<from>\d+)_(?P<to>\d+)_ext(?P<extension>\d+)_(?P<call_id>\w+)\."
    ),
    r"calls/(?P<agent>[^/]+)/(?P<other>\d+)_(?P<epoch>\d+)",
    r"^deal(?P<deal_id>\d+)_(?P<date>\d{6})_(?P<time>\d{4})",
)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "zvonok_in_12.08.2026_10-15-30_79161234567_74951234567_ext101_A77.mp3",
            facts(call_id="A77", direction=IN, from_number=ANNA, to_number="74951234567", extension="101"),
        ),
        ("calls/Котов Денис/79161234567_1786518930.mp3", facts(other_number=ANNA, agent_name="Котов Денис")),
        ("deal2005_260812_1015.mp3", facts("2026-08-12T10:15:00+03:00", deal_id="2005")),
        ("zvonok_in_40.08.2026_10-15-30_79161234567_74951234567_ext101_A77.mp3",
            facts(None, call_id="A77", direction=IN, from_number=ANNA, to_number="74951234567", extension="101")),
        (f"{UID}.wav", facts(call_id=UID)),
    ],
)  # fmt: skip
def test_the_customers_patterns_go_first(name: str, expected: CallFacts) -> None:
    assert read(name, patterns=CUSTOMER) == expected


@given(
    st.datetimes(min_value=datetime(2015, 1, 1), max_value=datetime(2099, 12, 31)),  # noqa: DTZ001 - Moscow without summer time
    st.integers(min_value=9_000_000_000, max_value=9_999_999_999),
    st.integers(min_value=100, max_value=99_999),
)
def test_what_freepbx_writes_is_read_back(at: datetime, number: int, extension: int) -> None:
    name = f"out-8{number}-{extension}-{at:%Y%m%d-%H%M%S}-{UID}.wav"
    expected = at.replace(microsecond=0, tzinfo=MOSCOW).isoformat()
    assert read(name) == facts(
        expected, call_id=UID, direction=OUT, from_number=str(extension), to_number=f"8{number}", extension=str(extension)
    )  # fmt: skip


@given(st.text(min_size=1, max_size=60).filter(lambda text: "/" not in text and "\0" not in text))
def test_no_name_breaks_the_reader_or_is_dated_now(name: str) -> None:
    said = read(name + ".wav")
    if said is not None and said.started_at is not None:
        assert abs(said.started_at - datetime.now(UTC)) > timedelta(seconds=1)
