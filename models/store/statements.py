"""Statements whose outcome is how many rows they changed."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import CursorResult, Delete, Update
from sqlalchemy.orm import Session


def changed_rows(session: Session, statement: Update | Delete) -> int:
    """Runs an UPDATE or a DELETE and gives how many rows it met."""
    return cast("CursorResult[Any]", session.execute(statement)).rowcount
