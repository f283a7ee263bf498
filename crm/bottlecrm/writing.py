"""Writes into BottleCRM: fields, comments, tasks, tags, the words of a call. Never the stage."""

from __future__ import annotations

from crm.bottlecrm import comments, fields, tags, tasks, transcripts
from crm.bottlecrm.desk import Desk
from crm.errors import CrmGoneError
from models.vocabulary.crm_write import (
    CallWords,
    FieldValues,
    NoteText,
    TagName,
    TaskText,
    Write,
    Written,
)


def write(desk: Desk, one: Write) -> Written:
    """Writes once.

    Raises:
        CrmUncertainError: nobody knows whether it was written.
        CrmError: it was not.
    """
    match one.content:
        case FieldValues() as values:
            return fields.write(desk, one.deal_id, values)
        case NoteText() as note:
            return comments.write(desk, one, note)
        case TaskText() as task:
            return tasks.write(desk, one, task)
        case TagName() as tag:
            return tags.write(desk, one.deal_id, tag)
        case CallWords() as words:
            return transcripts.write(desk, one, words)


def find(desk: Desk, one: Write) -> Written | None:
    """What was written under the key, if anything was."""
    try:
        match one.content:
            case FieldValues() as values:
                return fields.find(desk, one.deal_id, values)
            case NoteText():
                return comments.find(desk, one)
            case TaskText():
                return tasks.find(desk, one)
            case TagName() as tag:
                return tags.find(desk, one.deal_id, tag)
            case CallWords() as words:
                return transcripts.find(desk, one, words)
    except CrmGoneError:
        return None  # and with the deal whatever stood on it


def undo(desk: Desk, one: Write, written: Written) -> str | None:
    """Takes a write back; a sentence where something had to stay."""
    try:
        match one.content:
            case FieldValues() as values:
                return fields.undo(desk, one.deal_id, values, written)
            case NoteText() as note:
                return comments.undo(desk, one, note, written)
            case TaskText() as task:
                return tasks.undo(desk, one, task, written)
            case TagName() as tag:
                return tags.undo(desk, one.deal_id, tag, written)
            case CallWords() as words:
                return transcripts.undo(desk, one, words)
    except CrmGoneError:
        return None  # somebody took it away, or the deal with all of it
