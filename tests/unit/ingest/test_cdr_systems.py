"""Exports of other telephone systems, and what hostile tables come to."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.cdr import parse_cdr
from ingest.tables import LONGEST_LINE
from models.vocabulary.call import CdrRow, Direction, Disposition
from models.vocabulary.errors import InvalidInputError

MOSCOW = ZoneInfo("Europe/Moscow")
START = datetime(2026, 8, 12, 10, 15, 30, tzinfo=MOSCOW)
UID = "1786518930.43"
GOOD = (
    '"","79161234567","101","from-did-direct","","PJSIP/trunk-0000002a","PJSIP/101-0000002b",'
    '"Dial","","2026-08-12 10:15:30","2026-08-12 10:15:41","2026-08-12 10:18:09",159,148,'
    f'"ANSWERED","DOCUMENTATION","{UID}",""'
)


def rows(text: str | bytes) -> tuple[CdrRow, ...]:
    data = text.encode() if isinstance(text, str) else text
    return parse_cdr(data, "cdr.csv", MOSCOW).rows


def test_freepbx_without_its_header() -> None:
    name = "external-101-79161234567-20260812-101530-1786518930.43.wav"
    (row,) = rows(
        '"2026-08-12 10:15:30","""Ivan"" <79161234567>","79161234567","101","from-did-direct",'
        '"PJSIP/trunk-0000002a","PJSIP/101-0000002b","Dial","","159","148","ANSWERED","3","",'
        f'"{UID}","","74951234567","79161234567","Ivan","","","","{name}","{UID}","","17"'
    )
    assert (row.started_at, row.duration_s, row.talk_s) == (START, 159, 148)
    assert (row.did, row.recording, row.linked_id, row.sequence) == ("74951234567", name, UID, 17)


def test_mikopbx_table() -> None:
    (row,) = rows(
        "id,start,endtime,answer,src_chan,src_num,dst_chan,dst_num,UNIQUEID,linkedid,did,"
        "disposition,recordingfile,appname,duration,billsec\n"
        "17,2026-08-12 10:15:30.125,2026-08-12 10:18:09.500,2026-08-12 10:15:41.000,"
        "PJSIP/trunk-0000002a,79161234567,PJSIP/101-0000002b,101,mikopbx-1786518930.43_Qw1,"
        "mikopbx-1786518930.43,74951234567,ANSWERED,"
        "/storage/usbdisk1/mikopbx/astspool/monitor/2026/08/12/10/mikopbx-1786518930.43_Qw1.webm,"
        "dial,159,148\n"
    )
    assert row.started_at.replace(microsecond=0) == START
    assert (row.channel, row.destination_channel) == ("PJSIP/trunk-0000002a", "PJSIP/101-0000002b")
    assert (row.call_id, row.linked_id) == ("mikopbx-1786518930.43_Qw1", "mikopbx-1786518930.43")
    assert row.recording == "mikopbx-1786518930.43_Qw1.webm"


def test_grandstream_names_who_answered_and_lists_recordings() -> None:
    (row,) = rows(
        "AcctId,accountcode,src,dst,dcontext,clid,channel,dstchannel,lastapp,start,answer,end,"
        "duration,billsec,disposition,uniqueid,userfield,recordfiles,dstanswer,session\n"
        ',,79161234567,6500,from-internal,"Ivan",PJSIP/trunk_1-0000002a,,Queue,'
        "2026-08-12 10:15:30,2026-08-12 10:15:41,2026-08-12 10:18:09,159,148,ANSWERED,"
        f"{UID},Inbound,2026-08/auto-1786518930-79161234567-6500.wav@,6598,1786518930-7\n"
    )
    assert (row.destination_channel, row.linked_id) == ("SIP/6598", "1786518930-7")
    assert row.recording == "auto-1786518930-79161234567-6500.wav"


@pytest.mark.parametrize(
    "header",
    [
        "ID,Time,Call From,Call To,Call Duration(s),Talk Duration(s),Status,Communication Type,Recording File",
        "cdrid,timestart,callfrom,callto,callduraction,talkduraction,status,type,recording_file",
    ],
    ids=["export", "api"],
)
def test_yeastar(header: str) -> None:
    (row,) = rows(
        f"{header}\n20260812A1,2026-08-12 10:15:30,79161234567,Irina<101>,159,148,ANSWERED,Inbound,"
        "20260812101530-1786518930.43-79161234567-101-Inbound.wav\n"
    )
    assert (row.call_id, row.source_number, row.destination_number) == (
        "20260812A1",
        "79161234567",
        "101",
    )
    assert (row.direction, row.talk_s, row.started_at) == (Direction.IN, 148, START)


