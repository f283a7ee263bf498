"""The steps of a run: each reads rows and writes rows, so that any of them can be repeated."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo
from pathlib import Path

from sqlalchemy import Engine

from classify.hear import hear
from classify.matching import DealIndex
from classify.personal import masked_transcript
from core.clock import now
from core.logs import get_logger
from core.settings import Settings
from flow.correcting import hear_corrected, words_as_corrected
from flow.hints import asked_language, call_context, transcription_hints
from flow.judging import Hear
from flow.matching import match_of
from flow.watch import Watcher
from ingest.calls import Gathered
from models.session import reading, transaction
from models.store.calls import (
    StoredCall,
    load_calls,
    mark_transcribed,
    mark_unusable,
    save_calls,
    save_recordings,
)
from models.store.corrections import chosen_deals
from models.store.hearing import (
    forget_hearing,
    save_corrected_hearing,
    save_hearing,
    save_match,
)
from models.store.keeping import newest_transcript
from models.store.ledger import save_cdr
from models.store.transcripts import (
    TranscriptKey,
    add_transcript,
    find_transcript,
    load_transcript,
)
from models.vocabulary.call import RecordingProblem
from models.vocabulary.deal import CrmSnapshot
from models.vocabulary.errors import StagecheckError, UnusableRecordingError
from models.vocabulary.transcript import Transcript
from transcribe.audio import CallAudio
from transcribe.engine import Transcriber

AudioLoader = Callable[[Sequence[Path]], CallAudio]
_log = get_logger("flow.steps")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What all steps of a run work with; `zone` is that of the calls' times.

    `hear` turns words into what was heard: the engine, or the engine with a judge beside it.
    """

    engine: Engine
    settings: Settings
    snapshot: CrmSnapshot
    index: DealIndex
    zone: tzinfo
    hear: Hear = hear


@dataclass(frozen=True, slots=True)
class Ears:
    """What turns files into words: an audio decoder and a speech engine."""

    load_audio: AudioLoader
    transcriber: Transcriber


def store_calls(engine: Engine, source: str, gathered: Gathered) -> tuple[list[int], list[int]]:
    """Writes down what was gathered; gives the ids of recorded and of unrecorded calls."""
    arrived = [
        replace(one.call, recording=_readable(one.call.recording)) for one in gathered.arrived
    ]
    with transaction(engine) as session:
        files = {
            one.call.sha256 or "": [str(path) for path in one.paths] for one in gathered.arrived
        }
        save_recordings(session, files, now())
        save_cdr(session, gathered.cdr)
        ids = save_calls(session, source, [*arrived, *gathered.unrecorded])
    return ids[: len(arrived)], ids[len(arrived) :]


def transcribe_calls(
    around: Surroundings, ids: Iterable[int], ears: Ears, watch: Watcher
) -> list[RecordingProblem]:
    """Transcribes the calls that no transcript is there for; each is kept as soon as it is done.

    Gives the calls that could not be transcribed; they stop nobody else.
    """
    with reading(around.engine) as session:
        calls = load_calls(session, ids, around.zone)
        waiting = [
            one
            for one in calls
            if not (one.expired or one.words_expired)
            and find_transcript(session, transcript_key(one, around, ears)) is None
        ]
    watch.begin(len(waiting))
    problems = []
    for one in waiting:
        problem = _transcribe_call(around, one, ears, watch)
        if problem:
            problems.append(problem)
    return problems


def hear_calls(around: Surroundings, ids: Iterable[int], ears: Ears) -> list[RecordingProblem]:
    """Finds the actions of each transcribed call and whose deal it is; gives what failed.

    A call without a transcript keeps its deal but counts as not understood; one whose words are
    not kept any more stays as it was heard while they were.
    """
    with reading(around.engine) as session:
        calls = load_calls(session, ids, around.zone)
    problems = []
    for one in calls:
        problem = None if one.words_expired else _hear_call(around, one, ears)
        if problem:
            problems.append(problem)
    return problems


