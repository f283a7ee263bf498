"""Why something that the judge said does not count."""

from __future__ import annotations

from enum import StrEnum


class Refusal(StrEnum):
    """A reason for which an action of the judge, or one slot of it, is dropped."""

    MALFORMED = "malformed"
    UNKNOWN_TYPE = "unknown type"
    ILLEGAL_STATUS = "illegal status"
    WRONG_SPEAKER = "wrong speaker"
    INVENTED_QUOTE = "invented quote"
    REPEATED = "repeated"
    UNKNOWN_SLOT = "unknown slot"
    ILLEGAL_SLOT = "illegal slot value"
    SLOT_NOT_SAID = "slot value not said"


class RefusedError(Exception):
    """Something that the judge said does not count, for this reason."""

    def __init__(self, reason: Refusal) -> None:
        self.reason = reason
        super().__init__(reason.value)


# These take nothing from the trust in an answer: the action stands, without its slot or already.
HARMLESS = frozenset(
    {
        Refusal.UNKNOWN_SLOT,
        Refusal.ILLEGAL_SLOT,
        Refusal.SLOT_NOT_SAID,
        Refusal.REPEATED,
    }
)
