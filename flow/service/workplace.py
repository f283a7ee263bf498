"""What a process of the service works with: database, settings, CRM and ears."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from sqlalchemy import Engine

from classify.matching import DealPrints, MatchPrints
from core.settings import Settings
from core.speech_settings import SpeechSettings
from flow.editions import published_rules
from flow.figures.facts import KeptFacts
from flow.judging import Hear
from flow.live.snapshot import ConnectedCrm, same_but_moment, with_connection
from flow.live.stands import Stands
from flow.question import Question, RunRequest, in_force, read_question, with_snapshot
from flow.run import audio_loader, surroundings_of
from flow.second_listening import Memory
from flow.service.digests import MatchDigests
from flow.steps import Ears, Surroundings
from flow.verdicts import Kept
from models.session import reading, transaction
from models.store.digests import DealDigests
from models.store.intake import KnownCalls
from models.store.rules import Marks, edition_marks
from models.store.snapshots import save_snapshot
from transcribe.engine import Transcriber

Look = tuple[tuple[str, int, int, int], ...]
EngineFor = Callable[[SpeechSettings], Transcriber]


@dataclass(frozen=True, slots=True)
class Situation:
    """The CRM as it is now and all that is made of it."""

    question: Question
    around: Surroundings
    digests: MatchDigests


@dataclass(slots=True)
class Remembered:
    """What a process keeps from one judging to the next, so that nothing is done twice."""

    opinions: Memory = field(default_factory=dict)  # of second listenings
    kept: Kept = field(default_factory=Kept)
    digests: DealDigests = field(default_factory=DealDigests)
    calls: KnownCalls = field(default_factory=KnownCalls)
    facts: KeptFacts | None = None


class Workplace:
    """One process's view of the service.

    The CRM snapshot and the rules are read again when their files change, the rules also when an
    edition of them is published, a live CRM when something of it was read anew; the speech model
    is loaded when the first recording needs it.
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
        request = with_connection(request, database)
        crm = request.crm if request.connection else request.crm.resolve()
        # Workers find files by the paths that a look wrote down, wherever they were started.
        self.request = replace(request, recordings=request.recordings.resolve(), crm=crm)
        self.settings, self.database = settings, database
        self.source, self.crm = self.request.source, self.request.crm_source
        self._hear, self._engine_for = hear, engine_for
        self._ears: Ears | None = None
        self._seen: tuple[Look, Marks] = ((), ())
        self._live = (
            ConnectedCrm(request.connection, self.source, settings) if request.connection else None
        )
        self._situation: Situation | None = None
        self._prints = DealPrints()
        self._kept: Situation | None = None
        self.memory = Remembered()

    @property
    def ears(self) -> Ears:
        """What turns files into words."""
        if self._ears is None:
            self._ears = Ears(audio_loader(self.settings), self._engine_for(self.settings.speech))
        return self._ears

    def situation(self) -> Situation:
        """The CRM and the rules as they are now.

        Raises:
            StagecheckError: one of the files is wrong, the database cannot be used, or a live CRM
                was not read to its end yet.
        """
        with reading(self.database) as session:
            seen = (tuple(_looks(self.inputs())), edition_marks(session))
            crm = self._live.now(session) if self._live is not None else None
        before = self._situation
        if before is None or seen != self._seen:
            question = read_question(self.request, self.settings, crm)
            question = in_force(question, published_rules(self.database))
        elif crm is not None and not same_but_moment(crm, before.question.snapshot):
            question = with_snapshot(before.question, crm)
        else:
            return before
        known = before.around if before is not None else None
        around = surroundings_of(question, self.database, self._hear, known)
        prints = MatchPrints(around.index, self.settings.matching, self._prints)
        if before is not None:
            digests = before.digests.later(around, prints)
        else:
            digests = MatchDigests(around, prints)
        self._situation, self._seen = Situation(question, around, digests), seen
        return self._situation

    def crm_change(self) -> int | None:
        """Grows with every change of a live CRM; ``None`` where it is a file, or not there."""
        if self._live is None:
            return None
        with reading(self.database) as session:
            return self._live.change(session)

    def crm_stands(self) -> Stands | None:
        """How it stands with a live CRM; ``None`` where it is a file.

        Raises:
            StagecheckError: the database cannot be used.
        """
        if self._live is None:
            return None
        with reading(self.database) as session:
            return self._live.stands(session)

    def keep_snapshot(self) -> None:
        """Writes the CRM down as it is now, where this process has not yet; a live one stands."""
        situation = self.situation()
        if situation is self._kept or self._live is not None:
            return
        with transaction(self.database) as session:
            save_snapshot(session, self.crm, situation.question.snapshot)
        self._kept = situation

    def inputs(self) -> Iterator[Path]:
        """The files of the CRM and of the rules."""
        if self._live is None:
            yield self.request.crm
        folder = self.settings.verification.pipelines_folder
        if folder is not None:
            yield from sorted(folder.glob("*.y*ml"))


def _looks(paths: Iterator[Path]) -> Iterator[tuple[str, int, int, int]]:
    for path in paths:
        try:
            info = path.stat()
        except OSError:
            yield (str(path), -1, -1, -1)
        else:
            yield (str(path), info.st_size, info.st_mtime_ns, info.st_ino)
