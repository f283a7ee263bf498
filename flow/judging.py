"""Hears calls with the engine and, where a judge is set up, with a language model as well."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from sqlalchemy import Engine

from classify.hear import CallContext, hear
from classify.judge import (
    PROMPT_VERSION,
    Opinion,
    Question,
    UnreadableAnswerError,
    merge,
    pose,
    read_answer,
    worth_asking,
)
from core.clock import now
from core.judge_settings import JudgeSettings
from core.logs import get_logger
from flow.judge_budget import Budget, BudgetSpentError
from flow.judge_errors import Failure, JudgeError
from flow.judge_notes import Notes
from models.session import reading, transaction
from models.store.judge import JudgeAnswer, add_answer, find_answer, words_digest
from models.vocabulary.action import HeardCall
from models.vocabulary.errors import StagecheckError
from models.vocabulary.transcript import Segment

if TYPE_CHECKING:
    from flow.judge_client import Reply

Hear = Callable[[Sequence[Segment], CallContext], HeardCall]
_log = get_logger("flow.judging")


class Hearing(Protocol):
    """Turns a call's words into what was heard in it; `identity` names a judge that took part."""

    identity: str | None

    def hear(self, segments: Sequence[Segment], context: CallContext) -> HeardCall:
        """What a call comes to."""

    @property
    def warnings(self) -> tuple[str, ...]:
        """Sentences about what did not go as it should."""


class EngineAlone:
    """The engine's hearing as it is."""

    identity: str | None = None
    warnings: tuple[str, ...] = ()

    def hear(self, segments: Sequence[Segment], context: CallContext) -> HeardCall:
        """What the engine hears."""
        return hear(segments, context)


class Judge:
    """The engine's hearing held against a language model's; the engine's stands where that fails.

    Every readable answer is kept in the database as soon as it is there; a question that was
    answered before is not sent again.
    """

    def __init__(
        self,
        settings: JudgeSettings,
        database: Engine,
        ask: Callable[[Question], Reply],
    ) -> None:
        self.identity: str | None = f"{settings.model} (prompt {PROMPT_VERSION})"
        self._settings = settings
        self._database = database
        self._ask = ask
        self._notes = Notes(settings.endpoint or "")
        self._failed_in_a_row = 0

    @property
    def warnings(self) -> tuple[str, ...]:
        """What became of the questions, as far as a user should know."""
        return self._notes.sentences()

    def hear(self, segments: Sequence[Segment], context: CallContext) -> HeardCall:
        """What the engine hears, with the judge's hearing merged in where there is one."""
        engine = hear(segments, context)
        if not worth_asking(engine, segments, context):
            return engine
        try:
            return self._heard_twice(engine, segments, context)
        except JudgeError as error:
            self._notes.failed(error, context.started_at)
        except StagecheckError:
            raise
        except Exception as error:  # noqa: BLE001 - the second hearing must never cost the first
            _log.debug("judge failed", exc_info=error)
            unexpected = JudgeError(Failure.UNEXPECTED, type(error).__name__)
            self._notes.failed(unexpected, context.started_at)
        return engine

    def _heard_twice(
        self, engine: HeardCall, segments: Sequence[Segment], context: CallContext
    ) -> HeardCall:
        question = pose(segments, context, mask_contacts=self._settings.mask_contacts)
        opinion = self._opinion(question, words_digest(one.text for one in segments))
        if opinion is None:
            return engine
        if not opinion.trusted:
            raise JudgeError(Failure.INVENTED, "most of its actions are not in the call")
        self._notes.dropped(opinion.refused)
        return merge(engine, opinion, question.talk)

    def _opinion(self, question: Question, words: str) -> Opinion | None:
        """The judge's reading of a call, kept or asked for; ``None`` once no more are asked."""
        key = question.key(self._settings.model or "")
        with reading(self._database) as session:
            kept = find_answer(session, key)
        if kept is not None:
            return self._read(kept, question)
        if self._notes.stopped is not None:
            self._notes.unasked += 1
            return None
        try:
            return self._asked(question, key, words)
        except BudgetSpentError as error:
            self._notes.stopped, self._notes.unasked = str(error), 1
            return None
        except JudgeError as error:
            self._count_failure(error)
            raise

    def _asked(self, question: Question, key: str, words: str) -> Opinion:
        most = self._settings.max_tokens_per_call
        if question.size() + self._settings.max_answer_tokens > most:
            raise JudgeError(Failure.TOO_LONG, f"judge.max_tokens_per_call = {most}")
        try:
            reply = self._ask(question)
        except JudgeError:
            self._notes.sent += 1
            raise
        self._notes.sent += 1
        opinion = self._read(reply.text, question)
        answer = JudgeAnswer(
            key, self._settings.model or "", PROMPT_VERSION, reply.text, reply.tokens, words
        )
        with transaction(self._database) as session:
            add_answer(session, answer, now())
        self._failed_in_a_row = 0
        _log.info("judged", tokens=reply.tokens, refused=sum(opinion.refused.values()))
        return opinion

    def _read(self, text: str, question: Question) -> Opinion:
        try:
            return read_answer(text, question, confidence=self._settings.confidence)
        except UnreadableAnswerError as error:
            raise JudgeError(Failure.UNREADABLE, str(error)) from error

    def _count_failure(self, error: JudgeError) -> None:
        """Stops asking where nothing better is to be expected."""
        if error.failure is Failure.TOO_LONG:
            return
        self._failed_in_a_row += 1
        if error.final:
            self._notes.stopped = f"the service refuses all ({error.detail})"
        elif self._failed_in_a_row >= self._settings.give_up_after:
            self._notes.stopped = f"it failed {self._failed_in_a_row} times in a row"


@contextmanager
def hearing(settings: JudgeSettings, database: Engine) -> Iterator[Hearing]:
    """Gives the ears of a run: the engine's, with the judge's beside them where one is set up."""
    if settings.endpoint is None:
        yield EngineAlone()
        return
    from flow.judge_client import ChatClient

    with ChatClient(settings, Budget(settings)) as client:
        yield Judge(settings, database, client.ask)
