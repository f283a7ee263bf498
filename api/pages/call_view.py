"""A call as its page shows it: what the machine heard, with what people corrected beside it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from classify.corrected import (
    action_correction,
    fitting,
    heard_anew,
    machine_action,
    machine_speaker,
    machine_word,
    pieces_of,
)
from models.store.call_page import CallOnPage
from models.vocabulary.action import Action
from models.vocabulary.correction import (
    MISSED,
    Correction,
    CorrectionKind,
    Standing,
    corrected_by,
    heard_at,
    in_force,
    is_missed,
)
from models.vocabulary.transcript import Segment
from models.vocabulary.verdict import RequirementVerdict

LOW = 0.5  # words recognised with less confidence are marked
GONE = -2  # in place of an action's position: it is heard in the machine's own words alone
_BEST_FIRST = "ABCDX"


@dataclass(frozen=True, slots=True)
class ShownWord:
    """A word with what stands around it; `corrected` is somebody's, `who` said so."""

    place: int
    before: str
    text: str
    start: float | None
    end: float | None
    low: bool
    corrected: str | None = None
    who: str = ""


@dataclass(frozen=True, slots=True)
class ShownSegment:
    """An utterance; `speaker` is whose it is by now, `machine_speaker` what the machine heard."""

    place: int
    speaker: str
    machine_speaker: str
    start: float | None
    end: float | None
    words: tuple[ShownWord, ...]
    rest: str
    who: str = ""


@dataclass(frozen=True, slots=True)
class ShownAction:
    """An action with its number on the page, and the verdicts that rest on it.

    `wrong`, `status` and `slots` are people's word on it; `missed` is the number of one that only
    people heard, whose words are their note. `words_by` corrected the words in which it is heard,
    or is not heard any more (`place` is `GONE`).
    """

    number: int
    place: int
    type: str
    status: str
    machine_status: str
    speaker: str
    quote: str
    confidence: float | None
    start: float | None
    end: float | None
    slots: Mapping[str, Any] = field(default_factory=dict)
    machine_slots: Mapping[str, Any] = field(default_factory=dict)
    cues: tuple[str, ...] = ()
    heard_otherwise: str | None = None
    verdicts: tuple[RequirementVerdict, ...] = ()
    wrong: bool = False
    missed: int | None = None
    who: str = ""
    stamp: str = ""
    words_by: str = ""

    @property
    def gone(self) -> bool:
        """Whether it is not heard any more in the words as people corrected them."""
        return self.place == GONE

    @property
    def grade(self) -> str | None:
        """The best grade of the verdicts that rest on it."""
        grades = [verdict.grade.value for verdict in self.verdicts]
        return min(grades, key=_BEST_FIRST.index) if grades else None

    @property
    def corrected(self) -> bool:
        """Whether somebody said otherwise than the machine."""
        return bool(self.who) and self.missed is None


def word_there(page: CallOnPage, segment: int, word: int) -> dict[str, Any]:
    """What the machine has at a place, by which a correction is known to fit.

    Raises:
        LookupError: there is no such word.
    """
    pieces, _ = pieces_of(_segment(page, segment))
    if not 0 <= word < len(pieces):
        raise LookupError(word)
    return machine_word(page.transcript_id, pieces[word])


def speaker_there(page: CallOnPage, segment: int) -> dict[str, Any]:
    """The same for the speaker of an utterance.

    Raises:
        LookupError: there is no such utterance.
    """
    return machine_speaker(page.transcript_id, _segment(page, segment))


def action_there(page: CallOnPage, place: int) -> Action:
    """An action, by its place among those that were heard.

    Raises:
        LookupError: there is no such action.
    """
    actions = heard_actions(page)
    if not 0 <= place < len(actions):
        raise LookupError(place)
    return actions[place]


def heard_actions(page: CallOnPage) -> tuple[Action, ...]:
    """What is heard in a call, in its words as people corrected them."""
    return page.actions if page.anew is None else heard_anew(page.actions, page.anew)


def stamp_of(action: Action) -> str:
    """Tells an action from another that took its place since."""
    return hashlib.sha256(repr(heard_at(machine_action(action))).encode()).hexdigest()[:16]


def shown_segments(page: CallOnPage) -> list[ShownSegment]:
    """All utterances in order."""
    standing = in_force(page.corrections)
    many = len(page.transcript.segments) if page.transcript is not None else 0
    return [shown_segment(page, place, standing) for place in range(many)]


