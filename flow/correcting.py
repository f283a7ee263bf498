"""What people corrected in a call's words is heard anew, beside what the machine heard."""

from __future__ import annotations

from datetime import UTC

from sqlalchemy.orm import Session

from classify.corrected import CorrectedWords, corrected_words
from classify.hear import CallContext, hear
from models.store.corrections import corrections_of
from models.vocabulary.correction import CorrectedHearing, in_force
from models.vocabulary.transcript import Transcript


def words_as_corrected(
    session: Session, call: int, transcript: int | None, words: Transcript | None
) -> CorrectedWords | None:
    """A call's words with what people corrected in them; ``None`` where that is nothing."""
    if transcript is None or words is None:
        return None
    standing = in_force(corrections_of(session, call, UTC))
    return corrected_words(transcript, words.segments, standing)


def hear_corrected(
    corrected: CorrectedWords | None, context: CallContext
) -> CorrectedHearing | None:
    """What corrected words come to; no language model is asked about what people wrote."""
    if corrected is None:
        return None
    heard = hear(corrected.segments, context)
    return CorrectedHearing(heard.outcome, heard.actions, corrected.who)
