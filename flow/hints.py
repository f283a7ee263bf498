"""What the speech engine and the ears for actions are told about a call beforehand."""

from __future__ import annotations

from collections.abc import Sequence

from classify.hear import CallContext
from classify.matching import DealIndex, candidate_names
from core.settings import SpeechSettings
from models.vocabulary.call import Call
from models.vocabulary.deal import User
from models.vocabulary.transcript import Transcript
from transcribe.engine import Hints


def transcription_hints(
    call: Call, index: DealIndex, users: Sequence[User], speech: SpeechSettings
) -> Hints:
    """Gives the words that are likely in a call: the names of who may be talking."""
    return Hints(
        language=asked_language(speech),
        hotwords=candidate_names(call, index),
        agent_channel=call.agent_channel,
        direction=call.direction,
        agent_names=agent_names(call, users),
    )


def call_context(call: Call, transcript: Transcript, users: Sequence[User]) -> CallContext:
    """Gives what must be known of a call to understand its words."""
    return CallContext(
        started_at=call.started_at,
        direction=call.direction,
        language=transcript.language,
        agent_names=agent_names(call, users),
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
