"""Hears again the few seconds on which verdicts hang, and writes down what is not borne out."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from classify.personal import masked_segments
from classify.second_listening import (
    DecisiveQuote,
    Opinion,
    SecondOpinion,
    Target,
    decisive_quotes,
    second_opinion,
    stretch_around,
)
from classify.second_listening.opinion import lowered
from core.clock import now
from core.logs import get_logger
from flow.hints import call_context
from flow.steps import Ears, Surroundings
from flow.watch import Watcher
from models.session import reading, transaction
from models.store.calls import StoredCall, load_calls
from models.store.hearing import UnderstoodCall, load_understood
from models.store.listening import (
    ListeningKey,
    add_listening,
    doubt_action,
    find_listening,
    transcript_of,
)
from models.vocabulary.action import Action
from models.vocabulary.errors import StagecheckError
from models.vocabulary.transcript import Segment, Transcript
from models.vocabulary.verdict import JudgedCall, Verification
from transcribe.audio import CallAudio
from transcribe.engine import SecondListener
from transcribe.silenced import silence

_log = get_logger("flow.second_listening")
_REMEMBERED = 20_000
Memory = dict[str, SecondOpinion]  # by what settles the opinion
# By call, how it was and which of its quotes were decisive when they were heard again.
Settled = dict[int, tuple[JudgedCall | None, tuple[DecisiveQuote, ...]]]


@dataclass(frozen=True, slots=True)
class ListenedAgain:
    """What a second listening came to.

    `quotes` decided something and could be heard again; `same`, `otherwise` and `unclear` are
    their opinions. `heard_s` are the seconds that this run decoded (0 where all was there), `left`
    the quotes that there was no time for.
    """

    quotes: int = 0
    same: int = 0
    otherwise: int = 0
    unclear: int = 0
    heard_s: float = 0.0
    left: int = 0


class _NoTimeError(Exception):
    """What is to be heard again has to wait."""


@dataclass(frozen=True, slots=True)
class _Doubtful:
    """A decisive action of a call: its place, and the utterances to hear again."""

    position: int
    action: Action
    targets: tuple[Target, ...]


def listen_again(  # noqa: PLR0913 - who listens, to what, how long, for whom
    around: Surroundings,
    ids: Iterable[int],
    ears: Ears,
    verification: Verification,
    watch: Watcher,
    *,
    has_time: Callable[[], bool] = lambda: True,
    memory: Memory | None = None,
    settled: Settled | None = None,
    judged: Mapping[int, JudgedCall] = MappingProxyType({}),
) -> ListenedAgain:
    """Holds the decisive quotes of a verification against a second hearing of their seconds.

    What was heard again is kept like a transcript: nothing is decoded twice, also after a
    kill. Actions that are not borne out lose confidence and say what was heard; a recording that
    cannot be opened any more contradicts nobody. Once `has_time` says no, only what was decoded
    before is held against the quotes. `memory` keeps opinions from one call of this to the next,
    `settled` which calls all was heard again of, for the quotes that are decisive and the call as
    it is in `judged`: they are not looked at again.
    """
    memory = {} if memory is None else memory
    listener = ears.transcriber.second_listener()
    wanted = decisive_quotes(verification)
    if listener is None or not wanted:
        return ListenedAgain()
    settled = {} if settled is None else settled
    calls = _calls_of(around, ids, wanted, settled, judged)
    watch.begin(len(calls), "Hearing again")
    opinions: Counter[Opinion] = Counter()
    heard_s, left = 0.0, 0
    for stored, quotes in calls:
        session = _CallAgain(around, stored, ears, listener, has_time, memory)
        opinions.update(session.opinions(quotes))
        heard_s += session.heard_s
        left += session.left
        if not session.left:
            settled[stored.id] = (judged.get(stored.id), tuple(quotes))
        watch.done(session.heard_s)
    found = ListenedAgain(
        opinions.total(),
        opinions[Opinion.SAME],
        opinions[Opinion.OTHERWISE],
        opinions[Opinion.UNCLEAR],
        round(heard_s, 1),
        left,
    )
    _log.info("listened again", quotes=found.quotes, same=found.same, otherwise=found.otherwise,
              unclear=found.unclear, seconds=found.heard_s)  # fmt: skip
    return found


def _calls_of(
    around: Surroundings,
    ids: Iterable[int],
    wanted: Sequence[DecisiveQuote],
    settled: Settled,
    judged: Mapping[int, JudgedCall],
) -> list[tuple[StoredCall, list[DecisiveQuote]]]:
    of_call: dict[str, list[DecisiveQuote]] = defaultdict(list)
    for quote in wanted:
        of_call[quote.call_id].append(quote)
    chosen = []
    for id_ in ids:
        known = judged.get(id_)
        if known is not None:
            quotes = of_call.get(known.call.call_id)
            if quotes is None or settled.get(id_) == (known, tuple(quotes)):
                continue
        chosen.append(id_)
    with reading(around.engine) as session:
        calls = load_calls(session, chosen, around.zone)
    return [(one, of_call[one.call.call_id]) for one in calls if one.call.call_id in of_call]


class _CallAgain:
    """One call that is heard again; its sound is decoded when it is first needed."""

    def __init__(  # noqa: PLR0913, PLR0917 - what a hearing needs
        self,
        around: Surroundings,
        stored: StoredCall,
        ears: Ears,
        listener: SecondListener,
        has_time: Callable[[], bool],
        memory: Memory,
    ) -> None:
        self._around, self._stored, self._ears, self._listener = around, stored, ears, listener
        self._has_time, self._memory = has_time, memory
        self._audio: CallAudio | None = None
        self.heard_s, self.left = 0.0, 0

    def opinions(self, quotes: Sequence[DecisiveQuote]) -> list[Opinion]:
        """What a second hearing makes of each decisive action; doubts are written down."""
        with reading(self._around.engine) as session:
            understood = load_understood(session, [self._stored.id], self._around.zone)
            transcript = transcript_of(session, self._stored.id)
        if not understood or transcript is None:
            return []
        [call] = understood
        found = []
        for one in _decisive_actions(call, quotes):
            try:
                found.append(self._opinion(call, transcript, one))
            except _NoTimeError:
                self.left += 1
        return found

    def _opinion(self, call: UnderstoodCall, transcript: int, one: _Doubtful) -> Opinion:
        try:
            again = self._again(call, transcript, one.targets)
        except (StagecheckError, _NoTimeError):
            raise
        except Exception as error:  # noqa: BLE001 - no second hearing must cost the first
            _log.warning("not heard again", call=self._stored.id, error=type(error).__name__)
            return Opinion.UNCLEAR
        if again is None:
            return Opinion.UNCLEAR
        found = self._compared(call, one, again)
        if found.opinion is Opinion.OTHERWISE:
            self._doubt(one, found)
        return found.opinion

    def _again(
        self, call: UnderstoodCall, transcript: int, targets: Sequence[Target]
    ) -> tuple[Segment, ...] | None:
        """The words heard now, or at an earlier run; ``None`` once the sound is not kept."""
        key = ListeningKey(
            transcript,
            self._listener.identity,
            targets[0].index,
            targets[-1].index,
            tuple(target.segment for target in targets),
        )
        with reading(self._around.engine) as session:
            kept = find_listening(session, key)
        if kept is not None:
            return kept
        if not self._stored.files:
            return None
        if not self._has_time():
            raise _NoTimeError
        if self._audio is None:
            self._audio = self._ears.load_audio([Path(file) for file in self._stored.files])
            silence(self._audio, call.transcript.hidden or ())
        language = call.transcript.language
        again = self._listener.listen_again(self._audio, key.targets, language)
        heard = _masked(call.transcript, targets, again)
        seconds = _length(key.targets)
        with transaction(self._around.engine) as session:
            add_listening(session, key, heard, seconds, now())
        self.heard_s += seconds
        return heard

    def _compared(
        self, call: UnderstoodCall, one: _Doubtful, again: Sequence[Segment]
    ) -> SecondOpinion:
        around = self._around
        context = call_context(
            call.judged.call, call.transcript, around.index, around.snapshot, around.settings
        )
        words = (call.transcript.segments, one.targets, again, context, one.action)
        key = hashlib.sha256(repr(words).encode("utf-8", "backslashreplace")).hexdigest()
        if key not in self._memory:
            if len(self._memory) >= _REMEMBERED:
                self._memory.clear()
            self._memory[key] = second_opinion(
                call.transcript.segments, one.targets, again, context, one.action
            )
        return self._memory[key]

    def _doubt(self, one: _Doubtful, found: SecondOpinion) -> None:
        doubted = lowered(one.action, found.said)
        with transaction(self._around.engine) as session:
            doubt_action(
                session,
                self._stored.id,
                one.position,
                confidence=doubted.confidence,
                heard_otherwise=found.said,
            )


def _masked(
    transcript: Transcript, targets: Sequence[Target], again: Sequence[Segment]
) -> tuple[Segment, ...]:
    """What was heard again without the personal numbers that only the second hearing caught."""
    segments = list(transcript.segments)
    for target, heard in zip(targets, again, strict=True):
        segments[target.index] = heard
    masked, _ = masked_segments(segments, language=transcript.language)
    return tuple(masked[target.index] for target in targets)


def _decisive_actions(call: UnderstoodCall, quotes: Sequence[DecisiveQuote]) -> list[_Doubtful]:
    """The actions that the quotes are of, with what is to be heard again."""
    found = []
    for position, action in enumerate(call.judged.actions):
        if not any(_is_of(action, quote) for quote in quotes):
            continue
        targets = stretch_around(call.transcript.segments, action)
        if targets:
            found.append(_Doubtful(position, action, targets))
    return found


def _is_of(action: Action, quote: DecisiveQuote) -> bool:
    return action.quote == quote.quote and quote.start in (None, action.start)


def _length(targets: Sequence[Segment]) -> float:
    start = min(one.start or 0.0 for one in targets)
    return round(max(one.end or 0.0 for one in targets) - start, 2)
