"""What goes when its days are over, and what its calls still count for."""

from __future__ import annotations

import json
import os
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from core.keeping_settings import KeepingSettings
from core.settings import SettingsError, load_settings
from flow.holding import add_hold, end_hold
from models.places import PLAYED
from models.session import transaction
from models.store.corrections import add_correction
from models.store.decisions import NewDecision, decide
from models.store.holds import HoldKind
from models.store.judge import JudgeAnswer, add_answer, words_digest
from models.tables import (
    ActionRow,
    CallRow,
    CorrectionRow,
    DealVerdictRow,
    DecisionRow,
    FindingRow,
    FlagRow,
    HoldRow,
    JudgeAnswerRow,
    KeepingEventRow,
    PromiseRow,
    RecordingRow,
    RequirementVerdictRow,
    RunRow,
    TranscriptRow,
)
from models.vocabulary.correction import Correction, CorrectionKind
from models.vocabulary.errors import InvalidInputError
from models.vocabulary.review import DecisionKind
from tests.fakes.a_finding import RAISED, a_finding
from tests.fakes.kept_office import DAYS, LATER, KeptOffice, judged_office
from tests.fakes.office import ANDREY, ANDREYS, BORISS, SCRIPTS, STRANGERS, add_recording


@pytest.fixture
def office(database_url: str, tmp_path: Path) -> KeptOffice:
    return judged_office(tmp_path / "office", database_url)


def told(report: Any) -> dict[str, Any]:
    """What a result says apart from the moment at which it was made."""
    return {name: report.result[name] for name in ("calls", "deals", "flags", "errors")}


def test_sound_goes_and_its_calls_count_as_before(office: KeptOffice) -> None:
    before = told(office.run())
    done = office.retain(audio_days=DAYS)
    assert (done.recordings, done.files) == (3, 6)
    assert office.sounds() == []
    assert not list((office.folder / "records" / "2026").iterdir())
    assert told(office.run()) == before
    assert office.ears.heard == []
    assert {row.state for row in office.rows(RecordingRow)} == {"expired"}
    assert all(row.expired_at == LATER for row in office.rows(RecordingRow))


def test_a_folder_that_is_empty_afterwards_is_still_judged(office: KeptOffice) -> None:
    (office.folder / "records" / "Master.csv").unlink()
    office.retain(audio_days=DAYS)
    assert len(office.run().result["calls"]) == 3


def test_the_ledger_does_not_miss_the_recording(office: KeptOffice) -> None:
    ledger = office.folder / "records" / "Master.csv"
    row = (
        '"","79160001301","101","from-trunk","","PJSIP/trunk-0000002a","PJSIP/101-0000002b",'
        '"Dial","PJSIP/101,20,tT","2026-11-09 10:12:40","2026-11-09 10:12:41",'
        '"2026-11-09 10:12:44",4,3,"ANSWERED","DOCUMENTATION","1794208360.18",""\n'
    )
    ledger.write_text(ledger.read_text("utf-8") + row, encoding="utf-8")
    before = told(office.run())
    office.retain(audio_days=DAYS)
    after = told(office.run())
    missing = [flag for flag in after["flags"] if flag["kind"] == "missing_recording"]
    assert [flag["call_id"] for flag in missing] == ["1794488400.77"]  # never was recorded
    assert after == before


def test_a_manifest_does_not_miss_it_either(office: KeptOffice) -> None:
    manifest = office.folder / "records" / "list.csv"
    manifest.write_text(f"recording,talk_s\n2026/call-{ANDREYS}.wav,3\n", encoding="utf-8")
    office.run()
    office.retain(audio_days=DAYS)
    assert office.run().result["errors"] == []


def test_another_model_does_not_hear_it_again(office: KeptOffice) -> None:
    office.retain(audio_days=DAYS)
    office.ears.identity = "fake 2"
    assert len(office.run().result["calls"]) == 3
    assert office.ears.heard == []


def test_copies_and_receipts_go_too(office: KeptOffice) -> None:
    records = office.folder / "records"
    receipts = office.folder / "state" / "inbox" / "2026" / "receipts"
    receipts.mkdir(parents=True)
    (receipts / f"call-{ANDREYS}.wav").touch()
    (receipts / "another.wav").touch()
    shutil.copy(records / "2026" / f"call-{BORISS}.wav", records / "twin.wav")
    shutil.copy(records / "2026" / f"call-{BORISS}.wav", receipts.parent / "coming.wav")
    office.retain(audio_days=DAYS)
    assert office.sounds() == []
    assert [path.name for path in receipts.iterdir()] == ["another.wav"]
    assert not (receipts.parent / "coming.wav").exists()