def transcript_key(one: StoredCall, around: Surroundings, ears: Ears) -> TranscriptKey:
    """Gives what settles the words of a recorded call."""
    return TranscriptKey(
        sha256=one.call.sha256 or "",
        transcriber=ears.transcriber.identity,
        language=asked_language(around.settings.speech),
        agent_channel=one.call.agent_channel,
    )


def _hear_call(around: Surroundings, one: StoredCall, ears: Ears) -> RecordingProblem | None:
    with reading(around.engine) as session:
        found = None
        if one.expired:
            found = newest_transcript(session, one.call.sha256 or "")
        elif one.files:
            found = find_transcript(session, transcript_key(one, around, ears))
        transcript = load_transcript(session, found) if found is not None else None
        chosen = chosen_deals(session, [one.id]).get(one.id)
        corrected = words_as_corrected(session, one.id, found, transcript)
    heard, anew, match, problem = None, None, None, None
    try:
        segments = transcript.segments if transcript is not None else ()
        match = match_of(one.call, segments, around.index, around.settings.matching, chosen)
        if transcript is not None:
            context = call_context(
                one.call, transcript, around.index, around.snapshot, around.settings
            )
            heard = around.hear(segments, context)
            anew = hear_corrected(corrected, context)
    except Exception as error:  # noqa: BLE001 - one odd call must not stop the others
        problem = _unexpected(one, error)
    with transaction(around.engine) as session:
        if heard is None:
            forget_hearing(session, one.id)
        else:
            save_hearing(session, one.id, found, heard)
            save_corrected_hearing(session, one.id, anew)
        save_match(session, one.id, match)
    return problem


def transcribe_one(
    around: Surroundings, one: StoredCall, ears: Ears, heard: Callable[[float], None] | None = None
) -> CallAudio:
    """Transcribes a recorded call and keeps its words; gives the sound.

    Raises:
        UnusableRecordingError: there is no sound to be had.
    """
    audio = ears.load_audio([Path(file) for file in one.files])
    hints = transcription_hints(one.call, around.index, around.snapshot, around.settings)
    transcript = ears.transcriber.transcribe(audio, hints, heard)
    _keep(around.engine, transcript_key(one, around, ears), audio, transcript)
    _log.info("transcribed", call=one.id, seconds=round(audio.duration_s, 1))
    return audio


def _transcribe_call(
    around: Surroundings, one: StoredCall, ears: Ears, watch: Watcher
) -> RecordingProblem | None:
    key = transcript_key(one, around, ears)
    with reading(around.engine) as session:
        if find_transcript(session, key) is not None:  # the same sound came under two names
            watch.done(0.0)
            return None
    try:
        audio = transcribe_one(around, one, ears, watch.heard)
    except StagecheckError:
        raise
    except UnusableRecordingError as error:
        problem = RecordingProblem(one.call.recording or "", error.error, error.detail)
    except Exception as error:  # noqa: BLE001 - one odd recording must not stop the others
        problem = _unexpected(one, error)
    else:
        watch.done(audio.duration_s)
        return None
    with transaction(around.engine) as session:
        mark_unusable(session, key.sha256, problem.error, problem.detail)
    watch.done(0.0)
    return problem


def _keep(engine: Engine, key: TranscriptKey, audio: CallAudio, transcript: Transcript) -> None:
    with transaction(engine) as session:
        if find_transcript(session, key) is None:  # another worker may have been as quick
            add_transcript(session, key, masked_transcript(transcript), now())
        mark_transcribed(
            session,
            key.sha256,
            duration_s=audio.duration_s,
            codec=audio.codec,
            notes=audio.notes,
        )


def _unexpected(one: StoredCall, error: Exception) -> RecordingProblem:
    _log.debug("call failed", call=one.id, exc_info=error)
    return RecordingProblem(
        one.call.recording or one.call.call_id,
        "failed",
        f"an unexpected {type(error).__name__} ({error}); run again, and if it comes again "
        "run with --verbose and report what it shows",
    )


def _readable(name: str | None) -> str | None:
    """A name in a foreign encoding (CP1251) as text that a database and JSON can hold."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace") if name else None
