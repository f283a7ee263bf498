"""What may go wrong between us and a CRM. The sentences name the CRM and never a token."""

from __future__ import annotations

from models.vocabulary.errors import StagecheckError


class CrmError(StagecheckError):
    """A CRM did not do what it was asked for."""


class CrmAwayError(CrmError):
    """It cannot be reached, is out of order or too slow: tried again later."""


class CrmBusyError(CrmAwayError):
    """It asked us to slow down; `wait_s` is for how long, where it said so."""

    def __init__(self, message: str, wait_s: float | None = None) -> None:
        self.wait_s = wait_s
        super().__init__(message)


class CrmUncertainError(CrmAwayError):
    """A write was sent and no answer came: nobody knows whether it was done."""


class CrmShutError(CrmError):
    """It does not let us in (any more): a person has to look after token, rights or tariff."""


class CrmExpiredError(CrmShutError):
    """The access token is over; with a refresh token there can be a new one."""


class CrmGoneError(CrmError):
    """What was asked for is not there (any more)."""


class CrmRefusedError(CrmError):
    """It understood and will not do it: the same would be refused again."""


class CrmAnswerError(CrmAwayError):
    """Its answer is none that we understand."""
