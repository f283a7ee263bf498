"""One call's work: transcribed, heard, matched to its deal. Done twice, it changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from flow.correcting import hear_corrected, words_as_corrected
from flow.hints import asked_language, call_context
from flow.matching import match_of
from flow.service.digests import heard_digest
from flow.service.workplace import Situation, Workplace
from flow.steps import transcribe_one
from models.session import reading, transaction
from models.store.calls import StoredCall, load_calls, mark_unusable
from models.store.corrections import chosen_deals
from models.store.hearing import (
    forget_hearing,
    save_corrected_hearing,
    save_hearing,
    save_match,
)
from models.store.intake import (
    heard_with,
    introduced_in,
    is_current,
    latest_transcript,
    save_heard_with,
)
from models.store.keeping import newest_transcript
from models.store.transcripts import load_transcript
from models.tables import RecordingRow
from models.vocabulary.errors import InvalidInputError, UnusableRecordingError
from transcribe.decoder import DECODER_KILLED


@dataclass(frozen=True, slots=True)
class CallDone:
    """What came of a call's work: `audio_s` of sound were transcribed, `changed` says it is new."""

    audio_s: float | None
    changed: bool


def work_on_call(place: Workplace, call: int) -> CallDone:
    """Does what is left to be done for a call.

    A recording without any sound in it is written down as unusable, and its deal is found all the
    same: that nobody could hear it matters there.

    Raises:
        StagecheckError: the CRM snapshot, the database, the disk or the recording is not there now.
        UnusableRecordingError: the decoder was killed from outside.
    """
    situation = place.situation()
    with reading(place.database) as session:
        if not is_current(session, call):
            return CallDone(None, changed=False)
        [stored] = load_calls(session, [call], situation.around.zone)
        transcript = _transcript_of(place, stored)
        row = session.get(RecordingRow, stored.call.sha256) if stored.call.sha256 else None
        state = row.state if row is not None else None
        by_hand = chosen_deals(session, [call]).get(call)
    if stored.words_expired:
        with transaction(place.database) as session:  # it stays as it was heard while it had words
            heard_before, _ = heard_with(session, call)
            introduced = introduced_in(session, call)
            matches_with = situation.digests.of(stored.call, by_hand, introduced)
            save_heard_with(session, call, heard_before or "", matches_with, introduced)
        return CallDone(None, changed=False)
    audio_s = None
    if transcript is None and stored.files and state == "arrived":
        audio_s = _transcribed(place, situation, stored)
        transcript = _transcript_of(place, stored)
    return CallDone(audio_s, _understood(place, situation, stored, transcript))


def _transcript_of(place: Workplace, stored: StoredCall) -> int | None:
    if stored.call.sha256 is None:
        return None
    with reading(place.database) as session:
        if stored.expired:
            return newest_transcript(session, stored.call.sha256)
        return latest_transcript(
            session,
            stored.call.sha256,
            asked_language(place.settings.speech),
            stored.call.agent_channel,
        )


def _transcribed(place: Workplace, situation: Situation, stored: StoredCall) -> float | None:
    for file in map(Path, stored.files):
        if not file.exists():  # one that is gone is no broken one
            raise InvalidInputError(str(file), "is not there", "Put it back; it is tried again.")
    try:
        return transcribe_one(situation.around, stored, place.ears).duration_s
    except UnusableRecordingError as error:
        if error.error == DECODER_KILLED:
            raise  # that is no fault of the recording, so that it is tried again
        with transaction(place.database) as session:
            mark_unusable(session, stored.call.sha256 or "", error.error, error.detail)
        return None


def _understood(
    place: Workplace, situation: Situation, stored: StoredCall, transcript: int | None
) -> bool:
    """Hears and matches a call unless it was with just the same; gives whether it was done."""
    around = situation.around
    with reading(place.database) as session:
        words = load_transcript(session, transcript) if transcript is not None else None
        heard_before, matched_before = heard_with(session, stored.id)
        by_hand = chosen_deals(session, [stored.id]).get(stored.id)
        corrected = words_as_corrected(session, stored.id, transcript, words)
    hears_with, heard, anew = "", None, None
    if words is not None and transcript is not None:
        context = call_context(stored.call, words, around.index, around.snapshot, around.settings)
        hears_with = heard_digest(transcript, context, corrected)
        if hears_with != heard_before:
            heard = around.hear(words.segments, context)
            anew = hear_corrected(corrected, context)
    segments = words.segments if words is not None else ()
    introduced = situation.digests.prints.introduces(stored.call, segments)
    matches_with = situation.digests.of(stored.call, by_hand, introduced)
    if (hears_with, matches_with) == (heard_before, matched_before):
        return False
    match = match_of(stored.call, segments, around.index, around.settings.matching, by_hand)
    with transaction(place.database) as session:
        if heard is not None:
            save_hearing(session, stored.id, transcript, heard)
            save_corrected_hearing(session, stored.id, anew)
        elif words is None:
            forget_hearing(session, stored.id)
        save_match(session, stored.id, match)
        save_heard_with(session, stored.id, hears_with, matches_with, introduced)
    return True
