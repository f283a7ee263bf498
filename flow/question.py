"""What a run is asked: its input, read and found right before any work is done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from classify.checklist import Checklist, load_checklist
from classify.pipeline_file import load_pipelines, with_editions
from classify.verification.rules import PipelineRules
from classify.verification.ties import is_judged, rules_for, tie_stages
from core.logs import get_logger
from core.settings import Settings
from core.sources import source_settings
from crm.snapshot import read_snapshot
from ingest.arrival import KnownFiles
from ingest.calls import Gathered, gather_calls
from models.sealed import read_keys
from models.vocabulary.call import CdrRow
from models.vocabulary.crm import source_of
from models.vocabulary.deal import CrmSnapshot
from models.vocabulary.errors import InvalidInputError
from models.vocabulary.files import Mark

StageKeys = Mapping[str, Mapping[str, str]]
DEFAULT_STATE = Path(".stagecheck")
_log = get_logger("flow.question")


@dataclass(frozen=True, slots=True)
class RunRequest:
    """What a run is asked to do (docs/formats.md, section 1)."""

    recordings: Path
    crm: Path
    cdr: Path | None = None
    json: Path | None = None
    html: Path | None = None
    db: str | None = None
    as_of: datetime | None = None
    state: Path = DEFAULT_STATE
    connection: str | None = None  # the live CRM that `crm` names, where it is no file

    @property
    def source(self) -> str:
        """What the database calls the recordings folder."""
        return str(self.recordings.resolve())

    @property
    def crm_source(self) -> str:
        """What the database calls the CRM."""
        if self.connection is not None:
            return source_of(self.connection)
        return str(self.crm.resolve())


@dataclass(frozen=True, slots=True)
class Question:
    """The input of a run, read and found right, before any recording is opened."""

    request: RunRequest
    settings: Settings
    snapshot: CrmSnapshot
    rules: Mapping[str, PipelineRules]
    checklist: Checklist
    stage_keys: StageKeys
    as_of: datetime
    warnings: tuple[str, ...]


def read_question(
    request: RunRequest, settings: Settings, live: CrmSnapshot | None = None
) -> Question:
    """Reads the snapshot, the rule files and the checklist and ties them together.

    Args:
        request: what is asked.
        settings: where rules and checklist lie, and how the CRM's words map to ours.
        live: what is known of a connected CRM, in the place of a snapshot file.

    Raises:
        InvalidInputError: one of them is wrong, or they do not fit together.
    """
    snapshot, warnings = _snapshot(request, settings) if live is None else (live, ())
    rules = load_pipelines(settings.verification.pipelines_folder)
    checklist = load_checklist(settings.verification.checklist)
    try:
        if live is None:
            _must_be_judged(snapshot, rules)
        stage_keys = _stage_keys(snapshot, rules)
    except InvalidInputError as error:
        place = f"{request.crm}: {error.place}"
        raise InvalidInputError(place, error.problem, error.remedy) from error
    as_of = request.as_of or snapshot.as_of
    if as_of.tzinfo is None:
        as_of = as_of.replace(tzinfo=ZoneInfo(snapshot.timezone))
    return Question(request, settings, snapshot, rules, checklist, stage_keys, as_of, warnings)


def _snapshot(request: RunRequest, settings: Settings) -> tuple[CrmSnapshot, tuple[str, ...]]:
    read = read_snapshot(request.crm, settings.crm)
    return read.snapshot, read.warnings


def _must_be_judged(snapshot: CrmSnapshot, rules: Mapping[str, PipelineRules]) -> None:
    """A file names the template of every pipeline; a live CRM's wait until a person did."""
    for pipeline in snapshot.pipelines:
        rules_for(pipeline, rules)


def in_force(question: Question, editions: Mapping[str, PipelineRules]) -> Question:
    """The question with the editions that were published in the place of rule files.

    Raises:
        InvalidInputError: a stage of the CRM names a key that an edition does not have.
    """
    if not editions:
        return question
    rules = with_editions(question.rules, editions)
    return replace(question, rules=rules, stage_keys=_stage_keys(question.snapshot, rules))


def with_snapshot(question: Question, snapshot: CrmSnapshot) -> Question:
    """The question put to the CRM as it is by now, with the rules that it has.

    Raises:
        InvalidInputError: a stage of the CRM names a key that the rules do not have.
    """
    if snapshot.pipelines == question.snapshot.pipelines:
        return replace(question, snapshot=snapshot)
    keys = _stage_keys(snapshot, question.rules)
    return replace(question, snapshot=snapshot, stage_keys=keys)


def at_present(question: Question, now: datetime) -> Question:
    """The question as of now, where it is put to a live CRM and names no moment."""
    request = question.request
    if request.connection is None or request.as_of is not None:
        return question
    return replace(question, as_of=now.astimezone(ZoneInfo(question.snapshot.timezone)))


def _stage_keys(snapshot: CrmSnapshot, rules: Mapping[str, PipelineRules]) -> StageKeys:
    return {
        pipeline.id: {
            tie.stage_id: tie.key
            for tie in tie_stages(pipeline, rules_for(pipeline, rules))
            if tie.key is not None
        }
        for pipeline in snapshot.pipelines
        if is_judged(pipeline)
    }


def gather(
    question: Question,
    known: Iterable[CdrRow] = (),
    *,
    files: KnownFiles | None = None,
    whole: Mapping[str, Mark] | None = None,
    may_be_empty: bool = False,
) -> Gathered:
    """Looks through the recordings folder and the ledger.

    Args:
        question: what is asked.
        known: rows of the ledger that came earlier.
        files: spares reading files again that were read before.
        whole: the files that are complete, where somebody watches the folder; all count else.
        may_be_empty: a folder without recordings is right, such as one where all expired.

    Raises:
        InvalidInputError: the folder is missing or has no recording in it.
        SealedError: the key of sealed recordings is missing or wrong.
    """
    request, pbx = question.request, question.settings.pbx
    gathered = gather_calls(
        request.recordings,
        pbx=pbx,
        timezone=question.snapshot.timezone,
        users=question.snapshot.users,
        cdr=request.cdr,
        keys=read_keys(question.settings.sealing),
        sources=source_settings(question.settings),
        known=known,
        files=files,
        whole=whole,
        may_be_empty=may_be_empty,
    )
    _log.info(
        "gathered",
        recorded=len(gathered.arrived),
        unrecorded=len(gathered.unrecorded),
        problems=len(gathered.problems),
        duplicates=len(gathered.duplicates),
    )
    if not (gathered.arrived or gathered.problems or may_be_empty):
        raise InvalidInputError(
            str(request.recordings),
            "there is no recording in it",
            "Name the folder that the telephone system records to.",
        )
    return gathered
