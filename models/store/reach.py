"""Whose rows somebody may see."""

from __future__ import annotations

from sqlalchemy import ColumnElement, true
from sqlalchemy.orm import InstrumentedAttribute

from models.vocabulary.access import Reach


def seen_by(reach: Reach, user: InstrumentedAttribute[str | None]) -> ColumnElement[bool]:
    """Only rows whose user (`user` is the column; empty: nobody's) is within reach."""
    if reach.everybody:
        return true()
    own = user.in_(sorted(reach.users))
    return own | user.is_(None) if reach.nobodys else own
