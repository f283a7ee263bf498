"""Facts of sidecar, CDR, name and file become one call; the most trusted source wins."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from models.vocabulary.call import Direction, MetadataSource
from models.vocabulary.errors import InvalidInputError
from tests.fakes.recordings_folder import RecordingsFolder, cdr_row

MOSCOW = ZoneInfo("Europe/Moscow")
ANNA = "+79161234567"
NAME = "out-89161234567-102-20260812-101530-1786518930.42"
IN, OUT, INTERNAL = Direction.IN, Direction.OUT, Direction.INTERNAL


def test_the_name_alone(recordings: RecordingsFolder) -> None:
    recordings.wav(f"2026/08/12/{NAME}.wav")
    call = recordings.only_call()
    assert call.call_id == "1786518930.42"
    assert call.recording == f"2026/08/12/{NAME}.wav"
    assert call.started_at == datetime(2026, 8, 12, 10, 15, 30, tzinfo=MOSCOW)
    assert (call.direction, call.client_number) == (OUT, ANNA)
    assert (call.extension, call.user_id) == ("102", "u102")
    assert call.metadata_from is MetadataSource.FILENAME
    assert call.started_at_exact


def test_the_sidecar_wins_field_by_field(recordings: RecordingsFolder) -> None:
    recordings.wav(f"{NAME}.wav")
    recordings.sidecar(f"{NAME}.wav.json", {"from": "101", "extension": "101", "deal_id": "2005"})
    recordings.cdr(cdr_row("102", "89161234567", "PJSIP/102-0000002a", "PJSIP/trunk-0000002b"))
    call = recordings.only_call()
    assert call.metadata_from is MetadataSource.SIDECAR
    assert (call.extension, call.user_id, call.deal_id) == ("101", "u101", "2005")
    assert (call.client_number, call.answered, call.talk_s) == (ANNA, True, 148)


def test_a_sidecar_may_drop_the_recordings_extension(recordings: RecordingsFolder) -> None:
    recordings.wav("a.mp3")
    recordings.sidecar("a.json", {"user_id": "u104", "agent_channel": 1})
    call = recordings.only_call()
    assert (call.user_id, call.agent_channel) == ("u104", 1)


def test_an_empty_sidecar_is_no_source(recordings: RecordingsFolder) -> None:
    recordings.wav(f"{NAME}.wav")
    recordings.sidecar(f"{NAME}.json", {"comment": "ok"})
    assert recordings.only_call().metadata_from is MetadataSource.FILENAME


def test_a_broken_sidecar_is_listed_and_the_recording_stays(recordings: RecordingsFolder) -> None:
    recordings.wav(f"{NAME}.wav")
    recordings.write(f"{NAME}.wav.json", b'{"direction": "in"')
    gathered = recordings.gather()
    assert gathered.arrived[0].call.direction is OUT
    (problem,) = gathered.problems
    assert (problem.recording, problem.error) == (f"{NAME}.wav", "bad_sidecar")
    assert f"{NAME}.wav.json: expected a JSON object" in problem.detail


def test_a_manifest_speaks_for_many(recordings: RecordingsFolder) -> None:
    recordings.wav("2026/a.wav")
    recordings.wav("2026/b.wav")
    recordings.write(
        "list.csv",
        "\ufeffrecording;direction;from;to;started_at\n"
        "2026/a.wav;in;8 916 123-45-67;101;2026-08-12T10:15:30+03:00\n"
        "b;out;102;8 916 123-45-67;\n"
        "c.wav;out;102;8 916 123-45-67;\n",
    )
    gathered = recordings.gather()
    calls = {arrived.call.recording: arrived.call for arrived in gathered.arrived}
    assert calls["2026/a.wav"].direction is IN
    assert calls["2026/a.wav"].user_id == "u101"
    assert calls["2026/b.wav"].client_number == ANNA
    assert calls["2026/b.wav"].user_id == "u102"
    (problem,) = gathered.problems
    assert (problem.recording, problem.error) == ("c.wav", "recording_missing")
    assert "list.csv, line 4" in problem.detail


def test_a_sidecar_without_its_recording_is_listed(recordings: RecordingsFolder) -> None:
    recordings.wav("a.wav")
    recordings.sidecar("b.wav.json", {"direction": "in"})
    recordings.sidecar("crm.json", {"as_of": "2026-11-20T18:00:00+03:00", "deals": []})
    problems = recordings.gather().problems
    assert [(problem.recording, problem.error) for problem in problems] == [
        ("b.wav.json", "recording_missing")
    ]


def test_the_files_own_date_is_the_last_resort_and_says_so(recordings: RecordingsFolder) -> None:
    path = recordings.wav("запись.wav")
    recordings.touch(path, datetime(2026, 8, 12, 7, 15, 30, tzinfo=UTC).timestamp())
    call = recordings.only_call()
    assert call.started_at == datetime(2026, 8, 12, 10, 15, 30, tzinfo=MOSCOW)
    assert call.metadata_from is MetadataSource.FILE
    assert not call.started_at_exact
    assert call.call_id == "запись"
    assert (call.direction, call.client_number, call.user_id) == (None, None, None)


@pytest.mark.parametrize("folder", ["2026/08/12", "pbx/archive/2026/Aug/12", "2026-08-12"])
def test_a_copied_files_date_gives_way_to_the_folders(
    recordings: RecordingsFolder, folder: str
) -> None:
    path = recordings.wav(f"{folder}/0b5f1c1e-7a2d-4f6e-9a4b-1c2d3e4f5a6b.mp3")
    recordings.touch(path, datetime(2026, 9, 1, 12, tzinfo=UTC).timestamp())
    call = recordings.only_call()
    assert call.started_at == datetime(2026, 8, 12, tzinfo=MOSCOW)
    assert not call.started_at_exact


def test_an_impossible_date_never_becomes_now(recordings: RecordingsFolder) -> None:
    path = recordings.wav("2026-13-45__10-15-30__79161234567__Котов Денис.mp3")
    recordings.touch(path, datetime(2026, 8, 12, 7, 15, 30, tzinfo=UTC).timestamp())
    call = recordings.only_call()
    assert call.started_at == datetime(2026, 8, 12, 10, 15, 30, tzinfo=MOSCOW)
    assert not call.started_at_exact
    assert (call.client_number, call.user_id) == (ANNA, "u104")
    assert call.metadata_from is MetadataSource.FILENAME


@pytest.mark.parametrize(
    ("name", "direction", "client", "extension"),
    [
        ("in-74951234567-79161234567-{}.wav", IN, ANNA, None),
        ("in-74951234567-anonymous-{}.wav", IN, None, None),
        ("in-74951234567-unknown-{}.wav", IN, None, None),
        ("external-101-79161234567-{}.wav", IN, ANNA, "101"),
        ("external-101-Restricted-{}.wav", IN, None, "101"),
        ("external-101-102-{}.wav", INTERNAL, None, "102"),
        ("internal-102-101-{}.wav", INTERNAL, None, "101"),
        ("exten-102-101-{}.wav", INTERNAL, None, "101"),
        ("q-700-79161234567-{}.wav", IN, ANNA, None),
        ("q-700-101-{}.wav", INTERNAL, None, "101"),
        ("rg-600-8(916)123-45-67-{}.wav", IN, ANNA, None),
        ("force-89161234567-101-{}.wav", OUT, ANNA, "101"),
        ("ondemand-89161234567-101-{}.wav", OUT, ANNA, "101"),
        ("ondemand-Unknown-101-{}.wav", None, None, "101"),
        ("parked-101-79161234567-{}.wav", IN, ANNA, "101"),
        ("out-375291234567-101-{}.wav", OUT, "+375291234567", "101"),
        ("out-8-916-123-45-67-101-{}.wav", OUT, ANNA, "101"),
        ("out-103-101-{}.wav", OUT, None, "101"),
        ("in-79161234567-74950001101-{}.wav", IN, None, None),
        ("8000-8000-always-{}.wav", None, None, None),
        ("600-101-yes-{}.wav", INTERNAL, None, "101"),
    ],
)
def test_who_called_whom(
    recordings: RecordingsFolder,
    name: str,
    direction: Direction | None,
    client: str | None,
    extension: str | None,
) -> None:
    recordings.wav(name.format("20260812-101530-1786518930.42"))
    call = recordings.only_call()
    assert (call.direction, call.client_number, call.extension) == (direction, client, extension)


def test_our_own_numbers_are_never_a_client(recordings: RecordingsFolder) -> None:
    recordings.wav("20260812-101530-74951234567-79161234567-1786518930.42.wav")
    recordings.wav("20260812-101630-79161234567-74951234567-1786518990.43.wav")
    recordings.wav("20260812-101730-79161234567-79160000012-1786519050.44.wav")
    calls = [
        arrived.call for arrived in recordings.gather(own_numbers=("8 495 123-45-67",)).arrived
    ]
    assert [call.client_number for call in calls] == [ANNA] * 3
    assert [call.direction for call in calls] == [OUT, IN, IN]
    assert calls[2].user_id == "u102"


def test_two_strangers_leave_the_client_open(recordings: RecordingsFolder) -> None:
    recordings.wav("20260812-101530-74951234567-79161234567-1786518930.42.wav")
    call = recordings.only_call()
    assert (call.direction, call.client_number) == (None, None)


def test_a_did_seen_in_one_name_is_known_in_all(recordings: RecordingsFolder) -> None:
    recordings.wav("in-74951234567-79161234567-20260812-111530-1786522530.50.wav")
    recordings.wav("20260812-101530-74951234567-79161234567-1786518930.42.wav")
    calls = [arrived.call for arrived in recordings.gather().arrived]
    assert [(call.direction, call.client_number) for call in calls] == [(OUT, ANNA), (IN, ANNA)]
    assert [call.our_number for call in calls] == ["+74951234567"] * 2


@pytest.mark.parametrize("name", ["Дёмин Павел", "Павел Демин", "Дёмин П"])
def test_the_users_name_in_the_recordings_finds_the_user(
    recordings: RecordingsFolder, name: str
) -> None:
    recordings.wav(f"2026-08-12__10-15-30__79161234567__{name}.mp3")
    call = recordings.only_call()
    assert (call.user_id, call.agent_name, call.extension) == ("u102", name, "102")


def test_a_strangers_name_finds_nobody(recordings: RecordingsFolder) -> None:
    recordings.wav("2026-08-12__10-15-30__79161234567__Павел Орлов.mp3")
    assert recordings.only_call().user_id is None


def test_a_sidecar_of_an_unusable_recording_is_not_listed_twice(
    recordings: RecordingsFolder,
) -> None:
    recordings.write("a.wav", b"")
    recordings.sidecar("a.wav.json", {"direction": "in"})
    recordings.sidecar("a.json", {"direction": "in"})
    assert [problem.error for problem in recordings.gather().problems] == ["empty"]


def test_fusionpbx_and_mikopbx_keep_the_agent_on_one_channel(recordings: RecordingsFolder) -> None:
    uuid = "0b5f1c1e-7a2d-4f6e-9a4b-1c2d3e4f5a6b"
    recordings.wav(f"pbx.example.org/archive/2026/Aug/12/{uuid}.wav")
    recordings.wav("2026/08/12/10/mikopbx-1786518930.42_aB.webm")
    assert {arrived.call.agent_channel for arrived in recordings.gather().arrived} == {1}
    calls = recordings.gather(agent_channel=0).arrived
    assert {arrived.call.agent_channel for arrived in calls} == {0}


def test_two_legs_are_one_call(recordings: RecordingsFolder) -> None:
    theirs = recordings.wav("mikopbx-1786518930.42_aB_in.wav")
    ours = recordings.wav("mikopbx-1786518930.42_aB_out.wav")
    (arrived,) = recordings.gather().arrived
    assert arrived.paths == (theirs, ours)
    assert arrived.call.agent_channel == 1
    assert arrived.call.call_id == "mikopbx-1786518930.42_aB"
    assert arrived.call.recording == "mikopbx-1786518930.42_aB_in.wav"
    assert arrived.call.started_at == datetime(2026, 8, 12, 10, 15, 30, tzinfo=MOSCOW)


def test_the_callers_leg_is_ours_where_we_called(recordings: RecordingsFolder) -> None:
    received = recordings.wav(f"{NAME}_rx.wav")
    sent = recordings.wav(f"{NAME}_tx.wav")
    (arrived,) = recordings.gather().arrived
    assert arrived.call.direction is OUT
    assert arrived.paths == (sent, received)


def test_a_finished_mix_stands_for_its_legs(recordings: RecordingsFolder) -> None:
    for ending in ("_in.wav", "_out.wav", ".webm"):
        recordings.wav("mikopbx-1786518930.42_aB" + ending)
    gathered = recordings.gather()
    assert [arrived.call.recording for arrived in gathered.arrived] == [
        "mikopbx-1786518930.42_aB.webm"
    ]
    assert [duplicate.recording for duplicate in gathered.duplicates] == [
        "mikopbx-1786518930.42_aB_in.wav"
    ]


def test_a_call_in_two_codecs_is_one_call(recordings: RecordingsFolder) -> None:
    recordings.wav(f"{NAME}.mp3")
    recordings.sidecar(f"{NAME}.mp3.json", {"deal_id": "2005"})
    recordings.wav(f"{NAME}.wav")
    recordings.wav("1.wav")
    recordings.wav("1.mp3")
    gathered = recordings.gather()
    assert {arrived.call.recording for arrived in gathered.arrived} == {
        f"{NAME}.wav",
        "1.wav",
        "1.mp3",
    }
    assert [duplicate.recording for duplicate in gathered.duplicates] == [f"{NAME}.mp3"]
    assert "2005" in {arrived.call.deal_id for arrived in gathered.arrived}


def test_one_leg_alone_is_a_recording(recordings: RecordingsFolder) -> None:
    recordings.wav("a_in.wav")
    recordings.wav("b_out.wav")
    assert len(recordings.gather().arrived) == 2


def test_files_of_different_length_are_no_legs(recordings: RecordingsFolder) -> None:
    recordings.wav("call-in.wav", b"a" * 9000)
    recordings.wav("call-out.wav", b"b" * 100)
    assert len(recordings.gather().arrived) == 2


def test_calls_stand_in_the_order_of_their_start(recordings: RecordingsFolder) -> None:
    recordings.wav("a-20260813_101530_79161234567.wav")
    recordings.wav("b-20260812_101530_79161234567.wav")
    names = [arrived.call.recording for arrived in recordings.gather().arrived]
    assert names == ["b-20260812_101530_79161234567.wav", "a-20260813_101530_79161234567.wav"]


def test_an_unknown_zone_is_an_error(recordings: RecordingsFolder) -> None:
    recordings.wav("a.wav")
    from core.settings import PbxSettings
    from ingest.calls import gather_calls

    with pytest.raises(InvalidInputError, match="`Mars` is no IANA time zone"):
        gather_calls(recordings.folder, pbx=PbxSettings(), timezone="Mars", users=())
