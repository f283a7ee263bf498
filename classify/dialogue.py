"""A call as turns: who says what after whom, with the words read and the times found."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property, wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from classify import machines
from classify.currencies import RUB, home_currency
from classify.dates import TimeMention, find_times
from classify.english_amounts import find_english_amounts
from classify.grouping import groups, in_time_order, joined, spoken_language
from classify.misheard import meant
from classify.numbers import AmountMention, find_amounts
from classify.phrases import Phrasebook, phrasebook
from classify.phrases.pattern import Pattern
from classify.text import Token
from models.vocabulary.call import Direction
from models.vocabulary.transcript import Segment, Speaker

Found = TypeVar("Found")
Rest = ParamSpec("Rest")


@dataclass(frozen=True, slots=True)
class CallContext:
    """What is known of a call besides its words.

    `started_at` is aware; relative days are resolved against it. `agent_names` and
    `company_names` are ours, where the CRM or the settings say them. `speech_s` is in seconds.
    `timezone` is the name of the call's time zone, where `started_at` carries only an offset.
    """

    started_at: datetime
    direction: Direction | None = None
    language: str = "ru"
    agent_names: tuple[str, ...] = ()
    company_names: tuple[str, ...] = ()
    speech_s: float | None = None
    timezone: str | None = None


@dataclass(frozen=True)
class Turn:
    """Everything one side says until the other speaks.

    `pieces` are the segments and the offsets at which they begin in `text`; `meant` is `text` with
    misheard forms put right, letter under letter.
    """

    index: int
    speaker: Speaker
    text: str
    tokens: tuple[Token, ...]
    pieces: tuple[tuple[int, Segment], ...]
    machine: bool = False
    meant: str = ""

    @cached_property
    def meets(self) -> frozenset[int]:
        """Every criterion of the phrasebook that some word of the turn meets."""
        return frozenset().union(*(token.meets for token in self.tokens))

    @cached_property
    def punctuated(self) -> bool:
        """Whether the recogniser (or the writer) set full stops."""
        return any(token.closes or token.comma for token in self.tokens)

    @cached_property
    def questions(self) -> bool:
        """Whether some sentence ends with a question mark."""
        return any("?" in token.closes for token in self.tokens)

    @property
    def may_ask(self) -> bool:
        """Whether it asks, or has no marks that would tell."""
        return self.questions or not self.punctuated

    def asks(self, at: int) -> bool:
        """Whether the sentence of the word at `at` ends with a question mark."""
        return any("?" in t.closes for t in self.tokens if t.sentence == self.tokens[at].sentence)


@dataclass(frozen=True, slots=True)
class Hit:
    """A notion found in a turn: words `start` to `end` (exclusive) and the wording that fitted."""

    cue: str
    turn: Turn
    start: int
    end: int
    wording: str


Reading = Callable[Concatenate["Talk", Turn, Rest], Found]


def read_once(reader: Reading[Rest, Found]) -> Reading[Rest, Found]:
    """A reader of turns that reads each turn of a call once, however often it is asked."""
    name = f"{reader.__module__}.{reader.__qualname__}"

    @wraps(reader)
    def remembered(talk: Talk, turn: Turn, /, *more: Rest.args, **named: Rest.kwargs) -> Found:
        key = (name, turn.index, *more, *named.items()) if named else (name, turn.index, *more)
        if key not in talk.read:
            talk.read[key] = reader(talk, turn, *more, **named)
        found: Found = talk.read[key]
        return found

    return remembered


@dataclass(frozen=True)
class Talk:
    """A whole call, ready to be listened to."""

    turns: tuple[Turn, ...]
    context: CallContext
    book: Phrasebook
    _possible: dict[int, dict[str, list[Pattern]]] = field(default_factory=dict, repr=False)
    _hits: dict[tuple[str, int], list[Hit]] = field(default_factory=dict, repr=False)
    read: dict[tuple[Hashable, ...], Any] = field(default_factory=dict, repr=False)

    def hits(self, cue: str, turn: Turn) -> list[Hit]:
        """Every place of a notion in a turn, left to right; none where the language lacks it."""
        possible = self._possible.get(turn.index)
        if possible is None:
            possible = self._possible[turn.index] = self.book.possible(turn.meets)
        patterns = possible.get(cue)
        if patterns is None:
            return []
        key = (cue, turn.index)
        found = self._hits.get(key)
        if found is None:
            places = self.book.cues[cue].find(turn.tokens, turn.meets, patterns)
            found = self._hits[key] = [Hit(cue, turn, *place) for place in places]
        return found

    def has(self, cue: str, turn: Turn) -> bool:
        """Whether a turn holds a notion."""
        return bool(self.hits(cue, turn))

    def asks(self, turn: Turn) -> bool:
        """Whether a turn asks: by its marks, or by its words where it has none."""
        return turn.questions or (not turn.punctuated and self.has("stance.question", turn))

    def all_hits(self, cue: str, speaker: Speaker | None = None) -> list[Hit]:
        """Every place of a notion in the call, as one side says it (machines never count)."""
        return [
            hit
            for turn in self.turns
            if not turn.machine and speaker in (None, turn.speaker)
            for hit in self.hits(cue, turn)
        ]

    @read_once
    def times(self, turn: Turn) -> tuple[TimeMention, ...]:
        """Days and clock times named in a turn, resolved against the call's start."""
        said_at, language = self.context.started_at, self.context.language
        return tuple(find_times(turn.meant or turn.text, said_at, language=language))

    @read_once
    def amounts(self, turn: Turn) -> tuple[AmountMention, ...]:
        """Sums of money and other amounts named in a turn."""
        if self.context.language == "en":
            return tuple(find_english_amounts(turn.text, self.home_currency))
        return tuple(find_amounts(turn.text, language=self.context.language))

    @cached_property
    def home_currency(self) -> str:
        """The currency (ISO 4217) of a sum that names none: roubles but in an English call."""
        english = self.context.language == "en"
        return home_currency(self.context.started_at, self.context.timezone) if english else RUB

    def near(self, turn: Turn, ahead: int = 1, speaker: Speaker | None = None) -> list[Turn]:
        """The next turns of a side (or of anybody), at most `ahead` of them."""
        following = [
            t
            for t in self.turns[turn.index + 1 :]
            if not t.machine and speaker in (None, t.speaker)
        ]
        return following[:ahead]

    def before(self, turn: Turn, back: int = 1, speaker: Speaker | None = None) -> list[Turn]:
        """The last turns before this one of a side (or of anybody), the nearest first."""
        earlier = [
            t for t in self.turns[: turn.index] if not t.machine and speaker in (None, t.speaker)
        ]
        return earlier[::-1][:back]


