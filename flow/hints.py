"""What the speech engine and the ears for actions are told about a call beforehand."""

from __future__ import annotations

import re
from collections.abc import Sequence

from classify.hear import CallContext
from classify.matching import DealIndex, candidate_names
from core.settings import PbxSettings, Settings
from core.speech_settings import SpeechSettings
from models.vocabulary.call import Call
from models.vocabulary.deal import CrmSnapshot, User
from models.vocabulary.transcript import Transcript
from transcribe.engine import Hints

_QUOTED = re.compile(r"[«\"“„]([^«»\"“”„]{2,40})[»\"”“]")


def transcription_hints(
    call: Call, index: DealIndex, snapshot: CrmSnapshot, settings: Settings
) -> Hints:
    """Gives the words that are likely in a call: the names of who may be talking."""
    ours = company_names(call, index, snapshot, settings.pbx)
    return Hints(
        language=asked_language(settings.speech),
        hotwords=(*ours, *candidate_names(call, index)),
        agent_channel=call.agent_channel,
        direction=call.direction,
        agent_names=agent_names(call, snapshot.users),
        company_names=ours,
    )


def call_context(
    call: Call,
    transcript: Transcript,
    index: DealIndex,
    snapshot: CrmSnapshot,
    settings: Settings,
) -> CallContext:
    """Gives what must be known of a call to understand its words."""
    return CallContext(
        started_at=call.started_at,
        direction=call.direction,
        language=transcript.language,
        agent_names=agent_names(call, snapshot.users),
        company_names=company_names(call, index, snapshot, settings.pbx),
        speech_s=transcript.speech_s,
        timezone=settings.pbx.timezone or snapshot.timezone,
    )


def company_names(
    call: Call, index: DealIndex, snapshot: CrmSnapshot, pbx: PbxSettings
) -> tuple[str, ...]:
    """Gives what the agent may call our company.

    A pipeline is often named after the firm that sells through it («Опт, "Северный лес"»):
    what stands in quotation marks there is taken where the settings say nothing.
    """
    if pbx.company_names:
        return pbx.company_names
    own = index.pipelines_of_user.get(call.user_id or "", frozenset())
    return tuple(
        dict.fromkeys(
            name
            for pipeline in snapshot.pipelines
            if not own or pipeline.id in own
            for name in _QUOTED.findall(pipeline.name)
        )
    )


def asked_language(speech: SpeechSettings) -> str | None:
    """Gives the language that the engine is told, ``None`` where it has to detect it."""
    return None if speech.language == "auto" else speech.language


def agent_names(call: Call, users: Sequence[User]) -> tuple[str, ...]:
    """Gives the name of the agent, or of everybody of ours where it is not known who spoke."""
    if call.agent_name:
        return (call.agent_name,)
    known = tuple(user.name for user in users if user.id == call.user_id)
    return known or tuple(user.name for user in users)
