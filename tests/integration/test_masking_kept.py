"""The database never holds a personal number, not even one kept before masking was there."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, text

from core.settings import Settings
from flow.masking import mask_kept
from flow.run import RunRequest, run
from models.session import open_database, reading, sqlite_url, transaction
from models.store.calls import save_recordings
from models.store.listening import ListeningKey, add_listening, find_listening
from models.store.transcripts import TranscriptKey, add_transcript, load_transcript
from models.vocabulary.transcript import PersonalKind, Segment, Speaker, Transcript
from tests.fakes.office import ANDREYS, SCRIPTS, build_recordings, write_crm
from tests.fakes.transcriber import FakeTranscriber

NOW = datetime(2026, 11, 20, tzinfo=UTC)
SAID = (
    Segment(Speaker.AGENT, "Диктуйте номер карты.", 0.0, 2.0),
    Segment(Speaker.CLIENT, "4276 3801 5567 0016", 2.0, 8.0),
)


def everything(engine: Engine) -> str:
    with engine.connect() as connection:
        names = ("transcripts", "second_listenings", "actions", "calls", "requirement_verdicts")
        return str([connection.execute(text(f"SELECT * FROM {n}")).all() for n in names])  # noqa: S608 - fixed names


def test_what_was_kept_before_is_masked(database: Engine) -> None:
    key = TranscriptKey("ab", "fake", "ru", None)
    with transaction(database) as session:
        save_recordings(session, {"ab": ["a.wav"]}, NOW)
        old = add_transcript(session, key, Transcript(SAID, "ru", "fake", 8.0, 8.0), NOW)
        again = ListeningKey(old, "second", 1, 1, SAID[1:])
        add_listening(session, again, SAID[1:], 6.0, NOW)
    assert "5567 0016" in everything(database)
    assert mask_kept(database) == 1
    assert mask_kept(database) == 0
    assert "5567 0016" not in everything(database)
    with reading(database) as session:
        transcript = load_transcript(session, old)
        assert find_listening(session, again) is None
    assert transcript.segments[1].text == "[номер карты •••• •••• •••• ••••]"
    assert transcript.hidden is not None
    (span,) = transcript.hidden
    assert (span.start, span.end, span.kind) == (1.5, 8.5, PersonalKind.CARD)


def test_a_run_keeps_no_card_and_its_quotes_stand_in_what_is_kept(tmp_path: Path) -> None:
    scripts = {
        **SCRIPTS,
        ANDREYS: [*SCRIPTS[ANDREYS], (Speaker.AGENT, "Номер карты?"),
                  (Speaker.CLIENT, "4276 3801 5567 0016, счёт жду до пятницы")],
    }  # fmt: skip
    request = RunRequest(
        build_recordings(tmp_path / "records"), write_crm(tmp_path / "crm.json"),
        state=tmp_path / "state",
    )  # fmt: skip
    report = run(request, Settings(), engine_for=lambda _: FakeTranscriber(scripts))
    call = next(one for one in report.result["calls"] if one["call_id"] == f"call-{ANDREYS}")
    assert call["segments"][-1]["text"].startswith("[номер карты •••• •••• •••• ••••], счёт")
    words = " ".join(one["text"] for one in call["segments"])
    assert all(action["quote"] in words for action in call["actions"])
    engine = open_database(sqlite_url(tmp_path / "state" / "stagecheck.db"))
    assert "5567 0016" not in everything(engine)
    engine.dispose()