def token_at(turn: Turn, offset: int) -> int:
    """The index of the word that stands at (or first after) an offset of the turn's text."""
    for index, token in enumerate(turn.tokens):
        if token.end > offset:
            return index
    return max(0, len(turn.tokens) - 1)


def listen(segments: Sequence[Segment], context: CallContext) -> Talk:
    """Reads the segments of a call into turns; consecutive ones of one side become one turn."""
    context = replace(context, language=spoken_language(segments, context.language))
    book = phrasebook(context.language)
    turns: list[Turn] = []
    for group in groups(in_time_order(segments), book):
        text, pieces = joined(group)
        speaker = group[0].speaker
        said = meant(text, agent=speaker is Speaker.AGENT) if book.language == "ru" else text
        tokens = book.reader.read(said)
        if tokens or text.strip():
            turns.append(Turn(len(turns), speaker, text, tokens, pieces, meant=said))
    return Talk(_machines_marked(turns, book, context.direction), context, book)


def _machines_marked(
    turns: Sequence[Turn], book: Phrasebook, direction: Direction | None
) -> tuple[Turn, ...]:
    """Marks the turns of machines; a machine taken for the agent gives the sides back."""
    sure = [machines.announces(book, t.tokens) for t in turns]
    agent = [tape for t, tape in zip(turns, sure, strict=True) if t.speaker is Speaker.AGENT]
    others = [tape for t, tape in zip(turns, sure, strict=True) if t.speaker is not Speaker.AGENT]
    swapped = bool(agent) and all(agent) and not any(others) and direction is not Direction.IN
    marked: list[Turn] = []
    for turn, tape in zip(turns, sure, strict=True):
        if swapped:
            side = Speaker.AGENT if turn.speaker is Speaker.CLIENT else Speaker.CLIENT
            marked.append(replace(turn, speaker=side, machine=tape))
        elif turn.speaker is Speaker.AGENT:
            marked.append(turn)
        else:
            after = any(t.machine for t in marked)
            read = tape or machines.recorded(book, turn.tokens, after_machine=after)
            marked.append(replace(turn, machine=read))
    return tuple(marked)
