"""Notes: comments on BottleCRM's opportunities."""

from __future__ import annotations

from crm.bottlecrm.desk import Desk, path_of
from crm.bottlecrm.marks import mark_of, marked
from crm.bottlecrm.values import id_of
from crm.errors import CrmUncertainError
from crm.rows import Row, row_of, rows_of
from models.vocabulary.crm_write import NoteText, Write, Written

_MOST = 10_000
STAYED = {
    "ru": "Примечание изменили люди, оно оставлено.",
    "en": "People changed the note; it stays.",
}


def write(desk: Desk, one: Write, note: NoteText) -> Written:
    """Adds a comment; the answer holds all comments of the deal, ours among them."""
    answer = desk.send(
        "POST",
        path_of("opportunities", one.deal_id),
        {"comment": marked(note.text, one.key, _MOST)},
    )
    ours = _ours(row_of(answer.body), one.key)
    if ours is None:
        raise CrmUncertainError(f"{desk.access.name}: took a comment and does not show it.")
    return Written(id_of(ours))


def find(desk: Desk, one: Write) -> Written | None:
    """The comment that bears the mark of the key."""
    body, _ = desk.get(path_of("opportunities", one.deal_id))
    ours = _ours(body, one.key)
    return None if ours is None else Written(id_of(ours))


def undo(desk: Desk, one: Write, note: NoteText, written: Written) -> str | None:
    """Deletes the comment; one that was edited since stays."""
    body, _ = desk.get(path_of("opportunities", one.deal_id))
    ours = next(
        (row for row in rows_of(body.get("comments")) if id_of(row) == written.remote), None
    ) or _ours(body, one.key)
    if ours is None:
        return None
    if str(ours.get("comment")).strip() != marked(note.text, one.key, _MOST).strip():
        return STAYED[desk.access.language]
    desk.send("DELETE", path_of("opportunities/comment", str(id_of(ours))))
    return None


def _ours(body: Row, key: str) -> Row | None:
    mark = mark_of(key)
    found = (row for row in rows_of(body.get("comments")) if mark in str(row.get("comment")))
    return next((row for row in found if id_of(row) is not None), None)