def shown_segment(page: CallOnPage, place: int, standing: Standing) -> ShownSegment:
    """One utterance.

    Raises:
        LookupError: there is no such utterance.
    """
    one = _segment(page, place)
    words, rest = _words(page, place, standing)
    speaker, who = one.speaker.value, ""
    machine = machine_speaker(page.transcript_id, one)
    correction = fitting(standing, CorrectionKind.SPEAKER, (place,), machine)
    if correction is not None:
        speaker, who = correction.corrected["speaker"], correction.who
    return ShownSegment(
        place, speaker, one.speaker.value, one.start, one.end, tuple(words), rest, who
    )


def shown_actions(
    page: CallOnPage, proofs: Mapping[str, Sequence[RequirementVerdict]]
) -> list[ShownAction]:
    """All actions by their time, those that people missed among them."""
    standing = in_force(page.corrections)
    heard = heard_actions(page)
    own = {stamp_of(one): one for one in page.actions}
    shown = [
        _action(place, one, own.get(stamp_of(one), one), standing, proofs)
        for place, one in enumerate(heard)
    ]
    left = {stamp_of(one) for one in heard}
    shown += [_gone(one, page) for stamp, one in own.items() if stamp not in left]
    shown += _missed(standing.values())
    shown.sort(key=lambda one: (one.start is None, one.start or 0.0, one.place))
    return [_numbered(one, number) for number, one in enumerate(shown, 1)]


def _segment(page: CallOnPage, place: int) -> Segment:
    segments = page.transcript.segments if page.transcript is not None else ()
    if not 0 <= place < len(segments):
        raise LookupError(place)
    return segments[place]


def _words(page: CallOnPage, place: int, standing: Standing) -> tuple[list[ShownWord], str]:
    """The words of an utterance with what stands between them, and what follows the last."""
    pieces, rest = pieces_of(_segment(page, place))
    shown = []
    for index, one in enumerate(pieces):
        machine = machine_word(page.transcript_id, one)
        told = fitting(standing, CorrectionKind.WORD, (place, index), machine)
        shown.append(
            ShownWord(
                index,
                one.before,
                one.text,
                one.start,
                one.end,
                one.confidence < LOW,
                told.corrected["text"] if told is not None else None,
                told.who if told is not None else "",
            )
        )
    return shown, rest


def _action(
    place: int,
    one: Action,
    own: Action,
    standing: Standing,
    proofs: Mapping[str, Sequence[RequirementVerdict]],
) -> ShownAction:
    told = action_correction(standing, one)
    said: Mapping[str, Any] = told.corrected if told is not None else {}
    return ShownAction(
        number=0,
        place=place,
        type=one.type.value,
        status=str(said.get("status", one.status.value)),
        machine_status=one.status.value,
        speaker=one.speaker.value,
        quote=one.quote,
        confidence=one.confidence,
        start=one.start,
        end=one.end,
        slots=said.get("slots", one.slots),
        machine_slots=own.slots,
        cues=one.cues,
        heard_otherwise=one.heard_otherwise,
        verdicts=tuple(proofs.get(one.quote, ())) if one.quote else (),
        wrong=bool(said.get("wrong")),
        who=told.who if told is not None else "",
        stamp=stamp_of(one),
        words_by=corrected_by(one) or "",
    )


def _gone(one: Action, page: CallOnPage) -> ShownAction:
    """What the machine heard in its own words alone."""
    who = page.anew.who if page.anew is not None else ""
    return replace(_action(GONE, one, one, {}, {}), wrong=True, words_by=who)


def _missed(standing: Iterable[Correction]) -> list[ShownAction]:
    return [
        ShownAction(
            number=0,
            place=MISSED,
            type=one.corrected["type"],
            status=one.corrected["status"],
            machine_status=one.corrected["status"],
            speaker=one.corrected["speaker"],
            quote=one.corrected["note"],
            confidence=None,
            start=one.corrected["start"],
            end=None,
            slots=one.corrected.get("slots", {}),
            missed=one.place[1],
            who=one.who,
        )
        for one in standing
        if is_missed(one)
    ]


def _numbered(one: ShownAction, number: int) -> ShownAction:
    return replace(one, number=number)
