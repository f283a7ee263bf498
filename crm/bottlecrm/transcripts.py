"""The words of a call, added to the notes of the call that somebody logged in BottleCRM."""

from __future__ import annotations

from crm.bottlecrm.desk import Desk, path_of
from crm.bottlecrm.marks import mark_of
from crm.bottlecrm.values import id_of
from crm.errors import CrmRefusedError
from crm.rows import Row, text_of
from models.vocabulary.crm_write import CallWords, SpokenLine, Write, Written

_MOST = 10_000
_SPEAKERS = {"ru": ("Менеджер", "Клиент"), "en": ("Agent", "Client")}


def write(desk: Desk, one: Write, words: CallWords) -> Written:
    """Adds the words behind what people noted, as much of them as BottleCRM holds."""
    call = _call(desk, one.deal_id, words)
    if call is None:
        raise CrmRefusedError(
            f"{desk.access.name}: nobody logged this call on the deal, so that its words have no "
            "place there."
        )
    if call.get("can_edit") is not True:
        raise CrmRefusedError(
            f"{desk.access.name}: only who logged the call, or an administrator, may add to it; "
            "one that another program logged nobody may."
        )
    noted = text_of(call.get("body")) or ""
    if mark_of(one.key) in noted:
        return Written(id_of(call), {"body": noted.partition(mark_of(one.key))[0].rstrip()})
    head = f"{noted}\n\n{mark_of(one.key)}\n".lstrip()
    if len(head) >= _MOST:
        raise CrmRefusedError(f"{desk.access.name}: the notes of the call are full.")
    body = head + _spoken(desk, words, _MOST - len(head))
    desk.send("PATCH", path_of("interactions", str(id_of(call))), {"body": body})
    return Written(id_of(call), {"body": noted})


def find(desk: Desk, one: Write, words: CallWords) -> Written | None:
    """The call to which the words were added."""
    call = _call(desk, one.deal_id, words)
    before, mark, _ = (text_of(call.get("body")) or "" if call else "").partition(mark_of(one.key))
    return Written(id_of(call), {"body": before.rstrip()}) if call and mark else None


def undo(desk: Desk, one: Write, words: CallWords) -> str | None:
    """Takes the words off again; what people noted before them stays."""
    call = _call(desk, one.deal_id, words)
    before, mark, _ = (text_of(call.get("body")) or "" if call else "").partition(mark_of(one.key))
    if call and mark:
        desk.send("PATCH", path_of("interactions", str(id_of(call))), {"body": before.rstrip()})
    return None


def _call(desk: Desk, deal_id: str, words: CallWords) -> Row | None:
    """The interaction of a call, known by its id here or by that of the telephone system."""
    rows = desk.all_of("interactions/", "interactions", opportunity=deal_id)
    calls = [row for row in rows if row.get("kind") == "call"]
    by_id = (row for row in calls if id_of(row) == id_of(words.activity_id) is not None)
    by_call = (row for row in calls if row.get("external_id") == words.call_id)
    return next(by_id, None) or next(by_call, None)


def _spoken(desk: Desk, words: CallWords, most: int) -> str:
    agent, client = _SPEAKERS[desk.access.language]
    text = "\n".join(_line(line, agent, client) for line in words.lines)
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def _line(line: SpokenLine, agent: str, client: str) -> str:
    minutes, seconds = divmod(int(line.start), 60)
    return f"{minutes:02}:{seconds:02} {agent if line.agent else client}: {line.text}"
