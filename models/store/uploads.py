"""Recordings that programs sent: the same one sent again is recognised."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.tables import UploadRow


@dataclass(frozen=True, slots=True)
class Upload:
    """What a program sent under a key of its own, and what it was answered."""

    owner: str
    key: str
    fingerprint: str
    answer: dict[str, Any]


def find_upload(session: Session, owner: str, key: str) -> Upload | None:
    """What a program sent under a key before."""
    row = session.get(UploadRow, (owner, key))
    return Upload(row.owner, row.key, row.fingerprint, row.answer) if row is not None else None


def add_upload(session: Session, upload: Upload, now: datetime) -> bool:
    """Writes down what was sent; false where another request was faster with the same key."""
    row = UploadRow(
        owner=upload.owner,
        key=upload.key,
        fingerprint=upload.fingerprint,
        answer=upload.answer,
        created_at=now,
    )
    try:
        with session.begin_nested():
            session.add(row)
            session.flush()
    except IntegrityError:
        return False
    return True


def forget_uploads(session: Session, before: datetime) -> None:
    """Forgets what was sent before a moment."""
    session.execute(delete(UploadRow).where(UploadRow.created_at < before))
