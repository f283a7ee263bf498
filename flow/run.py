"""One run from a folder of recordings to verdicts; only here stands what comes after what."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from classify.matching import build_index
from core.clock import now
from core.logs import get_logger
from core.settings import Settings
from core.speech_settings import SpeechSettings
from flow.admission import Place, admit
from flow.editions import published_rules
from flow.figures.facts import note_facts
from flow.findings import note_findings, note_verdicts
from flow.judging import Hear, hearing
from flow.known_files import KeptFiles
from flow.live.snapshot import ConnectedCrm, may_be_connection, with_connection
from flow.masking import mask_kept
from flow.output import check_writable, write_files
from flow.question import Question, RunRequest, StageKeys, gather, in_force, read_question
from flow.result import Json, as_json, run_result, told_in
from flow.scoring import Scores, score_calls
from flow.second_listening import ListenedAgain
from flow.steps import AudioLoader, Ears, Surroundings, hear_calls, store_calls, transcribe_calls
from flow.verdicts import Judgement, judged
from flow.watch import Nobody, Watcher
from ingest.calls import Gathered
from ingest.sftp.plan import inbox_of
from models.places import open_state
from models.sealed import read_keys
from models.session import open_database, reading, transaction
from models.store.hearing import load_understood
from models.store.keeping import kept_calls
from models.store.lock import alone
from models.store.runs import fail_run, finish_run, latest_run, save_verification, start_run
from models.store.snapshots import save_snapshot
from models.vocabulary.deal import CrmSnapshot
from models.vocabulary.errors import StagecheckError
from transcribe.audio import load_audio
from transcribe.engine import Transcriber

__all__ = ["RunReport", "RunRequest", "run", "whisper"]

_log = get_logger("flow.run")


@dataclass(frozen=True, slots=True)
class RunReport:
    """What came of a run.

    `result` is the contract's JSON, `snapshot` knows the names, `stage_keys` tells per
    pipeline which stage of its template a stage of the CRM is, `warnings` are sentences,
    `scores` say per recording how the call was led, `again` what a second listening came to.
    `told` is the same result explained in the language of the report.
    """

    result: Json
    told: Json
    snapshot: CrmSnapshot
    stage_keys: StageKeys
    warnings: tuple[str, ...]
    scores: Scores = field(default_factory=dict)
    again: ListenedAgain = field(default_factory=ListenedAgain)


def whisper(speech: SpeechSettings) -> Transcriber:
    """Gives the speech engine of the product; its weights are loaded when it is first needed."""
    from transcribe.whisper import load_transcriber

    return load_transcriber(speech)


def audio_loader(settings: Settings) -> AudioLoader:
    """Gives what opens and decodes recordings as the settings say.

    Raises:
        SealedError: the key of sealed recordings cannot be read.
    """
    longest_s = settings.speech.longest_call_h * 3600
    return partial(load_audio, longest_s=longest_s, keys=read_keys(settings.sealing))


def run(
    request: RunRequest,
    settings: Settings,
    *,
    engine_for: Callable[[SpeechSettings], Transcriber] = whisper,
    watch: Watcher | None = None,
) -> RunReport:
    """Does everything from the files to the verdicts and writes what was asked for.

    Killed at any moment and begun again it goes on where it was.

    Raises:
        StagecheckError: the input, the place for the results or the database is wrong.
    """
    question = None if may_be_connection(request.crm) else read_question(request, settings)
    for path in (request.json, request.html):
        if path is not None:
            check_writable(path)
    ears = Ears(audio_loader(settings), engine_for(settings.speech))
    _log.info("engine", transcriber=ears.transcriber.identity)
    database = open_database(request.db) if request.db else open_state(request.state)
    try:
        with alone(database):
            question = question or _live_question(request, settings, database)
            question = in_force(question, published_rules(database))
            source = request.source
            files = KeptFiles(database, source)
            gathered = gather(question, files=files, may_be_empty=_sound_expired(database, source))
            files.keep()
            return _answer(question, gathered, database, ears, watch or Nobody())
    finally:
        database.dispose()


def _live_question(request: RunRequest, settings: Settings, database: Engine) -> Question:
    """The question put to a connected CRM, as it was read last."""
    request = with_connection(request, database)
    with reading(database) as session:
        crm = ConnectedCrm(request.connection or "", request.source, settings).now(session)
    return read_question(request, settings, crm)


def _sound_expired(database: Engine, source: str) -> bool:
    """Whether calls of a folder count although their recordings are not kept any more."""
    with reading(database) as session:
        return bool(kept_calls(session, source))


def _repeated(gathered: Gathered) -> list[str]:
    return [f"{one.recording}: {one.detail}" for one in gathered.duplicates]


def _answer(
    question: Question, gathered: Gathered, database: Engine, ears: Ears, watch: Watcher
) -> RunReport:
    request, settings = question.request, question.settings
    source = request.source
    place = Place(request.recordings, request.state, inbox_of(request.state, settings.sftp))
    with (
        _run_row(question, database, source) as run_id,
        hearing(question.settings.judge, database) as heard,
    ):
        around = surroundings_of(question, database, heard.hear)
        mask_kept(database)
        admitted = admit(database, place, settings.pbx, gathered)
        gathered = admitted.gathered
        recorded, unrecorded = store_calls(database, source, gathered)
        recorded += admitted.kept
        problems = [
            *gathered.problems,
            *transcribe_calls(around, recorded, ears, watch),
            *hear_calls(around, [*recorded, *unrecorded], ears),
        ]
        judgement = judged(question, around, (recorded, unrecorded), ears, watch)
        verification, again = judgement.verification, judgement.again
        _keep(question, database, run_id, judgement)
        scores = score_calls(around, recorded, unrecorded, question.checklist)
        with reading(database) as session:
            understood = load_understood(session, recorded, around.zone)
        zone = ZoneInfo(question.snapshot.timezone)
        result = run_result(question.snapshot, understood, verification, problems, zone)
        warnings = (
            *question.warnings,
            *ears.transcriber.warnings,
            *_repeated(gathered),
            *admitted.warnings,
            *heard.warnings,
        )
        told = told_in(settings.service.report_language, result, verification, zone)
        report = RunReport(
            result, told, question.snapshot, question.stage_keys, warnings, scores, again
        )
        _write(question, report)
        with transaction(database) as session:
            engines = {"transcriber": ears.transcriber.identity, "judge": heard.identity}
            finish_run(session, run_id, now=now(), errors=problems, **engines)
    return report


def _keep(question: Question, database: Engine, run: int, judgement: Judgement) -> None:
    """Writes verdicts, findings and facts down, with what is new in them."""
    request, verification = question.request, judgement.verification
    with transaction(database) as session:
        before = latest_run(session, request.source, request.crm_source)
        save_verification(session, run, verification, now())
        note_verdicts(session, verification, question.snapshot, before[0] if before else None)
        note_findings(session, question, verification, run)
        note_facts(session, question, judgement, now())


def surroundings_of(
    question: Question, database: Engine, hear: Hear, before: Surroundings | None = None
) -> Surroundings:
    """Gives what the steps work with; the CRM's deals are put in order for matching here.

    What is the same as in `before`, with the same settings, is not put in order again.
    """
    settings, snapshot = question.settings, question.snapshot
    known = (before.snapshot, before.index) if before is not None else None
    return Surroundings(
        database,
        settings,
        snapshot,
        build_index(snapshot, settings.matching, settings.pbx, known),
        ZoneInfo(settings.pbx.timezone or snapshot.timezone),
        hear,
    )


@contextmanager
def _run_row(question: Question, database: Engine, source: str) -> Iterator[int]:
    """Keeps the row of a run from its beginning; one that fails says so."""
    crm_source = question.request.crm_source
    with transaction(database) as session:
        if question.request.connection is None:  # the mirror of a live CRM stands
            save_snapshot(session, crm_source, question.snapshot)
        run_id = start_run(session, source=source, crm_source=crm_source, now=now())
    try:
        yield run_id
    except Exception:
        # A full disk may be what failed; then the next run finds this one interrupted.
        with suppress(StagecheckError), transaction(database) as session:
            fail_run(session, run_id, now())
        raise


def _write(question: Question, report: RunReport) -> None:
    request, language = question.request, question.settings.service.report_language
    texts = {}
    if request.json is not None:
        texts[request.json] = as_json(report.result)
    if request.html is not None:
        from flow.report import render_report

        texts[request.html] = render_report(
            report.told, report.snapshot, report.stage_keys, report.scores, language
        )
    write_files(texts)
