"""What people corrected in a call, put in the place of what the machine had there.

The machine's own stays where it was written; nothing here is written down.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from models.vocabulary.action import Action, ActionStatus, ActionType, Outcome
from models.vocabulary.correction import (
    CorrectedAction,
    CorrectedHearing,
    Correction,
    CorrectionKind,
    Standing,
    heard_at,
    is_missed,
)
from models.vocabulary.transcript import Segment, Speaker, Word
from models.vocabulary.verdict import JudgedCall

_OF_WORDS = (CorrectionKind.WORD, CorrectionKind.SPEAKER)


@dataclass(frozen=True, slots=True)
class Piece:
    """A word of an utterance, with what stands in the text before it."""

    before: str
    text: str
    start: float | None = None
    end: float | None = None
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class CorrectedWords:
    """A call's utterances with other words or speakers; `who` corrected them last."""

    segments: tuple[Segment, ...]
    who: str


def pieces_of(segment: Segment) -> tuple[list[Piece], str]:
    """The words found again in the text, which alone has the signs between them, and its rest."""
    pieces: list[Piece] = []
    at = 0
    for word in segment.words:
        text = word.text.strip()
        found = segment.text.find(text, at)
        if not any(map(str.isalnum, text)):
            continue  # a sign, which stands between words
        if found < 0:
            return _without_times(segment), ""
        before = segment.text[at:found]
        pieces.append(Piece(before, text, word.start, word.end, word.confidence))
        at = found + len(text)
    if not pieces:
        return _without_times(segment), ""
    return pieces, segment.text[at:]


def _without_times(segment: Segment) -> list[Piece]:
    """Words of a text that was changed since (masked numbers), or that came without times."""
    words = segment.text.split()
    return [Piece(" " if place else "", text) for place, text in enumerate(words)]


def machine_word(transcript: int | None, piece: Piece) -> dict[str, Any]:
    """What the machine has in a word's place, by which a correction is known to fit."""
    return {"transcript": transcript, "text": piece.text, "start": piece.start}


def machine_speaker(transcript: int | None, segment: Segment) -> dict[str, Any]:
    """The same for the speaker of an utterance."""
    return {"transcript": transcript, "speaker": segment.speaker.value, "start": segment.start}


def machine_action(action: Action) -> dict[str, Any]:
    """The same for an action."""
    told = {"type": action.type.value, "status": action.status.value}
    return told | {"quote": action.quote, "start": action.start}


def fitting(
    standing: Standing, kind: CorrectionKind, place: tuple[int, ...], machine: Mapping[str, Any]
) -> Correction | None:
    """The correction of a word or a speaker, where the machine still has the same there."""
    one = standing.get((kind, place))
    return one if one is not None and dict(one.machine) == machine else None


def action_correction(standing: Standing, action: Action) -> Correction | None:
    """What somebody says about an action that was heard."""
    return standing.get((CorrectionKind.ACTION, heard_at(machine_action(action))))


def corrected_words(
    transcript: int, segments: Sequence[Segment], standing: Standing
) -> CorrectedWords | None:
    """The utterances with what people corrected in them; ``None`` where that is nothing.

    Args:
        transcript: the row of the transcript that was corrected.
        segments: its utterances.
        standing: the corrections of the call that are in force.
    """
    changed = {place[0] for kind, place in standing if kind in _OF_WORDS}
    used: list[Correction] = []
    corrected = list(segments)
    for place in sorted(changed & set(range(len(corrected)))):
        corrected[place], told = _corrected_segment(transcript, place, corrected[place], standing)
        used += told
    if not used:
        return None
    return CorrectedWords(tuple(corrected), max(used, key=lambda one: one.at).who)


