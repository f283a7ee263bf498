"""Reads a part of a live CRM page by page; each page is committed with the place to go on."""

from __future__ import annotations

import time
from collections.abc import Callable

from core.logs import get_logger
from crm.errors import CrmGoneError, CrmRefusedError
from flow.live.desk import Desk
from flow.live.due import after_page, begun_anew
from models.store.mirror import Mirrored, write_batch
from models.store.passes import PartPass, save_pass

_TELLS_S = 15.0
_log = get_logger("live.reading")


def read_part(desk: Desk, one: PartPass, met: Callable[[Mirrored], None]) -> PartPass:
    """Reads on in a part to the end of its pass; gives how far it came.

    Killed at any moment, the next one goes on behind the last page that was committed.

    Args:
        desk: which CRM, and what to work with.
        one: how far the part was read.
        met: is told of each page that was written.

    Raises:
        CrmError: the CRM does not answer as it should.
        TurnLostError: it is not ours to read any more.
        StagecheckError: the database cannot be used.
    """
    unwanted, first = desk.unwanted(), one.whole_at is None
    resumed = one.cursor is not None
    tell_s = time.monotonic() + _TELLS_S
    pages = desk.adapter.read(one.part, since=one.since, cursor=one.cursor)
    try:
        for page in pages:
            with desk.writing() as (session, target):
                written = write_batch(session, target, page.batch, unwanted)
                one = after_page(one, page, target.at)
                save_pass(session, desk.connection, one)
            met(written)
            resumed = False
            for warning in page.warnings:
                _log.warning("odd", crm=desk.name, crm_part=one.part, said=warning)
            if first and time.monotonic() >= tell_s:
                tell_s = time.monotonic() + _TELLS_S
                _log.info("loading", crm=desk.name, crm_part=one.part, things=one.things)
            if desk.ended.is_set():
                break
    except (CrmRefusedError, CrmGoneError):
        if not resumed:
            raise
        # What is told to go on at a place that the CRM does not know any more begins anew.
        _log.warning("the pass begins anew", crm=desk.name, crm_part=one.part)
        with desk.writing() as (session, _):
            save_pass(session, desk.connection, begun_anew(one))
        return begun_anew(one)
    if first and not one.under_way:
        _log.info("loaded", crm=desk.name, crm_part=one.part, things=one.things)
    return one
