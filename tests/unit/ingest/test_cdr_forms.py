"""Call detail records of every form become the same rows."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ingest.cdr import Cdr, read_cdr
from models.vocabulary.call import Direction, Disposition
from models.vocabulary.errors import InvalidInputError

MOSCOW = ZoneInfo("Europe/Moscow")
START = datetime(2026, 8, 12, 10, 15, 30, tzinfo=MOSCOW)
SIXTEEN = (
    '"","79161234567","700","from-internal","""Ivan"" <79161234567>","PJSIP/trunk-0000002a",'
    '"PJSIP/101-0000002b","Queue","700,t,,","2026-08-12 10:15:30","2026-08-12 10:15:41",'
    '"2026-08-12 10:18:09",159,148,"ANSWERED","DOCUMENTATION"'
)
UID = "1786518930.43"
FREEPBX_HEADER = (
    "calldate,clid,src,dst,dcontext,channel,dstchannel,lastapp,lastdata,duration,billsec,"
    "disposition,amaflags,accountcode,uniqueid,userfield,did,cnum,cnam,outbound_cnum,"
    "outbound_cnam,dst_cnam,recordingfile,linkedid,peeraccount,sequence"
)


def read(tmp_path: Path, text: str, *, zone_is_set: bool = False) -> Cdr:
    path = tmp_path / "Master.csv"
    path.write_text(text, encoding="utf-8")
    return read_cdr(path, MOSCOW, zone_is_set=zone_is_set)


@pytest.mark.parametrize(
    ("extra", "call_id", "linked", "userfield"),
    [
        ("", "20260812101530-79161234567-700", None, None),
        (f',"{UID}"', UID, None, None),
        (',"deal:2005"', "20260812101530-79161234567-700", None, "deal:2005"),
        (f',"{UID}",""', UID, None, None),
        (f',"{UID}","audio:a.wav"', UID, None, "audio:a.wav"),
        (f',"","{UID}",7', UID, UID, None),
        (f',"{UID}","","1786518930.40",7', UID, "1786518930.40", None),
        (f',"{UID}","note","","1786518930.40",7', UID, "1786518930.40", "note"),
    ],
)
def test_asterisk_with_every_set_of_columns(
    tmp_path: Path, extra: str, call_id: str, linked: str | None, userfield: str | None
) -> None:
    cdr = read(tmp_path, SIXTEEN + extra + "\n")
    (row,) = cdr.rows
    assert (row.call_id, row.linked_id, row.userfield) == (call_id, linked, userfield)
    assert row.started_at == START
    assert (row.source_number, row.destination_number) == ("79161234567", "700")
    assert (row.channel, row.destination_channel) == ("PJSIP/trunk-0000002a", "PJSIP/101-0000002b")
    assert (row.duration_s, row.talk_s, row.disposition) == (159, 148, Disposition.ANSWERED)
    assert (row.context, row.application) == ("from-internal", "Queue")


def test_an_unanswered_call_has_no_answer(tmp_path: Path) -> None:
    line = SIXTEEN.replace('"2026-08-12 10:15:41"', "").replace("148,", "0,")
    (row,) = read(tmp_path, line.replace('"ANSWERED"', '"NO ANSWER"')).rows
    assert row.answered_at is None
    assert row.disposition is Disposition.NO_ANSWER


def test_the_custom_backend_puts_the_account_last(tmp_path: Path) -> None:
    line = (
        '"""Ivan"" <79161234567>","79161234567","101","from-did-direct","PJSIP/trunk-0000002a",'
        '"PJSIP/101-0000002b","Dial","PJSIP/101","2026-08-12 10:15:30","2026-08-12 10:15:41",'
        f'"2026-08-12 10:18:09","159","148","ANSWERED","3","","{UID}","audio:x.wav","1786518930.40"'
    )
    (row,) = read(tmp_path, line).rows
    assert (row.call_id, row.recording, row.linked_id) == (UID, "x.wav", "1786518930.40")
    assert row.destination_number == "101"


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_freepbx_exports_have_a_header(tmp_path: Path, mark: str, bom: str) -> None:
    values = dict.fromkeys(FREEPBX_HEADER.split(","), "") | {
        "calldate": "2026-08-12 10:15:30",
        "src": "79161234567",
        "dst": "101",
        "channel": "PJSIP/trunk-0000002a",
        "dstchannel": "PJSIP/101-0000002b",
        "duration": "159",
        "billsec": "148",
        "disposition": "ANSWERED",
        "uniqueid": UID,
        "did": "74951234567",
        "recordingfile": "external-101-79161234567-20260812-101530-1786518930.43.wav",
        "linkedid": "1786518930.40",
    }
    cells = mark.join(f'"{value}"' for value in values.values())
    text = bom + mark.join(values) + "\n" + cells
    (row,) = read(tmp_path, text).rows
    assert (row.call_id, row.linked_id, row.did) == (UID, "1786518930.40", "74951234567")
    assert row.recording == "external-101-79161234567-20260812-101530-1786518930.43.wav"
    assert row.answered_at == datetime(2026, 8, 12, 10, 15, 41, tzinfo=MOSCOW)
    assert row.ended_at == datetime(2026, 8, 12, 10, 18, 9, tzinfo=MOSCOW)


