"""The words of a call in the portal's own card of it.

`telephony.call.attachTranscription` knows calls by the portal's `CALL_ID`, which the call
statistics tell for the telephone system's id or for the activity.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from crm.bitrix24.errors import ApplicationOnlyError, MissingScopeError
from crm.bitrix24.facts import Facts
from crm.bitrix24.portal import Portal
from crm.bitrix24.values import id_of, rows_of
from crm.errors import CrmGoneError, CrmRefusedError, CrmShutError
from crm.rows import Row, row_of, text_of
from models.vocabulary.crm_write import CallWords, SpokenLine, Write, Written

_ONLY_APPLICATION = (
    "Bitrix24: transcripts can only be written by an application, not by a web-hook. Connect as a "
    "local application with the right `telephony`, or switch transcripts off."
)
_MOST_LINES = 5000


def add_transcript(portal: Portal, facts: Facts, write: Write) -> Written:
    """Hangs the words of a call on its card.

    Raises:
        CrmRefusedError: by a web-hook, without the call, or over somebody else's transcript.
        CrmUncertainError: nobody knows whether it was done.
    """
    words = _words(write)
    if portal.by_webhook:
        raise CrmRefusedError(_ONLY_APPLICATION)
    _check_scope(facts)
    messages = _messages(words.lines)
    if not messages:
        raise CrmRefusedError("Bitrix24: nothing was said in the call, so it has no transcript.")
    call = _call(portal, words)
    if call is None:
        raise CrmGoneError(
            "Bitrix24: its call statistics do not know the call. Have the telephone system write "
            "its calls into the portal, or switch transcripts off."
        )
    if id_of(call.get("TRANSCRIPT_ID")) is not None:
        raise CrmRefusedError("Bitrix24: the call has a transcript already; it stays.")
    asked = {"CALL_ID": text_of(call.get("CALL_ID")), "MESSAGES": messages}
    try:
        told = portal.write("telephony.call.attachTranscription", asked)
    except ApplicationOnlyError as error:
        raise CrmRefusedError(_ONLY_APPLICATION) from error
    return Written(id_of(row_of(told.result).get("TRANSCRIPT_ID")))


def find_transcript(portal: Portal, facts: Facts, write: Write) -> Written | None:
    """The call's transcript, if it is the one that we wrote (a key has no place in it)."""
    if portal.by_webhook or not facts.has("telephony"):
        return None
    words = _words(write)
    call = _call(portal, words)
    transcript = id_of(call.get("TRANSCRIPT_ID")) if call is not None else None
    activity = id_of(call.get("CRM_ACTIVITY_ID")) if call is not None else None
    if transcript is None or activity is None:
        return None
    try:
        told = portal.call("crm.activity.call.getTranscript", {"activityId": int(activity)})
    except (CrmGoneError, CrmRefusedError):
        return None
    said = text_of(row_of(told.result).get("transcription")) or ""
    ours = [line["MESSAGE"] for line in _messages(words.lines)]
    return Written(transcript) if ours and all(one in said for one in ours) else None


def undo_transcript() -> str:
    """Nothing: the portal has no method that takes a transcript away."""
    return "The transcript stays: Bitrix24 has no way to take one off a call."


def _words(write: Write) -> CallWords:
    if not isinstance(write.content, CallWords):
        raise TypeError("a transcript is written from CallWords")
    return write.content


def _check_scope(facts: Facts) -> None:
    if not facts.has("telephony"):
        raise CrmShutError("Bitrix24: the application lacks the right `telephony`.")


def _messages(lines: Sequence[SpokenLine]) -> list[dict[str, Any]]:
    """Turns as the portal takes them: whole seconds, an end after zero, no empty text."""
    found = []
    for line in lines[:_MOST_LINES]:
        text = line.text.strip()
        start = max(0, math.floor(line.start))
        if text:
            found.append(
                {
                    "SIDE": "User" if line.agent else "Client",
                    "START_TIME": start,
                    "STOP_TIME": max(1, start, math.ceil(line.end)),
                    "MESSAGE": text,
                }
            )
    return found


def _call(portal: Portal, words: CallWords) -> Row | None:
    """The call in the portal's statistics: by the telephone system's id, the portal's, or its card.

    Raises:
        CrmError: the statistics cannot be read.
    """
    filters: list[dict[str, Any]] = [
        {"EXTERNAL_CALL_ID": words.call_id},
        {"CALL_ID": words.call_id},
    ]
    if words.activity_id is not None and id_of(words.activity_id) is not None:
        filters.append({"CRM_ACTIVITY_ID": words.activity_id})
    for told in filters:
        try:
            rows = rows_of(portal.call("voximplant.statistic.get", {"FILTER": told}).result)
        except MissingScopeError as error:
            raise CrmShutError(f"{error}") from error
        key, value = next(iter(told.items()))
        found = [row for row in rows if text_of(row.get(key)) == value]
        if found:
            return found[0]
    return None
