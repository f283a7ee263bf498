"""Writes into leads: our fields, notes, tasks, tags; finds it again and takes it back.

No request names the stage, and each names only what it writes. Nothing is sent twice: who does
not know whether something was written looks for its key first.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import unescape
from typing import Any

from crm.amocrm.asking import Asking
from crm.amocrm.keys import key_of, signed
from crm.amocrm.own_fields import patch_of, standing, wanted
from crm.amocrm.pages import MOST
from crm.amocrm.shapes import Lead, Note, Task, embedded, goes_on, parsed
from crm.amocrm.values import plain
from crm.errors import CrmGoneError, CrmRefusedError, CrmUncertainError
from models.vocabulary.crm_write import (
    CallWords,
    FieldValues,
    NoteText,
    OwnField,
    TagName,
    TaskText,
    Write,
    Written,
)

_MOST_PAGES = 8  # of a lead's newest notes or tasks in which ours is looked for
_TEXTS = {
    "ru": {
        "withdrawn": "Отозвано: проверка больше этого не утверждает.",
        "note_stays": "amoCRM не удаляет примечания через API: текст заменён словом «Отозвано».",
        "note_theirs": "Примечание изменили люди, оно оставлено.",
        "task_stays": "amoCRM не удаляет задачи через API: задача закрыта с пометкой «Отозвано».",
        "task_theirs": "Задачу закрыли или изменили люди, она оставлена.",
        "fields_theirs": "Часть полей с тех пор изменили люди, они оставлены.",
    },
    "en": {
        "withdrawn": "Withdrawn: the check does not say so any more.",
        "note_stays": "amoCRM deletes no notes by its API: the text says that it is withdrawn.",
        "note_theirs": "People changed the note; it stays.",
        "task_stays": "amoCRM deletes no tasks by its API: it was closed as withdrawn.",
        "task_theirs": "People closed or changed the task; it stays.",
        "fields_theirs": "People changed some of the fields since; those stay.",
    },
}


class Writer:
    """Writes into the leads of one account."""

    def __init__(self, asks: Asking) -> None:
        self._asks = asks
        self._fields: Mapping[OwnField, str] = dict(asks.access.own_fields)
        self._say = _TEXTS[asks.access.language]

    def made(self, fields: Mapping[OwnField, str]) -> None:
        """Takes note of what our fields are called."""
        self._fields = {**self._fields, **fields}

    def write(self, write: Write) -> Written:
        """Writes once.

        Raises:
            CrmUncertainError: nobody knows whether it was written.
            CrmRefusedError: amoCRM has no place for it.
            CrmGoneError: the lead is gone.
        """
        match write.content:
            case FieldValues() as values:
                return self._write_fields(write, values)
            case NoteText(text):
                return self._write_note(write, text)
            case TaskText() as task:
                return self._write_task(write, task)
            case TagName() as tag:
                return self._write_tag(write, tag)
            case CallWords():
                raise CrmRefusedError(
                    f"{self._name}: amoCRM has no card for the words of a call. They stay in "
                    "stagecheck; switch transcripts off for this connection."
                )

    def find(self, write: Write) -> Written | None:
        """What was written under the key of `write`; fields and tags are found by their values."""
        match write.content:
            case FieldValues() as values:
                return self._found_fields(write, values)
            case NoteText():
                note = self._note(write)
                return Written(note.id) if note is not None else None
            case TaskText():
                task = self._task(write)
                return Written(task.id) if task is not None else None
            case TagName() as tag:
                return self._found_tag(write, tag)
            case CallWords():
                return None

    def undo(self, write: Write, written: Written) -> str | None:
        """Takes a write back; a sentence where something stays."""
        match write.content:
            case FieldValues() as values:
                return self._undo_fields(write, values, written)
            case NoteText(text):
                return self._undo_note(write, text, written)
            case TaskText() as task:
                return self._undo_task(write, task, written)
            case TagName() as tag:
                return self._undo_tag(write, tag, written)
            case CallWords():
                return None

    @property
    def _name(self) -> str:
        return self._asks.access.name

    def _write_fields(self, write: Write, values: FieldValues) -> Written:
        wants = wanted(values, self._fields)
        if not wants:
            raise CrmRefusedError(
                f"{self._name}: our fields are not made in amoCRM yet. Allow writing for the "
                "connection: they are made then."
            )
        before = standing(self._there(write).values(), self._fields)
        changes = {id_: value for id_, value in wants.items() if before[id_] != value}
        if changes:
            self._asks.send("PATCH", f"/leads/{write.deal_id}", patch_of(changes))
        return Written(write.deal_id, before)

    def _found_fields(self, write: Write, values: FieldValues) -> Written | None:
        lead = self._lead(write.deal_id)
        wants = wanted(values, self._fields)
        if lead is None or not wants or standing(lead.values(), self._fields) != wants:
            return None
        return Written(write.deal_id, dict.fromkeys(wants))

    def _undo_fields(self, write: Write, values: FieldValues, written: Written) -> str | None:
        lead = self._lead(write.deal_id)
        if lead is None:
            return None
        now = standing(lead.values(), self._fields)
        ours = wanted(values, self._fields)
        back = {
            id_: written.before.get(id_)
            for id_, value in now.items()
            if value == ours[id_] and value != written.before.get(id_)
        }
        theirs = [
            id_ for id_, value in now.items() if value not in (ours[id_], written.before.get(id_))
        ]
        if back:
            self._asks.send("PATCH", f"/leads/{write.deal_id}", patch_of(back))
        return self._say["fields_theirs"] if theirs else None

    def _write_note(self, write: Write, text: str) -> Written:
        body = [{"note_type": "common", "params": {"text": signed(text, write.key)}}]
        answer = self._asks.send("POST", f"/leads/{write.deal_id}/notes", body)
        return Written(self._made_id(answer.body, "notes"))

    def _undo_note(self, write: Write, text: str, written: Written) -> str | None:
        path = f"/leads/{write.deal_id}/notes/{written.remote}"
        note = next(parsed(Note, [self._one(path)]), None)
        if note is None:
            return None
        withdrawn = signed(self._say["withdrawn"], write.key)
        stands = plain(note.params.get("text"))
        if _same(stands, withdrawn):
            return self._say["note_stays"]
        if not _same(stands, signed(text, write.key)):
            return self._say["note_theirs"]
        self._asks.send("PATCH", path, {"note_type": "common", "params": {"text": withdrawn}})
        return self._say["note_stays"]

    def _write_task(self, write: Write, task: TaskText) -> Written:
        body: dict[str, Any] = {
            "text": signed(task.text, write.key),
            "complete_till": int(task.due_at.timestamp()),
            "entity_id": int(write.deal_id),
            "entity_type": "leads",
            "task_type_id": 1,
        }
        if task.user_id and task.user_id.isdigit():
            body["responsible_user_id"] = int(task.user_id)
        answer = self._asks.send("POST", "/tasks", [body])
        return Written(self._made_id(answer.body, "tasks"))

    def _undo_task(self, write: Write, task: TaskText, written: Written) -> str | None:
        path = f"/tasks/{written.remote}"
        stands = next(parsed(Task, [self._one(path)]), None)
        if stands is None:
            return None
        said = plain(stands.result.get("text"))
        if stands.is_completed and said == self._say["withdrawn"]:
            return self._say["task_stays"]
        if stands.is_completed or not _same(stands.text, signed(task.text, write.key)):
            return self._say["task_theirs"]
        body = {"is_completed": True, "result": {"text": self._say["withdrawn"]}}
        self._asks.send("PATCH", path, body)
        return self._say["task_stays"]

    def _write_tag(self, write: Write, tag: TagName) -> Written:
        present = tag.name in _tags(self._there(write))
        if present != tag.present:
            self._set_tag(write.deal_id, tag.name, present=tag.present)
        return Written(write.deal_id, {"present": present})

    def _found_tag(self, write: Write, tag: TagName) -> Written | None:
        lead = self._lead(write.deal_id)
        if lead is None or (tag.name in _tags(lead)) != tag.present:
            return None
        return Written(write.deal_id, {"present": not tag.present})

    def _undo_tag(self, write: Write, tag: TagName, written: Written) -> str | None:
        before = written.before.get("present") is True
        lead = self._lead(write.deal_id)
        if lead is not None and before != tag.present and (tag.name in _tags(lead)) == tag.present:
            self._set_tag(write.deal_id, tag.name, present=before)
        return None

    def _set_tag(self, deal_id: str, name: str, *, present: bool) -> None:
        what = "tags_to_add" if present else "tags_to_delete"
        self._asks.send("PATCH", f"/leads/{deal_id}", {what: [{"name": name}]})

    def _note(self, write: Write) -> Note | None:
        asked = {"filter[note_type][]": "common", "order[id]": "desc"}
        path = f"/leads/{write.deal_id}/notes"
        for row in self._newest(path, "notes", asked):
            for note in parsed(Note, [row]):
                if key_of(plain(note.params.get("text"))) == write.key:
                    return note
        return None

    def _task(self, write: Write) -> Task | None:
        asked = {
            "filter[entity_type]": "leads",
            "filter[entity_id][]": write.deal_id,
            "order[id]": "desc",
        }
        for task in parsed(Task, self._newest("/tasks", "tasks", asked)):
            if task.entity_id == write.deal_id and key_of(task.text) == write.key:
                return task
        return None

    def _newest(self, path: str, name: str, asked: dict[str, Any]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for page in range(1, _MOST_PAGES + 1):
            try:
                body = self._asks.get(path, {**asked, "page": page, "limit": MOST}).body
            except CrmGoneError:
                break
            found += embedded(body, name)
            if not goes_on(body):
                break
        return found

    def _lead(self, deal_id: str) -> Lead | None:
        lead = next(parsed(Lead, [self._one(f"/leads/{deal_id}")]), None)
        return lead if lead is not None and lead.id == deal_id and not lead.is_deleted else None

    def _there(self, write: Write) -> Lead:
        lead = self._lead(write.deal_id)
        if lead is None:
            raise CrmGoneError(f"{self._name}: the deal is not in amoCRM any more.")
        return lead

    def _one(self, path: str) -> object:
        try:
            return self._asks.get(path).body
        except CrmGoneError:
            return None

    def _made_id(self, body: object, name: str) -> str:
        made = [plain(row.get("id")) for row in embedded(body, name)]
        if not made or not made[0]:
            raise CrmUncertainError(f"{self._name}: amoCRM does not say what it made.")
        return made[0]


def _same(stands: str, ours: str) -> bool:
    """Whether a text is as we wrote it; amoCRM may have escaped it or changed its spaces."""
    return unescape(stands).split() == unescape(ours).split()


def _tags(lead: Lead) -> set[str]:
    return {plain(one.get("name")) for one in lead.inside("tags")}