def test_the_same_recording_sent_again_is_told_and_removed(office: KeptOffice) -> None:
    records = office.folder / "records"
    shutil.copy(records / "2026" / f"call-{ANDREYS}.wav", office.folder / "again.wav")
    before = told(office.run())
    office.retain(audio_days=DAYS)
    for name in ("other-name.wav", "twin-of-it.wav"):
        shutil.copy(office.folder / "again.wav", records / name)
    report = office.run()
    assert office.ears.heard == []
    assert office.sounds() == []
    [warning] = [one for one in report.warnings if "came before" in one]
    assert warning.endswith("it was removed again")
    assert told(report) == before


def test_a_young_call_stays(office: KeptOffice) -> None:
    office.retain(audio_days=3650)
    assert len(office.sounds()) == 3


def test_what_was_not_heard_yet_stays(office: KeptOffice) -> None:
    engine = office.open()
    with transaction(engine) as session:
        session.execute(text("UPDATE recordings SET state = 'arrived'"))
    engine.dispose()
    done = office.retain(audio_days=DAYS)
    assert (done.recordings, done.unheard) == (0, 3)
    assert len(office.sounds()) == 3


def test_a_dry_run_tells_the_same_and_changes_nothing(office: KeptOffice) -> None:
    days: dict[str, Any] = {
        "audio_days": DAYS,
        "transcript_days": DAYS,
        "quotes_days": DAYS,
        "verdicts_days": 30,
    }
    tried = office.retain(dry_run=True, **days)
    assert len(office.sounds()) == 3
    assert office.rows(KeepingEventRow) == []
    done = office.retain(**days)
    assert tried.removed() == done.removed()
    assert all(done.removed()[kind] for kind in ("recordings", "transcripts", "quotes", "verdicts"))


def test_words_go_and_what_was_heard_in_them_stays(office: KeptOffice) -> None:
    before = office.run().result
    done = office.retain(transcript_days=DAYS)
    assert done.transcripts == 3
    assert all(row.segments == [] for row in office.rows(TranscriptRow))
    office.ears.identity = "fake 2"  # the sound is still there, and must not be heard again
    after = office.run().result
    assert office.ears.heard == []
    assert [one["segments"] for one in after["calls"]] == [[], [], []]
    assert [one["actions"] for one in after["calls"]] == [one["actions"] for one in before["calls"]]
    assert after["deals"] == before["deals"]
    assert after["flags"] == before["flags"]


def test_the_judges_answers_go_with_the_words(office: KeptOffice) -> None:
    words = words_digest(said for _, said in SCRIPTS[ANDREYS])
    engine = office.open()
    with transaction(engine) as session:
        add_answer(session, JudgeAnswer("k1", "m", "1", "{}", 1, words), LATER)
        add_answer(session, JudgeAnswer("k2", "m", "1", "{}", 1, "other"), LATER)
    engine.dispose()
    assert office.retain(transcript_days=DAYS).answers == 1
    assert [row.key for row in office.rows(JudgeAnswerRow)] == ["k2"]


def test_quotes_go_and_verdicts_stay(office: KeptOffice) -> None:
    before = office.run().result
    office.retain(transcript_days=DAYS, quotes_days=DAYS)
    after = office.run().result
    spoken = {said for script in SCRIPTS.values() for _, said in script}
    assert not [said for said in spoken if said in json.dumps(after, ensure_ascii=False)]
    assert {one["quote"] for call in after["calls"] for one in call["actions"]} == {""}
    assert [(deal["verified_stage"], deal["gap"]) for deal in after["deals"]] == [
        (deal["verified_stage"], deal["gap"]) for deal in before["deals"]
    ]
    assert [flag["kind"] for flag in after["flags"]] == [flag["kind"] for flag in before["flags"]]
    assert any(one["quote"] for call in before["calls"] for one in call["actions"])


