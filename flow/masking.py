"""Masks the personal numbers of transcripts that were kept before masking was there."""

from __future__ import annotations

from sqlalchemy import Engine

from classify.personal import masked_transcript
from core.logs import get_logger
from models.session import reading, transaction
from models.store.transcripts import load_transcript, replace_words, unmasked_transcripts

_log = get_logger("flow.masking")


def mask_kept(engine: Engine) -> int:
    """Looks for personal numbers in every kept transcript that was never looked through.

    Each is written by itself, so that a killed process loses nothing. Gives how many these were.
    """
    with reading(engine) as session:
        waiting = unmasked_transcripts(session)
    for one in waiting:
        with transaction(engine) as session:
            replace_words(session, one, masked_transcript(load_transcript(session, one)))
    if waiting:
        _log.info("masked what was kept", transcripts=len(waiting))
    return len(waiting)