@pytest.mark.parametrize(
    ("answered", "reason", "expected", "talk"),
    [
        ("2026/08/12 10:15:41", "TerminatedBySrc", Disposition.ANSWERED, 148),
        ("", "FailedBusy", Disposition.BUSY, 0),
        ("", "TerminatedBySrc", Disposition.NO_ANSWER, 0),
    ],
)
def test_3cx_tells_an_answer_by_its_time(
    answered: str, reason: str, expected: Disposition, talk: float
) -> None:
    (row,) = rows(
        "historyid,callid,duration,time-start,time-answered,time-end,reason-terminated,from-no,"
        f"to-no,final-number\n7,00000171,00:02:39,2026/08/12 10:15:30,{answered},"
        f"2026/08/12 10:18:09,{reason},79161234567,Ext.800,Ext.101\n"
    )
    assert (row.disposition, row.talk_s, row.duration_s) == (expected, talk, 159)
    assert (row.destination_number, row.destination_channel) == ("800", "SIP/101")
    assert (row.call_id, row.linked_id) == ("7", "00000171")


def test_3cx_call_log() -> None:
    (row,) = rows(
        "Call Time,Caller ID,Destination,Status,Ringing,Talking\n"
        "2026-08-12T10:15:30,79161234567,Irina Sokolova (101),Answered,00:00:11,00:02:28\n"
    )
    assert (row.source_number, row.destination_number, row.talk_s) == ("79161234567", "101", 148)


def test_files_that_were_put_together_and_excels_first_line() -> None:
    header = "sep=;\ncalldate;src;dst;billsec;disposition;uniqueid\n"
    one = "2026-08-12 10:15:30;79161234567;101;148;ANSWERED;1786518930.43\n"
    two = "12.08.2026 10:16;79161234567;102;8;ANSWERED;1786518960.44\n"
    assert len(rows(header + one + header.partition("\n")[2] + two)) == 2


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1251"])
def test_encodings(encoding: str) -> None:
    text = GOOD.removesuffix('""') + '"audio:Котов.mp3"\n'
    assert [row.recording for row in rows(text.encode(encoding))] == ["Котов.mp3"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("a," * 5_000_000, "characters, which no call record has"),
        ("x" * (LONGEST_LINE + 1), "characters, which no call record has"),
        ("\0" * 4096, "characters that no text has"),
        (GOOD.replace("159,148", "159," + "9" * 400), "billsec: expected seconds"),
        (GOOD.replace("2026-08-12 10:15:30", "9999-12-31 23:59:59"), "start: expected a date"),
        (GOOD.replace("2026-08-12 10:15:30", "0001-01-01 00:00:00"), "start: expected a date"),
    ],
    ids=["10 million columns", "no end", "hole", "for ever", "year 9999", "year 1"],
)
def test_a_hostile_line_costs_itself_only(line: str, said: str) -> None:
    cdr = parse_cdr(f"{GOOD}\n{line}\n".encode(), "cdr.csv", MOSCOW)
    assert len(cdr.rows) == 1
    ((at, sentence),) = cdr.problems
    assert at == 2
    assert said in sentence
    assert len(sentence) < 200


@pytest.mark.parametrize(
    "data",
    [
        b"\x00\xff" * 5000,
        b"RIFF\x24\x08\x00\x00WAVEfmt ",
        b"\xff\xfe\x00",
        b"a," * 1000,
        b"\x98" * 9,
    ],
)
def test_what_is_no_table_ends_in_one_sentence(data: bytes) -> None:
    with pytest.raises(InvalidInputError, match=r"^cdr\.csv: [^\n]+ Give [^\n]+\.$"):
        rows(data)


def test_too_large_a_file_is_not_even_read(tmp_path: Path) -> None:
    from ingest.cdr import read_cdr

    path = tmp_path / "Master.csv"
    with path.open("wb") as file:
        file.truncate(4 << 30)
    with pytest.raises(InvalidInputError, match=r"larger than 256 MB; split it"):
        read_cdr(path, MOSCOW)


def test_sentences_name_no_telephone_numbers() -> None:
    shifted = GOOD.replace('"2026-08-12 10:15:30"', '"79161234567"').replace(
        "159,148", "159,79161234567"
    )
    cdr = parse_cdr(
        f"{GOOD}\n{GOOD.replace('159,148', '159,x79161234567')}\n{shifted}".encode(), "c", MOSCOW
    )
    assert len(cdr.problems) == 2
    assert all("7916" not in sentence for _, sentence in cdr.problems)


@given(
    st.one_of(
        st.binary(max_size=300),
        st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace")),
    )
)
def test_nothing_but_rows_or_one_sentence(noise: bytes) -> None:
    for data in (noise, GOOD.encode() + b"\n" + noise, GOOD.encode().replace(b"148", noise)):
        with suppress(InvalidInputError):
            cdr = parse_cdr(data, "cdr.csv", MOSCOW)
            assert all(row.started_at.tzinfo for row in cdr.rows)