def test_old_runs_lose_the_words_too(office: KeptOffice) -> None:
    assert any(row.quote for row in office.rows(ActionRow))
    assert any(one["quote"] for row in office.rows(RequirementVerdictRow) for one in row.evidence)
    done = office.retain(transcript_days=DAYS, quotes_days=DAYS)
    assert done.quotes > 0
    quoting = [*office.rows(RequirementVerdictRow), *office.rows(FlagRow)]
    of_calls = [one for row in quoting for one in row.evidence if one["kind"] == "call"]
    assert {one["quote"] for one in of_calls} == {None}
    assert not [row for row in (*office.rows(ActionRow), *office.rows(PromiseRow)) if row.quote]
    said = {words for script in SCRIPTS.values() for _, words in script}
    for language in ("explanation", "explanation_en"):
        told = [getattr(row, language) for row in quoting]
        assert any("«…»" in sentence for sentence in told)
        assert not [sentence for sentence in told for words in said if words in sentence]


def test_quotes_cannot_go_before_the_words() -> None:
    with pytest.raises(ValueError, match=r"quotes_days needs keeping\.transcript_days"):
        KeepingSettings(quotes_days=30, transcript_days=60)
    with pytest.raises(ValueError, match="made anew from it"):
        KeepingSettings(quotes_days=30)


def test_a_wrong_keeping_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STAGECHECK_KEEPING__QUOTES_DAYS", "5")
    with pytest.raises(SettingsError, match="setting `keeping`"):
        load_settings()


def test_old_verdicts_go(office: KeptOffice) -> None:
    done = office.retain(verdicts_days=30)
    assert done.verdicts > 0
    assert [office.rows(table) for table in (RunRow, DealVerdictRow, FlagRow)] == [[], [], []]
    assert len(office.rows(TranscriptRow)) == 3


def test_what_is_held_is_spared(office: KeptOffice) -> None:
    engine = office.open()
    add_hold(engine, HoldKind.PHONE, ANDREY, "суд")
    call = add_hold(engine, HoldKind.CALL, f"call-{STRANGERS}", "проверка")
    engine.dispose()
    days: dict[str, Any] = {
        "audio_days": DAYS,
        "transcript_days": DAYS,
        "quotes_days": DAYS,
        "verdicts_days": 30,
    }
    done = office.retain(**days)
    assert (done.recordings, done.recordings_held, done.transcripts_held) == (1, 2, 2)
    assert office.sounds() == [f"call-{ANDREYS}.wav", f"call-{STRANGERS}.wav"]
    assert len([row for row in office.rows(TranscriptRow) if row.segments]) == 2
    assert {row.deal_id for row in office.rows(DealVerdictRow)} == {"1001"}
    engine = office.open()
    end_hold(engine, call, office.folder / "state")
    engine.dispose()
    assert office.retain(**days).recordings == 1
    assert office.sounds() == [f"call-{ANDREYS}.wav"]


def test_a_hold_that_was_removed_stays_written_without_the_number(office: KeptOffice) -> None:
    engine = office.open()
    hold = add_hold(engine, HoldKind.PHONE, ANDREY, "суд")
    end_hold(engine, hold, office.folder / "state")
    with pytest.raises(InvalidInputError, match=f"hold {hold}: is none that stands"):
        end_hold(engine, hold, office.folder / "state")
    with pytest.raises(InvalidInputError, match="no deal of this id"):
        add_hold(engine, HoldKind.DEAL, "nobody", "суд")
    engine.dispose()
    [row] = office.rows(HoldRow)
    assert (row.reason, row.placed_by, row.removed_by) == ("суд", row.placed_by, row.placed_by)
    assert ANDREY not in row.value
    assert [row.what for row in office.rows(KeepingEventRow)] == ["hold added", "hold removed"]


def test_the_audit_only_grows(office: KeptOffice) -> None:
    office.retain(audio_days=DAYS)
    [event] = office.rows(KeepingEventRow)
    assert (event.what, event.counts["recordings"], len(event.hashes)) == ("retention", 3, 3)
    assert event.who
    engine = office.open()
    for statement in ("DELETE FROM keeping_events", "UPDATE keeping_events SET who = 'x'"):
        with pytest.raises(Exception, match="the audit only grows"), transaction(engine) as session:
            session.execute(text(statement))
    engine.dispose()


