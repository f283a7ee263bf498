"""What programs read of calls: facts, words, actions."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from api.v1.shapes import WORDS, Item, Shape, Time
from models.vocabulary.action import ActionStatus, ActionType, Outcome
from models.vocabulary.call import Direction, MetadataSource
from models.vocabulary.transcript import PersonalKind, Speaker

RecordingState = Literal["unrecorded", "arrived", "transcribed", "unusable", "expiring", "expired"]


class Candidate(Shape):
    """A deal that a call could be of as well."""

    id: str
    score: float


class Match(Shape):
    """Whose deal a call is, and how that was found."""

    id: str
    score: float = Field(ge=0, le=1)
    method: str
    reasons: list[str] | None = Field(description=f"in words; {WORDS}")
    alternatives: list[Candidate]


class Call(Item):
    """A call: its facts, how it ended up, whose deal it is."""

    id: int = Field(description="by which this API knows the call")
    call_id: str = Field(description="the telephone system's id; calls of old systems share some")
    recording: str | None = Field(description=f"path among the recordings; {WORDS}")
    sha256: str | None = Field(description="of the recording")
    account: str = Field(description="telephone system, where several are set up")
    direction: Direction | None
    started_at: Time
    user_id: str | None = Field(description="who of ours, by the CRM's id")
    extension: str | None
    client_number: str | None = Field(description=f"E.164; {WORDS}")
    answered: bool | None
    talk_s: float | None
    duration_s: float | None = Field(description="of the recording, in seconds")
    speech_s: float | None
    language: str | None
    model: str | None
    outcome: Outcome | None = Field(description="`null`: not heard (yet)")
    metadata_from: MetadataSource
    state: RecordingState = Field(description="how far its recording has come")
    error: str | None = Field(description="why the recording cannot be used")
    deal: Match | None
    score: int | None = Field(description="how the call was led by its checklist, 0 to 100")
    updated_at: Time


class Action(Item):
    """Something done in a call that matters for the deal."""

    call: int = Field(description="the call's `id`")
    position: int = Field(description="its place in the call")
    call_id: str
    deal_id: str | None
    type: ActionType
    status: ActionStatus
    speaker: Speaker
    start: float | None
    end: float | None
    quote: str | None = Field(description=WORDS)
    slots: dict[str, str | float | bool]
    confidence: float
    heard_otherwise: str | None = Field(
        description=f"words of a second listening that do not bear it out; {WORDS}"
    )


class CallWithActions(Call):
    """A call with all that was heard in it."""

    actions: list[Action]


class Segment(Shape):
    """One utterance."""

    start: float | None
    end: float | None
    speaker: Speaker
    text: str
    confidence: float


class Hidden(Shape):
    """Seconds in which a personal number is said; its words are masked."""

    start: float
    end: float
    kind: PersonalKind
    speaker: Speaker


class Transcript(Item):
    """A call in words; `segments` are empty where words are not kept any more."""

    call: int = Field(description="the call's `id`")
    call_id: str
    language: str
    model: str
    duration_s: float
    speech_s: float
    segments: list[Segment]
    hidden: list[Hidden] | None
    created_at: Time
