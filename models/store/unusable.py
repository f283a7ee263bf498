"""Recordings that cannot be used: set aside with the reason, and taken up again when asked for."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from models.store.calls import touch_calls
from models.tables import CallRow, RecordingRow

_UNUSABLE, _ARRIVED = "unusable", "arrived"


def set_aside_recording(session: Session, call: int, error: str, detail: str) -> bool:
    """Says of a call's recording that it cannot be used; false where that was said already."""
    row = session.get(CallRow, call)
    recording = session.get(RecordingRow, row.sha256) if row is not None and row.sha256 else None
    if recording is None or recording.state != _ARRIVED:
        return False
    recording.state, recording.error, recording.detail = _UNUSABLE, error, detail
    touch_calls(session, CallRow.sha256 == recording.sha256)
    return True


def take_up_again(session: Session, calls: Sequence[int]) -> dict[int, list[str]]:
    """Forgets that the recordings of these calls could not be used; gives their files by call."""
    files = {}
    for call in calls:
        row = session.get(CallRow, call)
        recording = session.get(RecordingRow, row.sha256) if row and row.sha256 else None
        if recording is not None and recording.state == _UNUSABLE:
            recording.state, recording.error, recording.detail = _ARRIVED, None, None
            files[call] = list(recording.files or ())
            touch_calls(session, CallRow.sha256 == recording.sha256)
    return files
