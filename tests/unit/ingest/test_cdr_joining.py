"""Rows of the call detail record find their recording, and what they say is understood."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from models.vocabulary.call import Direction, MetadataSource
from models.vocabulary.errors import InvalidInputError
from tests.fakes.recordings_folder import RecordingsFolder, cdr_row

MOSCOW = ZoneInfo("Europe/Moscow")
ANNA = "+79161234567"
CLIENT = "79161234567"
TRUNK, TRUNK_B = "PJSIP/trunk-msk-0000002a", "PJSIP/trunk-msk-0000002b"
PAVEL, IRINA, DENIS = "PJSIP/102-0000002c", "PJSIP/101-0000002d", "PJSIP/104-0000002e"
IN, OUT, INTERNAL = Direction.IN, Direction.OUT, Direction.INTERNAL


@pytest.mark.parametrize(
    ("recording", "uid", "userfield"),
    [
        ("1786518930.42.wav", "1786518930.42", ""),
        (f"in-74951234567-{CLIENT}-20260812-101530-1786518930.42.wav", "1786518930.42", ""),
        (f"in-74951234567-{CLIENT}-20260812-101530-1786518930.42.wav", "pbx1-1786518930.42", ""),
        (f"in-74951234567-{CLIENT}-20260812-101530-pbx1-1786518930.42.wav", "1786518930.42", ""),
        ("разговор 7.mp3", "1786518930.42", "audio:разговор 7.mp3"),
        ("разговор 7.mp3", "1786518930.42", "разговор 7.wav"),
        ("разговор 7.mp3", "1786518930.42", "audio:/var/spool/asterisk/monitor/разговор 7.wav"),
        ("0b5f1c1e-7a2d-4f6e-9a4b-1c2d3e4f5a6b.mp3", "0b5f1c1e-7a2d-4f6e-9a4b-1c2d3e4f5a6b", ""),
        (f"2026-08-12__10-15-32__{CLIENT}__Иванов Пётр.mp3", "1786518930.42", ""),
        (f"auto-1786518935-{CLIENT}-6500.wav", "1786518930.42", ""),
    ],
)
def test_a_row_finds_its_recording(
    recordings: RecordingsFolder, recording: str, uid: str, userfield: str
) -> None:
    recordings.wav(recording)
    recordings.cdr(cdr_row(CLIENT, "101", TRUNK, IRINA, uid=uid, userfield=userfield))
    gathered = recordings.gather()
    (arrived,) = gathered.arrived
    call = arrived.call
    assert call.metadata_from is MetadataSource.CDR
    assert (call.direction, call.client_number, call.user_id) == (IN, ANNA, "u101")
    assert call.started_at == datetime(2026, 8, 12, 10, 15, 30, tzinfo=MOSCOW)
    assert call.call_id == uid
    assert gathered.unrecorded == ()


def test_the_sidecars_id_finds_the_row(recordings: RecordingsFolder) -> None:
    recordings.wav("a.wav")
    recordings.sidecar("a.json", {"call_id": "1786518930.42"})
    recordings.cdr(cdr_row(CLIENT, "101", TRUNK, IRINA))
    assert recordings.only_call().client_number == ANNA


def test_another_client_at_that_time_is_another_call(recordings: RecordingsFolder) -> None:
    recordings.wav("2026-08-12__10-15-32__79261112233__Иванов Пётр.mp3")
    recordings.cdr(cdr_row(CLIENT, "101", TRUNK, IRINA))
    gathered = recordings.gather()
    assert gathered.arrived[0].call.client_number == "+79261112233"
    assert [call.client_number for call in gathered.unrecorded] == [ANNA]


@pytest.mark.parametrize(
    ("source", "target", "channel", "answered_by", "context", "direction", "client", "extension"),
    [
        (CLIENT, "101", TRUNK, IRINA, "from-did-direct", IN, ANNA, "101"),
        (CLIENT, "700", TRUNK, DENIS, "from-internal", IN, ANNA, "104"),
        (CLIENT, "700", TRUNK, "Local/104@from-queue-00000012;1", "ext-queues", IN, ANNA, "104"),
        (CLIENT, "600", TRUNK, "Local/RG-600-102@from-internal-0001;1", "ext-group", IN, ANNA, "102"),
        (CLIENT, "600", TRUNK, "Local/FMPR-102@from-internal-0001;1", "ext-group", IN, ANNA, "102"),
        (CLIENT, "101", "SIP/74951234567-0000002a", "SIP/101-0000002b", "from-trunk", IN, ANNA, "101"),
        (CLIENT, "101", "DAHDI/i1/79161234567-1a", "SCCP/101-0000002b", "from-digital", IN, ANNA, "101"),
        ("anonymous", "101", TRUNK, IRINA, "from-did-direct", IN, None, "101"),
        ("102", "89161234567", PAVEL, TRUNK, "from-internal", OUT, ANNA, "102"),
        ("74951234567", "89161234567", PAVEL, TRUNK, "from-internal", OUT, ANNA, "102"),
        ("102", "89161234567", "PJSIP/99102-0000002c", TRUNK, "from-internal", OUT, ANNA, "102"),
        ("102", "89161234567", "IAX2/102-1234", "IAX2/provider-77", "from-internal", OUT, ANNA, "102"),
        ("102", "89161234567", PAVEL, "", "from-internal", OUT, ANNA, "102"),
        ("101", "102", IRINA, PAVEL, "from-internal", INTERNAL, None, "101"),
        ("101", "700", IRINA, DENIS, "ext-queues", INTERNAL, None, "101"),
        ("101", "*97", IRINA, "", "app-vmmain", INTERNAL, None, "101"),
        (CLIENT, "89261112233", TRUNK, TRUNK_B, "from-trunk", IN, ANNA, None),
        ("102", "112", PAVEL, TRUNK, "from-internal", OUT, None, "102"),
        ("102", "101", PAVEL, TRUNK, "from-internal", INTERNAL, None, "102"),
        (CLIENT, "101", "", "", "public", IN, ANNA, "101"),
        ("102", "89161234567", "", "", "default", OUT, ANNA, "102"),
        ("101", "102", "", "", "default", INTERNAL, None, "101"),
    ],
)  # fmt: skip
def test_channels_numbers_and_contexts_tell_who_is_who(  # noqa: PLR0917 - a row of the table
    recordings: RecordingsFolder,
    source: str,
    target: str,
    channel: str,
    answered_by: str,
    context: str,
    direction: Direction,
    client: str | None,
    extension: str | None,
) -> None:
    recordings.wav("1786518930.42.wav")
    recordings.cdr(cdr_row(source, target, channel, answered_by, context=context))
    call = recordings.only_call()
    assert (call.direction, call.client_number, call.extension) == (direction, client, extension)


def test_an_unanswered_queue_is_nobodys(recordings: RecordingsFolder) -> None:
    recordings.wav("other.wav")
    recordings.cdr(
        cdr_row(CLIENT, "600", TRUNK, "", context="ext-queues", application="Queue", talk=20)
    )
    (call,) = recordings.gather().unrecorded
    assert (call.direction, call.extension, call.answered) == (IN, None, False)


def test_a_mailbox_behind_a_ringing_phone_is_no_answer(recordings: RecordingsFolder) -> None:
    recordings.wav("other.wav")
    recordings.cdr(cdr_row(CLIENT, "101", TRUNK, IRINA, application="VoiceMail"))
    (call,) = recordings.gather().unrecorded
    assert (call.user_id, call.answered) == ("u101", False)


@pytest.mark.parametrize("application", ["VoiceMail", "BackGround", "Playback", "Hangup"])
def test_a_machine_is_no_answer(recordings: RecordingsFolder, application: str) -> None:
    recordings.wav("other.wav")
    recordings.cdr(cdr_row(CLIENT, "s", TRUNK, "", context="ivr-1", application=application))
    (call,) = recordings.gather().unrecorded
    assert (call.direction, call.answered) == (IN, False)


def test_the_leg_that_talked_is_the_agent_of_a_queue_call(recordings: RecordingsFolder) -> None:
    recordings.wav(f"q-700-{CLIENT}-20260812-101530-1786518930.42.wav")
    recordings.cdr(
        cdr_row(CLIENT, "700", TRUNK, IRINA, context="ext-queues", missed=True, linked="1786518930.42"),
        cdr_row(CLIENT, "700", TRUNK, PAVEL, context="ext-queues", missed=True, linked="1786518930.42"),
        cdr_row(CLIENT, "700", TRUNK, DENIS, context="ext-queues", start="2026-08-12 10:15:50",
            linked="1786518930.42"),
    )  # fmt: skip
    gathered = recordings.gather()
    call = gathered.arrived[0].call
    assert (call.user_id, call.answered, call.talk_s) == ("u104", True, 148)
    assert call.started_at == datetime(2026, 8, 12, 10, 15, 30, tzinfo=MOSCOW)
    assert call.linked_id == "1786518930.42"
    assert gathered.unrecorded == ()


def test_a_transferred_call_is_one_call(recordings: RecordingsFolder) -> None:
    recordings.wav(f"external-101-{CLIENT}-20260812-101530-1786518930.42.wav")
    recordings.cdr(
        cdr_row(CLIENT, "101", TRUNK, IRINA, answer="2026-08-12 10:15:40", talk=20,
            end="2026-08-12 10:16:00", linked="1786518930.42"),
        cdr_row(CLIENT, "102", TRUNK, PAVEL, uid="1786518930.45", start="2026-08-12 10:16:00",
            answer="2026-08-12 10:16:05", end="2026-08-12 10:19:05", talk=180, linked="1786518930.42"),
    )  # fmt: skip
    gathered = recordings.gather()
    call = gathered.arrived[0].call
    assert (call.call_id, call.user_id, call.talk_s) == ("1786518930.42", "u102", 205)
    assert gathered.unrecorded == ()


def test_each_recording_of_a_linked_call_keeps_its_own_rows(recordings: RecordingsFolder) -> None:
    recordings.wav(f"out-8{CLIENT[1:]}-101-20260812-101530-1786518930.42.wav")
    recordings.wav("internal-102-101-20260812-101630-1786518990.44.wav")
    recordings.cdr(
        cdr_row("101", "8" + CLIENT[1:], IRINA, TRUNK, linked="1786518930.42"),
        cdr_row("101", "102", IRINA, PAVEL, uid="1786518990.44", start="2026-08-12 10:16:30",
            linked="1786518930.42"),
    )  # fmt: skip
    calls = [arrived.call for arrived in recordings.gather().arrived]
    assert [call.direction for call in calls] == [OUT, INTERNAL]
    assert [call.call_id for call in calls] == ["1786518930.42", "1786518990.44"]


def test_calls_without_a_recording_are_known(recordings: RecordingsFolder) -> None:
    recordings.wav("other.wav")
    recordings.cdr(
        cdr_row("102", "89161234567", PAVEL, TRUNK, userfield="deal=2005"),
        cdr_row(
            CLIENT,
            "101",
            TRUNK,
            IRINA,
            uid="1786522530.50",
            start="2026-08-12 11:15:30",
            missed=True,
        ),
    )
    out, missed_call = recordings.gather().unrecorded
    assert (out.recording, out.sha256) == (None, None)
    assert (out.direction, out.user_id, out.answered, out.deal_id) == (OUT, "u102", True, "2005")
    assert (missed_call.direction, missed_call.user_id) == (IN, "u101")
    assert missed_call.answered is False


def test_numbers_that_we_show_and_that_are_dialled_are_ours(recordings: RecordingsFolder) -> None:
    recordings.wav("20260812-101530-74951234567-79161234567-1786500000.1.wav")
    recordings.cdr(cdr_row("74951234567", "89261112233", PAVEL, TRUNK))
    call = recordings.gather().arrived[0].call
    assert (call.direction, call.client_number) == (OUT, ANNA)


def test_a_given_cdr_counts_alone(recordings: RecordingsFolder, tmp_path: Path) -> None:
    recordings.wav("1786518930.42.wav")
    recordings.cdr(cdr_row("101", "102", IRINA, PAVEL))
    given = tmp_path / "export.csv"
    given.write_text(cdr_row(CLIENT, "104", TRUNK, DENIS) + "\nrubbish\n")
    gathered = recordings.gather(cdr=given)
    assert gathered.arrived[0].call.user_id == "u104"
    (problem,) = gathered.problems
    assert (problem.recording, problem.error) == ("export.csv", "bad_cdr_row")
    assert "line 2" in problem.detail


def test_a_given_cdr_inside_the_folder_is_read_once(recordings: RecordingsFolder) -> None:
    recordings.wav("1786518930.42.wav")
    path = recordings.cdr(cdr_row(CLIENT, "104", TRUNK, DENIS), "rubbish")
    gathered = recordings.gather(cdr=path)
    assert len(gathered.cdr) == 1
    assert len(gathered.problems) == 1


def test_a_given_file_that_is_no_cdr_is_an_error(recordings: RecordingsFolder) -> None:
    path = recordings.wav("a.wav")
    with pytest.raises(InvalidInputError, match=r"a\.wav"):
        recordings.gather(cdr=path)


def test_gmt_call_records_meet_local_names(recordings: RecordingsFolder) -> None:
    recordings.wav(f"2026-08-12__10-15-32__{CLIENT}__Иванов Пётр.mp3")
    recordings.cdr(cdr_row(CLIENT, "101", TRUNK, IRINA, start="2026-08-12 07:15:30",
        answer="2026-08-12 07:15:41", end="2026-08-12 07:18:09", uid="1786518930.42"))  # fmt: skip
    call = recordings.only_call()
    assert call.user_id == "u101"
    assert call.started_at == datetime(2026, 8, 12, 10, 15, 30, tzinfo=MOSCOW)


def test_a_zone_set_for_the_cdr_is_used(recordings: RecordingsFolder) -> None:
    recordings.wav("разговор.mp3")
    recordings.cdr(cdr_row(CLIENT, "101", TRUNK, IRINA, uid="x", userfield="audio:разговор.mp3"))
    call = recordings.only_call(cdr_timezone="Asia/Yekaterinburg")
    assert call.started_at == datetime(2026, 8, 12, 8, 15, 30, tzinfo=MOSCOW)
