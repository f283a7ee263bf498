"""Tags of BottleCRM's opportunities. A deal's tags are written as a whole."""

from __future__ import annotations

from collections.abc import Sequence

from crm.bottlecrm.desk import Desk, deal_in, path_of
from crm.bottlecrm.values import id_of
from crm.errors import CrmRefusedError, CrmUncertainError
from crm.rows import Row, row_of, rows_of, text_of
from models.vocabulary.crm_write import TagName, Written


def write(desk: Desk, deal_id: str, tag: TagName) -> Written:
    """Puts a tag on a deal or takes it off; remembers whether it was there."""
    held = _held(desk, deal_id)
    there = _has(held, tag.name)
    if there != tag.present:
        _put(desk, deal_id, held, tag.name, present=tag.present)
    return Written(deal_id, {"present": there})


def find(desk: Desk, deal_id: str, tag: TagName) -> Written | None:
    """Whether the deal's tags are as wanted; how they were before is not known."""
    there = _has(_held(desk, deal_id), tag.name)
    return Written(deal_id) if there == tag.present else None


def undo(desk: Desk, deal_id: str, tag: TagName, written: Written) -> str | None:
    """Puts the tag back as it was."""
    before = written.before.get("present") is tag.present
    if before:
        return None  # it was so already
    held = _held(desk, deal_id)
    if _has(held, tag.name) == tag.present:
        _put(desk, deal_id, held, tag.name, present=not tag.present)
    return None


def _held(desk: Desk, deal_id: str) -> list[Row]:
    body, _ = desk.get(path_of("opportunities", deal_id))
    return rows_of(deal_in(body).get("tags"))


def _has(held: Sequence[Row], name: str) -> bool:
    return any(_same(row, name) for row in held)


def _same(row: Row, name: str) -> bool:
    return (text_of(row.get("name")) or "").casefold() == name.strip().casefold()


def _put(desk: Desk, deal_id: str, held: Sequence[Row], name: str, *, present: bool) -> None:
    archived = [row for row in held if row.get("is_active") is not True and not _same(row, name)]
    if archived:
        # It would take these off without a word.
        raise CrmRefusedError(
            f"{desk.access.name}: the deal has archived tags, which BottleCRM would take off with "
            "any change of tags. Restore them or take them off by hand."
        )
    ids = [id_ for row in held if not _same(row, name) and (id_ := id_of(row)) is not None]
    if present:
        ids.append(_tag(desk, name))
    desk.send("PATCH", path_of("opportunities", deal_id), {"tags": ids})


def _tag(desk: Desk, name: str) -> str:
    """The id of a tag; where there is none it is made, which takes an administrator's token."""
    body, _ = desk.get("tags/", name=name.strip())
    known = next((row for row in rows_of(body.get("tags")) if _same(row, name)), None)
    if known is None:
        # One of this name that was archived is taken up again.
        answer = desk.send("POST", "tags/", {"name": name.strip()})
        known = row_of(row_of(answer.body).get("tag"))
    id_ = id_of(known)
    if id_ is None:
        raise CrmUncertainError(f"{desk.access.name}: took a tag and does not show it.")
    return id_