def test_a_file_that_cannot_be_removed_is_told_and_tried_again(
    office: KeptOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = office.folder / "records" / "2026" / f"call-{ANDREYS}.wav"
    unlink = Path.unlink

    def refused(path: Path, missing_ok: bool = False) -> None:
        if path == kept:
            raise PermissionError(13, "Permission denied", str(path))
        unlink(path, missing_ok)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", refused)
        done = office.retain(audio_days=DAYS)
    assert (done.recordings, len(done.problems)) == (2, 1)
    assert office.sounds() == [kept.name]
    assert office.retain(audio_days=DAYS).recordings == 1
    assert office.sounds() == []


def test_new_calls_are_transcribed_as_ever(office: KeptOffice) -> None:
    office.retain(audio_days=DAYS)
    sidecar = {"call_id": "new", "started_at": "2026-11-19T10:00:00+03:00", "from": "+79160001302"}
    new = add_recording(office.folder / "records", "new.wav", BORISS, sidecar | {"direction": "in"})
    new.write_bytes(new.read_bytes() + b"\x01\x00")
    assert len(office.run().result["calls"]) == 4
    assert office.ears.heard == [BORISS]


def test_quotes_go_from_findings_decisions_and_corrections(office: KeptOffice) -> None:
    [call] = office.rows(CallRow, call_id=f"call-{ANDREYS}")
    told = {"kind": "call", "id": call.call_id, "at": None, "quote": "Сайт", "start": 1.0}
    engine = office.open()
    with transaction(engine) as session:
        finding = a_finding("one", evidence=[told], explanation="Он: «сайт»")
        finding.explanation_en = "He: «сайт»"
        session.add(finding)
        session.flush()
        decide(session, NewDecision(finding.id, DecisionKind.CONFIRM, 0, None, "anna"), LATER)
        for kind, right in (
            (CorrectionKind.WORD, {"text": "сайт"}),
            (CorrectionKind.ACTION, {"type": "objection", "note": "сайт"}),
            (CorrectionKind.DEAL, {"deal_id": "1002"}),
        ):
            add_correction(session, Correction(call.id, kind, (0,), {}, right, LATER, "anna"))
    engine.dispose()
    assert office.retain(dry_run=True, transcript_days=DAYS, quotes_days=DAYS).quotes > 0
    assert office.rows(FindingRow, key="one")[0].explanation == "Он: «сайт»"
    office.retain(transcript_days=DAYS, quotes_days=DAYS)
    [kept] = office.rows(FindingRow, key="one")
    assert (kept.evidence[0]["quote"], kept.explanation) == (None, "Он: «…»")
    [decision] = office.rows(DecisionRow)
    assert decision.shown["evidence"][0]["quote"] is None
    assert decision.shown["explanation"] == "Он: «…»"
    assert decision.shown["explanation_en"] == kept.explanation_en == "He: «…»"
    assert [row.corrected for row in office.rows(CorrectionRow)] == [
        {"text": ""},
        {"type": "objection", "note": ""},
        {"deal_id": "1002"},
    ]


def test_words_that_expire_take_corrected_words_with_them(office: KeptOffice) -> None:
    [call] = office.rows(CallRow, call_id=f"call-{ANDREYS}")
    engine = office.open()
    with transaction(engine) as session:
        for kind in (CorrectionKind.WORD, CorrectionKind.ACTION):
            said = {"text": "сайт", "note": "сайт"}
            add_correction(session, Correction(call.id, kind, (0,), {}, said, LATER, "anna"))
    engine.dispose()
    office.retain(transcript_days=DAYS)
    assert [row.corrected for row in office.rows(CorrectionRow)] == [
        {"text": "", "note": ""},
        {"text": "сайт", "note": "сайт"},
    ]


def test_findings_that_nobody_raises_go_with_old_verdicts(office: KeptOffice) -> None:
    engine = office.open()
    with transaction(engine) as session:
        session.add(a_finding("old", withdrawn_at=RAISED))
        session.add(a_finding("held", withdrawn_at=RAISED, deal_id="1002"))
        session.add(a_finding("stands"))
    add_hold(engine, HoldKind.DEAL, "1002", "дело")
    engine.dispose()
    office.retain(verdicts_days=30)
    keys = {row.key for row in office.rows(FindingRow)}
    assert "old" not in keys
    assert {"held", "stands"} <= keys


def test_sounds_made_to_be_played_go_after_a_week(office: KeptOffice) -> None:
    played = office.folder / "state" / PLAYED
    played.mkdir()
    for name, days in (("old.wav", 8), ("new.wav", 6)):
        (played / name).write_bytes(b"sound")
        moment = (LATER - timedelta(days=days)).timestamp()
        os.utime(played / name, (moment, moment))
    office.retain(dry_run=True)
    assert len(list(played.iterdir())) == 2
    office.retain()
    assert [path.name for path in played.iterdir()] == ["new.wav"]