def _corrected_segment(
    transcript: int, place: int, segment: Segment, standing: Standing
) -> tuple[Segment, list[Correction]]:
    """An utterance as people corrected it, and their corrections."""
    machine = machine_speaker(transcript, segment)
    speaker = fitting(standing, CorrectionKind.SPEAKER, (place,), machine)
    pieces, rest = pieces_of(segment)
    words = {}
    for index, piece in enumerate(pieces):
        known = machine_word(transcript, piece)
        told = fitting(standing, CorrectionKind.WORD, (place, index), known)
        if told is not None:
            words[index] = told
            pieces[index] = replace(piece, text=str(told.corrected["text"]), confidence=1.0)
    if words:
        segment = _said(segment, pieces, rest)
    if speaker is None:
        return segment, list(words.values())
    other = replace(segment, speaker=Speaker(speaker.corrected["speaker"]))
    return other, [*words.values(), speaker]


def _said(segment: Segment, pieces: Sequence[Piece], rest: str) -> Segment:
    """An utterance of other words."""
    text = "".join(one.before + one.text for one in pieces) + rest
    timed = tuple(
        Word(one.start, one.end, one.text, one.confidence)
        for one in pieces
        if one.start is not None and one.end is not None
    )
    return replace(segment, text=text, words=timed)


def as_corrected(
    call: JudgedCall, corrections: Iterable[Correction], anew: CorrectedHearing | None
) -> JudgedCall:
    """A call as verdicts count it.

    Args:
        call: as the machine heard it in its own words.
        corrections: of its actions, those in force.
        anew: what the machine hears in the words as people corrected them.
    """
    if anew is not None:
        call = replace(
            call,
            outcome=anew.outcome,
            understood=anew.outcome is not Outcome.UNINTELLIGIBLE,
            actions=heard_anew(call.actions, anew),
        )
    return replace(call, actions=_corrected_actions(call.actions, list(corrections)))


def heard_anew(own: Sequence[Action], anew: CorrectedHearing) -> tuple[Action, ...]:
    """What is heard in corrected words; what was not heard in the machine's own is marked."""
    known = {(heard_at(machine_action(one)), one.speaker, repr(one.slots)) for one in own}
    return tuple(
        one
        if (heard_at(machine_action(one)), one.speaker, repr(one.slots)) in known
        else _by(one, anew.who)
        for one in anew.actions
    )


def _corrected_actions(
    actions: Sequence[Action], corrections: Sequence[Correction]
) -> tuple[Action, ...]:
    standing = {(one.kind, heard_at(one.machine)): one for one in corrections if not is_missed(one)}
    found = []
    for action in actions:
        told = action_correction(standing, action)
        if told is None:
            found.append(action)
        elif not told.corrected.get("wrong"):
            found.append(_otherwise(action, told))
    for one in corrections:
        if is_missed(one):
            found.insert(_place(found, one.corrected["start"]), _added(one))
    return tuple(found)


def _place(actions: Sequence[Action], start: float | None) -> int:
    """Where among the actions one of this second belongs; one without a second comes last."""
    later = (
        place
        for place, one in enumerate(actions)
        if start is not None and one.start is not None and one.start > start
    )
    return next(later, len(actions))


def _otherwise(action: Action, told: Correction) -> CorrectedAction:
    """An action of another status or with other slots; nobody doubts it any more."""
    return replace(
        _by(action, told.who),
        status=ActionStatus(told.corrected.get("status", action.status)),
        slots=told.corrected.get("slots", action.slots),
        confidence=1.0,
        cues=(),
        heard_otherwise=None,
    )


def _added(told: Correction) -> CorrectedAction:
    """An action that only people heard; it quotes nothing, for no machine has its words."""
    right = told.corrected
    return CorrectedAction(
        type=ActionType(right["type"]),
        status=ActionStatus(right["status"]),
        speaker=Speaker(right["speaker"]),
        quote="",
        confidence=1.0,
        start=right["start"],
        slots=right.get("slots", {}),
        by=told.who,
    )


def _by(action: Action, who: str) -> CorrectedAction:
    own = {field.name: getattr(action, field.name) for field in fields(Action)}
    return CorrectedAction(**own, by=who)
