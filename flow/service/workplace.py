"""What a process of the service works with: database, settings, CRM and ears."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC
from functools import cache
from pathlib import Path

from sqlalchemy import Engine

import classify
from classify.corrected import CorrectedWords
from core.settings import Settings
from core.speech_settings import SpeechSettings
from flow.editions import published_rules
from flow.judging import Hear
from flow.question import Question, RunRequest, in_force, read_question
from flow.run import audio_loader, surroundings_of
from flow.second_listening import Memory
from flow.steps import Ears, Surroundings
from models.session import reading, transaction
from models.store.rules import Marks, edition_marks
from models.store.snapshots import save_snapshot
from models.vocabulary.call import Call
from models.vocabulary.correction import ChosenDeal
from transcribe.engine import Transcriber

Look = tuple[tuple[str, int, int, int], ...]
EngineFor = Callable[[SpeechSettings], Transcriber]


@dataclass(frozen=True, slots=True)
class Situation:
    """The CRM as it is now and all that is made of it; `crm_digest` tells two of them apart."""

    question: Question
    around: Surroundings
    crm_digest: str


class Workplace:
    """One process's view of the service.

    The CRM snapshot and the rules are read again when their files change, the rules also when an
    edition of them is published; the speech model is
    loaded when the first recording needs it.
    """

    def __init__(
        self,
        request: RunRequest,
        settings: Settings,
        database: Engine,
        *,
        hear: Hear,
        engine_for: EngineFor,
    ) -> None:
        # Workers find files by the paths that a look wrote down, wherever they were started.
        self.request = replace(
            request, recordings=request.recordings.resolve(), crm=request.crm.resolve()
        )
        self.settings, self.database = settings, database
        self.source, self.crm = self.request.source, self.request.crm_source
        self._hear, self._engine_for = hear, engine_for
        self._ears: Ears | None = None
        self._seen: tuple[Look, Marks] = ((), ())
        self._situation: Situation | None = None
        self._kept: Situation | None = None
        self.opinions: Memory = {}  # of second listenings, so that none is formed twice

    @property
    def ears(self) -> Ears:
        """What turns files into words."""
        if self._ears is None:
            self._ears = Ears(audio_loader(self.settings), self._engine_for(self.settings.speech))
        return self._ears

    def situation(self) -> Situation:
        """The CRM and the rules as they are now.

        Raises:
            StagecheckError: one of the files is wrong, or the database cannot be used.
        """
        with reading(self.database) as session:
            seen = (tuple(_looks(self.inputs())), edition_marks(session))
        if self._situation is None or seen != self._seen:
            question = read_question(self.request, self.settings)
            question = in_force(question, published_rules(self.database))
            around = surroundings_of(question, self.database, self._hear)
            self._situation = Situation(question, around, _crm_digest(question))
            self._seen = seen
        return self._situation

    def keep_snapshot(self) -> None:
        """Writes the CRM down as it is now, where this process has not yet."""
        situation = self.situation()
        if situation is self._kept:
            return
        with transaction(self.database) as session:
            save_snapshot(session, self.crm, situation.question.snapshot)
        self._kept = situation

    def inputs(self) -> Iterator[Path]:
        """The files of the CRM and of the rules."""
        yield self.request.crm
        folder = self.settings.verification.pipelines_folder
        if folder is not None:
            yield from sorted(folder.glob("*.y*ml"))


def matched_digest(call: Call, situation: Situation, chosen: ChosenDeal | None) -> str:
    """What settles whose deal a call is and what is heard in it, beside its words."""
    at = call.started_at.astimezone(UTC)
    by_hand = () if chosen is None else (repr(chosen),)
    return _digest(repr(replace(call, started_at=at)), situation.crm_digest, *by_hand)


def heard_digest(transcript: int, context: object, corrected: CorrectedWords | None = None) -> str:
    """What settles what is heard in a call, also in words that people corrected."""
    by_hand = () if corrected is None else (repr(corrected),)
    return _digest(str(transcript), repr(context), engine_print(), *by_hand)


@cache
def engine_print() -> str:
    """Tells two editions of the action engine apart: a hash of all that it is made of."""
    folder = Path(classify.__path__[0])
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.suffix in {".py", ".yaml", ".json", ".npz"}:
            digest.update(str(path.relative_to(folder)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _crm_digest(question: Question) -> str:
    snapshot, settings = question.snapshot, question.settings
    words = (
        snapshot.timezone,
        snapshot.pipelines,
        snapshot.users,
        snapshot.companies,
        snapshot.contacts,
        snapshot.deals,
        snapshot.stage_changes,
        snapshot.activities,
    )
    return _digest(
        repr(words), repr(settings.matching), repr(settings.pbx), repr(settings.speech.language),
        repr(settings.judge), engine_print(),
    )  # fmt: skip


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "backslashreplace")).hexdigest()


def _looks(paths: Iterator[Path]) -> Iterator[tuple[str, int, int, int]]:
    for path in paths:
        try:
            info = path.stat()
        except OSError:
            yield (str(path), -1, -1, -1)
        else:
            yield (str(path), info.st_size, info.st_mtime_ns, info.st_ino)
