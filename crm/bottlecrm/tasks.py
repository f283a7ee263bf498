"""Tasks about BottleCRM's opportunities. Their title bears our mark: lists show nothing else."""

from __future__ import annotations

from crm.bottlecrm.desk import Desk, path_of
from crm.bottlecrm.marks import mark_of, marked
from crm.bottlecrm.values import id_of
from crm.errors import CrmAwayError, CrmRefusedError, CrmUncertainError
from crm.rows import Row, row_of, text_of
from models.vocabulary.crm_write import TaskText, Write, Written

_MOST_TITLE = 200
_NEW = "New"
STAYED = {
    "ru": "Задачу закрыли или изменили люди, она оставлена.",
    "en": "People closed or changed the task; it stays.",
}


def write(desk: Desk, one: Write, task: TaskText) -> Written:
    """Makes a task; the answer does not say which, so that it is looked for."""
    body = {
        **_told(desk, one, task),
        "status": _NEW,
        "priority": "Medium",
        "opportunity": one.deal_id,
        "assigned_to": [task.user_id] if id_of(task.user_id) else [],
    }
    try:
        desk.send("POST", "tasks/", body)
    except CrmRefusedError:
        desk.get(path_of("opportunities", one.deal_id))  # so it is called where the deal is gone
        raise
    try:
        found = find(desk, one)
    except CrmAwayError as error:
        raise CrmUncertainError(str(error)) from error
    if found is None:
        raise CrmUncertainError(f"{desk.access.name}: took a task and does not show it.")
    return found


def find(desk: Desk, one: Write) -> Written | None:
    """The task that bears the mark of the key."""
    mark = mark_of(one.key)
    rows = desk.all_of("tasks/", "tasks", title=mark, opportunity=one.deal_id, slim="true")
    ids = (id_of(row) for row in rows if mark in str(row.get("title")))
    return next((Written(id_) for id_ in ids if id_ is not None), None)


def undo(desk: Desk, one: Write, task: TaskText, written: Written) -> str | None:
    """Deletes the task; one that somebody worked on stays."""
    if written.remote is None:
        return None
    body, _ = desk.get(path_of("tasks", written.remote))
    row = row_of(body.get("task_obj"))
    if not _untouched(row, _told(desk, one, task)) or body.get("comments"):
        return STAYED[desk.access.language]
    desk.send("DELETE", path_of("tasks", written.remote))
    return None


def _told(desk: Desk, one: Write, task: TaskText) -> dict[str, str]:
    """What a task of ours says."""
    lines = task.text.strip().splitlines()
    day = task.due_at.astimezone(desk.office().zone).date()
    return {
        "title": marked(lines[0] if lines else "", one.key, _MOST_TITLE, " ").strip(),
        "description": task.text.strip(),
        "due_date": day.isoformat(),
    }


def _untouched(row: Row, told: dict[str, str]) -> bool:
    return row.get("status") == _NEW and all(
        (text_of(row.get(name)) or "") == value for name, value in told.items()
    )
