"""Notes and tasks in a deal's timeline, found again by our key in their last line.

A task is a "to do" of the CRM (`crm.activity.todo.add`), not one of the task manager: it needs no
right beyond the CRM, stands in the deal where the agent works, has somebody and a day, and is gone
without a trace when it is taken back.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crm.bitrix24.facts import DEAL
from crm.bitrix24.keys import has_key, signed
from crm.bitrix24.listing import Listing, next_pages, read_on
from crm.bitrix24.portal import PAGE, Portal
from crm.bitrix24.values import code_of, flag_of, id_of, rows_of
from crm.errors import CrmAnswerError, CrmGoneError, CrmUncertainError
from crm.rows import Row, row_of, text_of
from models.vocabulary.crm_write import NoteText, TaskText, Write, Written

_MOST_PAGES = 200
_TODO = "CRM_TODO"
_LONGEST_TITLE = 100


def add_note(portal: Portal, write: Write) -> Written:
    """Writes a comment into a deal's timeline.

    Raises:
        CrmUncertainError: nobody knows whether it was written.
        CrmError: it was not.
    """
    note = write.content
    if not isinstance(note, NoteText):
        raise TypeError("a note is written from NoteText")
    fields = {
        "ENTITY_ID": _number(write.deal_id),
        "ENTITY_TYPE": "deal",
        "COMMENT": signed(note.text, write.key),
    }
    told = portal.write("crm.timeline.comment.add", {"fields": fields})
    return Written(_made(id_of(told.result)))


def find_note(portal: Portal, write: Write) -> Written | None:
    """The comment that has our key in it."""
    row = _comment(portal, write)
    return Written(id_of(row.get("ID"))) if row is not None else None


def undo_note(portal: Portal, write: Write) -> str | None:
    """Deletes our comment, unless somebody has changed it since."""
    row = _comment(portal, write)
    if row is None:
        return None
    note = write.content
    if isinstance(note, NoteText) and not _same(row.get("COMMENT"), signed(note.text, write.key)):
        return "The comment was changed since by somebody else and stays."
    asked = {"id": id_of(row.get("ID")), "ownerTypeId": DEAL, "ownerId": _number(write.deal_id)}
    _delete(portal, "crm.timeline.comment.delete", asked)
    return None


def add_task(portal: Portal, write: Write) -> Written:
    """Writes a "to do" into a deal.

    Raises:
        CrmUncertainError: nobody knows whether it was written.
        CrmError: it was not.
    """
    task = write.content
    if not isinstance(task, TaskText):
        raise TypeError("a task is written from TaskText")
    asked: dict[str, Any] = {
        "ownerTypeId": DEAL,
        "ownerId": _number(write.deal_id),
        "deadline": task.due_at.isoformat(timespec="seconds"),
        "title": task.text.strip().partition("\n")[0][:_LONGEST_TITLE],
        "description": signed(task.text, write.key),
    }
    if task.user_id is not None and id_of(task.user_id) is not None:
        asked["responsibleId"] = int(task.user_id)
    told = portal.write("crm.activity.todo.add", asked)
    return Written(_made(id_of(row_of(told.result).get("id"))))


def find_task(portal: Portal, write: Write) -> Written | None:
    """The "to do" that has our key in it."""
    row = _todo(portal, write)
    return Written(id_of(row.get("ID"))) if row is not None else None


def undo_task(portal: Portal, write: Write) -> str | None:
    """Deletes our "to do", unless somebody has done or changed it since."""
    row = _todo(portal, write)
    if row is None:
        return None
    if flag_of(row.get("COMPLETED")):
        return "The task is done already and stays."
    task = write.content
    if isinstance(task, TaskText) and not _same(
        row.get("DESCRIPTION"), signed(task.text, write.key)
    ):
        return "The task was changed since by somebody else and stays."
    _delete(portal, "crm.activity.delete", {"id": id_of(row.get("ID"))})
    return None


def _comment(portal: Portal, write: Write) -> Row | None:
    try:
        return _searched_comment(portal, write)
    except CrmGoneError:
        return None  # with its deal


def _searched_comment(portal: Portal, write: Write) -> Row | None:
    asked = {
        "filter": {"ENTITY_ID": _number(write.deal_id), "ENTITY_TYPE": "deal"},
        "order": {"ID": "DESC"},
        "select": ["ID", "COMMENT"],
    }
    for page in range(_MOST_PAGES):
        told = portal.call("crm.timeline.comment.list", {**asked, "start": page * PAGE})
        rows = rows_of(told.result)
        found = next((row for row in rows if has_key(row.get("COMMENT"), write.key)), None)
        if found is not None:
            return found
        if len(rows) < PAGE:
            return None
    raise CrmAnswerError("Bitrix24: a deal has more comments than can be looked through.")


def _todo(portal: Portal, write: Write) -> Row | None:
    try:
        return _searched_todo(portal, write)
    except CrmGoneError:
        return None  # with its deal


def _searched_todo(portal: Portal, write: Write) -> Row | None:
    told = {
        "BINDINGS": [{"OWNER_TYPE_ID": DEAL, "OWNER_ID": _number(write.deal_id)}],
        "PROVIDER_ID": _TODO,
    }
    select = ["ID", "PROVIDER_ID", "DESCRIPTION", "COMPLETED"]
    listing = Listing("crm.activity.list", {"select": select}, told)
    after, pages = "0", 1
    while True:
        some = read_on(portal, listing, after, pages)
        for row in some.rows:
            ours = code_of(row.get("PROVIDER_ID")) == _TODO
            if ours and has_key(row.get("DESCRIPTION"), write.key):
                return row
        if some.after is None:
            return None
        after, pages = some.after, next_pages(pages)


def _same(value: object, ours: str) -> bool:
    """Whether a text is what we wrote; portals touch white space and write out entities."""
    text = text_of(value)
    return text is not None and _bare(text) == _bare(ours)


def _bare(text: str) -> str:
    for written, meant in (("&quot;", '"'), ("&#039;", "'"), ("&lt;", "<"), ("&gt;", ">")):
        text = text.replace(written, meant)
    return " ".join(text.replace("&amp;", "&").split())


def _delete(portal: Portal, method: str, asked: Mapping[str, Any]) -> None:
    try:
        portal.write(method, asked)
    except CrmGoneError:
        return  # somebody else was faster


def _made(own: str | None) -> str:
    if own is None:
        raise CrmUncertainError("Bitrix24: does not tell what it calls the thing that it made.")
    return own


def _number(deal_id: str) -> int:
    if not deal_id.isdecimal():
        raise CrmGoneError(f"Bitrix24: there is no deal {deal_id[:40]!r}.")
    return int(deal_id)
