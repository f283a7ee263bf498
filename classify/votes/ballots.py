"""What is voted on, and how sure a vote has to be."""

from __future__ import annotations

from dataclasses import dataclass

from models.vocabulary.action import ActionStatus, ActionType
from models.vocabulary.transcript import Speaker


@dataclass(frozen=True, slots=True)
class Ballot:
    """One kind of action, the side whose words carry it and the two chances that decide.

    A turn with a chance of `add` or more makes an action where the wordings found none of its
    type; an action of the wordings with a chance under `drop` goes (0: it always stays).
    """

    type: ActionType
    status: ActionStatus
    side: Speaker
    add: float
    drop: float = 0.0

    @property
    def name(self) -> str:
        """The kind as the labels write it, `terms_agreed/done`."""
        return f"{self.type}/{self.status}"


ADD, SURE, DROP = 0.3, 0.6, 0.005
DONE = ActionStatus.DONE
BALLOTS = (
    Ballot(ActionType.NEEDS_CLARIFIED, DONE, Speaker.AGENT, ADD, DROP),
    Ballot(ActionType.REVIEW_REQUESTED, DONE, Speaker.AGENT, ADD),
    Ballot(ActionType.PAYMENT, ActionStatus.PROMISED, Speaker.CLIENT, ADD),
    Ballot(ActionType.PAYMENT, DONE, Speaker.CLIENT, ADD),
    Ballot(ActionType.CONTRACT_SIGNED, DONE, Speaker.CLIENT, ADD),
    Ballot(ActionType.WORK_ACCEPTED, DONE, Speaker.CLIENT, ADD),
    Ballot(ActionType.DECISION_MAKER_IDENTIFIED, DONE, Speaker.CLIENT, ADD),
    Ballot(ActionType.TERMS_AGREED, DONE, Speaker.CLIENT, SURE),
)
