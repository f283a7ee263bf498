"""A person is forgotten: no table, file or byte names them, and nothing of theirs comes back."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from typer.testing import CliRunner, Result

from flow.cli import app
from flow.forgotten import secret_file, who_was_forgotten
from models.places import PLAYED
from models.session import sqlite_url, transaction
from models.store.corrections import add_correction
from models.store.decisions import NewDecision, decide
from models.store.files import save_known_files
from models.store.judge import JudgeAnswer, add_answer, words_digest
from models.tables import (
    ActivityRow,
    CallFactRow,
    CallRow,
    CallScoreRow,
    CdrEntryRow,
    ContactRow,
    CorrectionRow,
    DealFactRow,
    DealRow,
    DecisionRow,
    FindingRow,
    JudgeAnswerRow,
    KeepingEventRow,
    KnownFileRow,
    PromiseFactRow,
    RecordingRow,
    TombstoneRow,
    TranscriptRow,
)
from models.vocabulary.correction import Correction, CorrectionKind
from models.vocabulary.files import KnownFile, Mark
from models.vocabulary.review import DecisionKind
from tests.fakes.a_finding import a_finding
from tests.fakes.kept_office import KeptOffice, judged_office
from tests.fakes.office import ANDREY, ANDREYS, BORIS, BORISS, SCRIPTS, STRANGERS, add_recording

NAME, MAIL = "Андрей Лаптев", "andrey.laptev@slon.example"
LAST_TEN = ANDREY[2:]


def crm_changes() -> dict[str, Any]:
    """The CRM in which Andrey has an address, a second number and a note."""
    contact = {"id": "k01", "name": NAME, "company_id": "co1", "emails": [MAIL]}
    other = {"id": "k02", "name": "Борис Немов", "company_id": "co1", "phones": [BORIS]}
    activity = {"deal_id": "1001", "created_at": "2026-11-09T11:00:00+03:00"}
    return {
        "companies": [
            {"id": "co1", "name": "Белый слон", "phones": ["8 (916) 000-13-01", "+74951112233"]}
        ],
        "contacts": [contact | {"phones": ["8 916 000 13 01"]}, other],
        "activities": [
            activity | {"id": "a1", "contact_id": "k01", "type": "note", "kind": "other"},
            activity
            | {"id": "a2", "type": "note", "kind": "other", "text": f"{NAME}: +7(916)000-1301"},
        ],
    }


@pytest.fixture
def office(database_url: str, tmp_path: Path) -> KeptOffice:
    folder = tmp_path / "office"
    in_state = sqlite_url(folder / "state" / "stagecheck.db")
    url = in_state if database_url.startswith("sqlite") else database_url
    return judged_office(folder, url, **crm_changes())


def command(office: KeptOffice, *words: str) -> Result:
    places = ["--state", str(office.folder / "state"), "--db", office.url]
    return CliRunner().invoke(app, [*words, *places], catch_exceptions=False)


def forget(office: KeptOffice, *words: str) -> dict[str, Any]:
    """Forgets Andrey and gives the certificate."""
    out = office.folder / "certificate.json"
    who = () if "--contact" in words else ("--phone", "8 916 000-13-01")
    result = command(office, "forget", *who, "--yes", "--json", str(out), *words)
    assert result.exit_code == 0, result.output
    certificate: dict[str, Any] = json.loads(out.read_text("utf-8"))
    return certificate


def traces_in(folder: Path) -> list[str]:
    """The files below a folder whose name or bytes hold the number or the name."""
    name = NAME.encode()
    forms = (LAST_TEN.encode(), name, json.dumps(NAME)[1:-1].encode(), MAIL.encode())
    return [
        str(path)
        for path in folder.rglob("*")
        if LAST_TEN in path.name or (path.is_file() and any(f in path.read_bytes() for f in forms))
    ]


def test_nothing_is_left_in_any_table_or_file(office: KeptOffice) -> None:
    (office.folder / "crm.json").unlink()  # the CRM's own file is not ours
    (office.folder / "out.json").unlink()
    assert traces_in(office.folder)
    certificate = forget(office)
    assert certificate["found"] == 0
    assert traces_in(office.folder) == []
    assert certificate["removed"]["calls"] == 2  # one was never recorded
    assert certificate["removed"]["files"] == 2
    assert certificate["removed"]["CDR rows"] == 1
    assert certificate["removed"]["table rows in files"] == 1
    assert certificate["removed"]["CRM contacts"] == 1
    assert certificate["removed"]["transcripts"] == 1
    assert certificate["removed"]["verdict evidence"] > 0
    assert certificate["removed"]["reports"] == 1
    assert certificate["searched"]["columns"] > 100
    assert ANDREY not in json.dumps(certificate)


def test_files_that_were_known_are_forgotten(office: KeptOffice) -> None:
    mark = Mark(1, 2, 3, 4)
    (sound,) = [row.sha256 for row in office.rows(CallRow, call_id=f"call-{ANDREYS}")]
    files = {
        f"in-{LAST_TEN}.wav": KnownFile(mark, "ab" * 32),
        f"probe-{LAST_TEN}.txt": KnownFile(mark, None, "not_audio", "it is text"),
        "plain.wav": KnownFile(mark, sound),
        "another.wav": KnownFile(mark, "cd" * 32),
    }
    engine = office.open()
    with transaction(engine) as session:
        save_known_files(session, "/elsewhere", files)
    engine.dispose()
    # The look at the recordings learns those that lie long enough.
    known = office.rows(KnownFileRow)
    certificate = forget(office)
    left = office.rows(KnownFileRow)
    assert certificate["found"] == 0
    assert certificate["removed"]["known files"] == len(known) - len(left)
    assert [row.place for row in left if row.source == "/elsewhere"] == ["another.wav"]
    assert not [row.place for row in left if LAST_TEN in row.place]


def test_what_people_decided_and_corrected_goes_as_well(office: KeptOffice) -> None:
    """Findings, decisions, corrections and sounds to play quote the person too."""
    played = office.folder / "state" / PLAYED
    played.mkdir()
    [call] = office.rows(CallRow, call_id=f"call-{ANDREYS}")
    [other] = office.rows(CallRow, call_id=f"call-{BORISS}")
    for one in (call, other):
        for ending in ("0" * 16 + ".wav", "0" * 16 + ".wav.peaks.json", "0" * 16 + ".wav.half"):
            (played / f"{one.sha256}-{ending}").write_bytes(b"sound")
    told = {"kind": "call", "id": call.call_id, "at": None, "quote": "Сайт", "start": 1.0}
    engine = office.open()
    at = datetime.now(UTC)
    with transaction(engine) as session:
        for key, call_id in (("his", call.call_id), ("deals", None)):
            finding = a_finding(key, call_id=call_id, evidence=[told], explanation="Он: «сайт»")
            session.add(finding)
            session.flush()
            new = NewDecision(finding.id, DecisionKind.CONFIRM, 0, None, "anna")
            decide(session, new, at)
        for one in (call, other):
            right = {"text": NAME}
            made = Correction(one.id, CorrectionKind.WORD, (0, 1), {}, right, at, "anna")
            add_correction(session, made)
    engine.dispose()
    certificate = forget(office)
    assert certificate["found"] == 0
    assert certificate["removed"]["sounds to play"] == 3
    assert {path.name.split("-")[0] for path in played.iterdir()} == {other.sha256}
    assert not office.rows(FindingRow, key="his")
    [kept] = office.rows(FindingRow, key="deals")
    assert (kept.evidence, kept.explanation) == ([], "Он: «…»")
    [decision] = office.rows(DecisionRow, finding=kept.id)
    assert (decision.shown["evidence"], decision.shown["explanation"]) == ([], "Он: «…»")
    [correction] = office.rows(CorrectionRow)
    assert (correction.call, correction.corrected) == (other.id, {"text": "[removed]"})


def test_the_others_stay(office: KeptOffice) -> None:
    forget(office)
    assert office.sounds() == [f"call-{BORISS}.wav", f"call-{STRANGERS}.wav"]
    assert len(office.rows(CallRow)) == len(office.rows(RecordingRow)) == 2
    assert len(office.rows(TranscriptRow)) == 2
    assert {row.call for row in office.rows(CallScoreRow)} <= {
        row.id for row in office.rows(CallRow)
    }
    assert office.rows(CdrEntryRow) == []
    assert [row.id for row in office.rows(ContactRow)] == ["k02"]
    assert [row.contact_ids for row in office.rows(DealRow)] == [[], ["k02"]]
    [note] = office.rows(ActivityRow)
    assert (note.id, note.text) == ("a2", "[removed]: [removed]")


def test_a_contact_goes_with_all_numbers(office: KeptOffice) -> None:
    contacts = crm_changes()["contacts"]
    contacts[0]["phones"].append(BORIS[:-1] + "9")
    document = json.loads((office.folder / "crm.json").read_text("utf-8"))
    (office.folder / "crm.json").write_text(
        json.dumps(document | {"contacts": contacts}, ensure_ascii=False), encoding="utf-8"
    )
    office.run()
    certificate = forget(office, "--contact", "k01", "--crm", str(office.folder / "crm.json"))
    assert len(certificate["numbers_hmac_sha256"]) == 2
    assert [row.id for row in office.rows(ContactRow)] == ["k02"]
    assert any("deals 1001" in one for one in certificate["warnings"])


def test_a_contact_with_other_numbers_loses_only_the_one(office: KeptOffice) -> None:
    contacts = crm_changes()["contacts"]
    contacts[1]["phones"].append(ANDREY)
    document = json.loads((office.folder / "crm.json").read_text("utf-8"))
    (office.folder / "crm.json").write_text(
        json.dumps(document | {"contacts": contacts}, ensure_ascii=False), encoding="utf-8"
    )
    office.run()
    certificate = forget(office)
    [left] = office.rows(ContactRow)
    assert (left.id, left.phones) == ("k02", [BORIS])
    assert any("contacts k02 have this number" in one for one in certificate["warnings"])


def test_the_drop_box_and_its_audit_are_cleaned(office: KeptOffice) -> None:
    state = office.folder / "state"
    box = state / "inbox" / "pbx"
    for stage in ("receiving", "received", "receipts", "taking"):
        (box / stage).mkdir(parents=True)
    (box / "receiving" / f"in-7495-{ANDREY[1:]}-x.wav").write_bytes(b"half")
    (box / "received" / "odd.json").write_text(json.dumps({"from": "8" + LAST_TEN}), "utf-8")
    (box / "received" / "odd.wav").write_bytes(b"whose sidecar tells")
    (box / "receipts" / f"[{NAME}]_101.wav").write_bytes(b"")
    (box / "taking" / "another.wav").write_bytes(b"stays")
    audit = state / "sftp" / "audit.jsonl"
    audit.parent.mkdir()
    lines = [{"event": "received", "path": f"/{ANDREY[1:]}.wav"}, {"path": f"/{NAME}.wav"}]
    audit.write_text("".join(json.dumps(line) + "\n" for line in lines), "ascii")
    size = audit.stat().st_size
    forget(office)
    left = sorted(path.name for path in box.rglob("*") if path.is_file())
    assert left == ["another.wav"]
    assert audit.stat().st_size == size
    first, second = map(json.loads, audit.read_text("ascii").splitlines())
    assert first == {"event": "received", "path": "/###########.wav"}
    assert set(second["path"]) <= set("/#.wav")


def test_twins_of_the_same_sound_go(office: KeptOffice) -> None:
    records = office.folder / "records"
    shutil.copy(records / "2026" / f"call-{ANDREYS}.wav", records / "twin.wav")
    forget(office)
    assert not (records / "twin.wav").exists()


def test_a_recording_that_only_a_table_names_goes(office: KeptOffice) -> None:
    records = office.folder / "records"
    (records / "1794299999.53.wav").write_bytes(b"RIFF" + bytes(100))
    ledger = records / "Master.csv"
    row = ledger.read_text("utf-8").replace("1794488400.77", "1794299999.53")
    other = row.replace("79160001301", "79160001302").replace("1794299999.53", "1794299998.11")
    ledger.write_text(row + other, encoding="utf-8")
    forget(office)
    assert not (records / "1794299999.53.wav").exists()
    assert ledger.read_text("utf-8") == other


def test_tables_keep_their_encoding(office: KeptOffice) -> None:
    table = office.folder / "records" / "список.csv"
    lines = ["recording;from;agent_name", "a.wav;8(916)000-13-01;Ира", "b.wav;101;Ира"]
    table.write_bytes("\r\n".join(lines).encode("cp1251"))
    forget(office)
    assert table.read_bytes() == "\r\n".join([lines[0], lines[2]]).encode("cp1251")


def test_what_the_judge_answered_goes(office: KeptOffice) -> None:
    engine = office.open()
    with transaction(engine) as session:
        for key, seconds in (("his", ANDREYS), ("others", BORISS)):
            words = words_digest(said for _, said in SCRIPTS[seconds])
            add_answer(session, JudgeAnswer(key, "m", "1", "{}", 1, words), datetime.now(UTC))
    engine.dispose()
    forget(office)
    assert [row.key for row in office.rows(JudgeAnswerRow)] == ["others"]


def test_old_calls_do_not_come_back(office: KeptOffice) -> None:
    records = office.folder / "records"
    saved = office.folder / "saved"
    shutil.copytree(records, saved)
    before = {call["call_id"] for call in office.run().result["calls"]}
    forget(office)
    shutil.copytree(saved, records, dirs_exist_ok=True)
    shutil.copy(saved / "2026" / f"call-{ANDREYS}.wav", records / "by-another-name.wav")
    report = office.run()
    assert {call["call_id"] for call in report.result["calls"]} == before - {f"call-{ANDREYS}"}
    assert office.ears.heard == []
    assert office.rows(CdrEntryRow) == []
    assert not [flag for flag in report.result["flags"] if flag["kind"] == "missing_recording"]
    told = [one for one in report.warnings if "somebody who was forgotten" in one]
    assert told
    assert LAST_TEN not in "".join(told)
    assert office.sounds() == [f"call-{BORISS}.wav", f"call-{STRANGERS}.wav"]


@pytest.mark.parametrize(("words", "taken"), [((), True), (("--for-good",), False)])
def test_what_the_person_says_later_is_normal_unless_for_good(
    office: KeptOffice, words: tuple[str, ...], taken: bool
) -> None:
    forget(office, *words)
    later = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    sidecar = {"call_id": "later", "started_at": later, "direction": "in", "from": ANDREY}
    new = add_recording(office.folder / "records", "later.wav", BORISS, sidecar)
    new.write_bytes(new.read_bytes() + b"\x01\x00")
    ids = {call["call_id"] for call in office.run().result["calls"]}
    assert ("later" in ids) is taken
    assert new.exists() is taken


def test_the_tombstone_names_nobody(office: KeptOffice) -> None:
    forget(office)
    state = office.folder / "state"
    assert secret_file(state).stat().st_mode & 0o777 == 0o600
    assert not [row for row in office.rows(TombstoneRow) if LAST_TEN in row.digest]
    engine = office.open()
    forgotten = who_was_forgotten(engine, state)
    began = datetime(2026, 11, 9, tzinfo=UTC)
    assert forgotten.covers(ANDREY, began)
    assert not forgotten.covers(BORIS, began)
    assert not forgotten.covers(None, began)
    engine.dispose()


def test_without_the_key_nothing_is_taken_in(office: KeptOffice) -> None:
    forget(office)
    secret_file(office.folder / "state").unlink()
    result = command(
        office, "run", str(office.folder / "records"), "--crm", str(office.folder / "crm.json")
    )
    assert result.exit_code == 2
    assert "Restore it from a backup" in result.output


@pytest.mark.parametrize(
    "held", [("--phone", ANDREY), ("--deal", "1001"), ("--call", f"call-{ANDREYS}")]
)
def test_a_hold_refuses(office: KeptOffice, held: tuple[str, str]) -> None:
    assert command(office, "hold", "add", *held, "--reason", "дело 17").exit_code == 0
    result = command(office, "forget", "--phone", ANDREY, "--yes")
    assert result.exit_code == 2
    assert "hold 1 on this" in result.stderr
    assert "дело 17" in result.stderr
    assert "`stagecheck hold remove 1`" in result.stderr
    assert len(office.sounds()) == 3
    assert office.rows(TombstoneRow) == []
    assert "дело 17" in command(office, "hold", "list").stdout
    assert command(office, "hold", "remove", "1").exit_code == 0
    assert "no hold" in command(office, "hold", "list").stdout
    forget(office)


def test_each_leaves_a_line_in_the_audit(office: KeptOffice) -> None:
    certificate = forget(office)
    begun, done = office.rows(KeepingEventRow)
    assert (begun.what, done.what) == ("forget begun", "forget")
    assert done.counts["calls"] == 2
    assert set(certificate["recordings_sha256"]) < set(done.hashes)


def test_forgetting_twice_finds_nothing_more(office: KeptOffice) -> None:
    forget(office)
    again = forget(office)
    assert not any(again["removed"].values())


def test_what_is_left_is_told(office: KeptOffice) -> None:
    note = office.folder / "records" / "notes.odt"
    note.write_bytes(b"call \x00 " + ANDREY.encode())
    result = command(office, "forget", "--phone", ANDREY, "--yes")
    assert result.exit_code == 1
    assert "Found: 1" in result.stdout
    assert f"still there: {note}" in result.stdout


def test_a_folder_that_is_not_there_is_not_proved(office: KeptOffice) -> None:
    (office.folder / "records").rename(office.folder / "elsewhere")
    result = command(office, "forget", "--phone", ANDREY, "--yes")
    assert result.exit_code == 1
    assert f"not searched: {office.folder / 'records'}" in result.stdout


def test_a_table_that_lies_elsewhere_is_cleaned_where_it_is_named(office: KeptOffice) -> None:
    ledger = office.folder / "elsewhere.csv"
    (office.folder / "records" / "Master.csv").rename(ledger)
    forget(office, "--in", str(ledger))
    assert ledger.read_text("utf-8") == ""


def test_unclear_orders_are_refused(office: KeptOffice, tmp_path: Path) -> None:
    orders = {
        (): "needs to know who",
        ("--phone", "12"): "is no telephone number",
        ("--contact", "k01"): "needs to know who",
        ("--contact", "k99", "--crm", str(office.folder / "crm.json")): "no contact `k99`",
        ("--phone", ANDREY, "--in", str(tmp_path / "nowhere")): "is not there",
    }
    for words, sentence in orders.items():
        result = command(office, "forget", "--yes", *words)
        assert result.exit_code == 2, words
        assert sentence in result.stderr
    unconfirmed = command(office, "forget", "--phone", ANDREY)
    assert unconfirmed.exit_code == 2
    assert "nothing was removed" in unconfirmed.stderr
    assert len(office.sounds()) == 3


def test_our_own_number_is_refused(office: KeptOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STAGECHECK_PBX__OWN_NUMBERS", json.dumps(["8 916 000-13-01"]))
    result = command(office, "forget", "--phone", ANDREY, "--yes")
    assert result.exit_code == 2
    assert "has a number of ours" in result.stderr


def test_a_folder_without_a_database_is_told(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["retention", "--state", str(tmp_path)])
    assert result.exit_code == 2
    assert "holds no database of stagecheck" in result.stderr


def test_facts_for_figures_name_the_person_in_no_version(office: KeptOffice) -> None:
    engine = office.open()
    with transaction(engine) as session:
        [deal] = session.scalars(select(DealFactRow).where(DealFactRow.deal_id == "1001"))
        deal.name, deal.client = f"Сайт для {NAME}", "contact:k01"
        deal.valid_until = datetime(2026, 12, 1, tzinfo=UTC)  # a version of before
        call = f"call-{ANDREYS}"
        for row in session.scalars(select(PromiseFactRow)):
            row.call_id = call
    engine.dispose()
    assert office.rows(CallFactRow, call_id=call)
    assert forget(office)["found"] == 0
    [deal] = office.rows(DealFactRow, deal_id="1001")
    assert deal.client == "deal:1001"
    assert NAME not in deal.name
    assert office.rows(CallFactRow, call_id=call) == []
    assert office.rows(PromiseFactRow) == []