def test_freeswitch_has_its_own_order(tmp_path: Path) -> None:
    uuid = "a5c9f6c0-e752-11e3-8bfb-65b6c3cdac7d"
    line = (
        '"Anna","79161234567","101","public","2026-08-12 10:15:30","2026-08-12 10:15:41",'
        f'"2026-08-12 10:18:09","159","148","NORMAL_CLEARING","{uuid}","b-leg","","PCMU","PCMU"'
    )
    (row,) = read(tmp_path, line + "\n" + line.replace('"148"', '"0"').replace(uuid, "x")).rows[:1]
    assert (row.call_id, row.linked_id, row.context) == (uuid, "b-leg", "public")
    assert row.disposition is Disposition.ANSWERED


@pytest.mark.parametrize(
    ("cause", "expected"),
    [
        ("NORMAL_CLEARING", Disposition.NO_ANSWER),
        ("ORIGINATOR_CANCEL", Disposition.NO_ANSWER),
        ("USER_BUSY", Disposition.BUSY),
        ("EXCHANGE_ROUTING_ERROR", Disposition.FAILED),
    ],
)
def test_hangup_causes_without_talk(tmp_path: Path, cause: str, expected: Disposition) -> None:
    line = (
        '"9008","9008","+34688886392","public","2014-05-29 17:01:32","","2014-05-29 17:01:32",'
        f'"0","0","{cause}","e29ff0ae-e752-11e3-8bff-65b6c3cdac7d","","","",""'
    )
    (row,) = read(tmp_path, line).rows
    assert row.disposition is expected


def test_fusionpbx_tables_tell_the_direction(tmp_path: Path) -> None:
    text = (
        "xml_cdr_uuid,direction,caller_id_number,destination_number,start_epoch,answer_epoch,"
        "billsec,hangup_cause,record_name\n"
        "0b5f1c1e,outbound,101,79161234567,1786518930,1786518941,148,NORMAL_CLEARING,0b5f1c1e.mp3\n"
    )
    (row,) = read(tmp_path, text).rows
    assert row.direction is Direction.OUT
    assert row.started_at == START
    assert row.recording == "0b5f1c1e.mp3"


def test_gmt_is_recognised_by_the_unique_ids(tmp_path: Path) -> None:
    gmt = SIXTEEN.replace("2026-08-12 10:", "2026-08-12 07:") + f',"{UID}",""'
    (row,) = read(tmp_path, gmt).rows
    assert row.started_at == START
    assert row.started_at.utcoffset() == UTC.utcoffset(None)


def test_a_set_zone_is_obeyed(tmp_path: Path) -> None:
    gmt = SIXTEEN.replace("2026-08-12 10:", "2026-08-12 07:") + f',"{UID}",""'
    (row,) = read(tmp_path, gmt, zone_is_set=True).rows
    assert row.started_at == datetime(2026, 8, 12, 7, 15, 30, tzinfo=MOSCOW)


def test_bad_rows_are_listed_and_the_others_go_on(tmp_path: Path) -> None:
    good = SIXTEEN + f',"{UID}",""'
    bad = [
        "hello",
        good.replace("159,148", "159,soon"),
        good.replace('"ANSWERED"', '"PERHAPS"'),
        good.replace("2026-08-12 10:15:30", "2026-18-42 10:15:30"),
        good.replace('"79161234567","700"', '"79161234567,"700"'),
        good[:90],
    ]
    cdr = read(tmp_path, "\n".join([bad[0], *bad[1:], good, ""]))
    assert [row.call_id for row in cdr.rows] == [UID]
    assert {line for line, _ in cdr.problems} == {1, 2, 3, 4, 5, 6}
    said = dict(cdr.problems)
    assert "billsec: expected seconds, found 'soon'" in said[2]
    assert "disposition" in said[3]
    assert "start" in said[4]


def test_the_same_row_twice_counts_once(tmp_path: Path) -> None:
    line = SIXTEEN + f',"{UID}",""\n'
    assert len(read(tmp_path, line + line).rows) == 1


@pytest.mark.parametrize("content", [b"", b"hello\n", b"\x00\x01\x02RIFF", b"a,b,c\n1,2,3\n"])
def test_a_file_that_is_no_cdr_is_an_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "Master.csv"
    path.write_bytes(content)
    with pytest.raises(InvalidInputError, match=r"Master\.csv: .+\. Give "):
        read_cdr(path, MOSCOW)


def test_a_missing_cdr_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match=r"nowhere\.csv: cannot be read"):
        read_cdr(tmp_path / "nowhere.csv", MOSCOW)


def test_cyrillic_of_old_windows_is_read(tmp_path: Path) -> None:
    path = tmp_path / "Master.csv"
    path.write_bytes((SIXTEEN + f',"{UID}","audio:Котов.mp3"').encode("cp1251"))
    assert read_cdr(path, MOSCOW).rows[0].recording == "Котов.mp3"
