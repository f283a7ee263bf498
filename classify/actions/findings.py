"""What the families have found so far; a later family may look at what an earlier one found."""

from __future__ import annotations

from dataclasses import dataclass, field

from classify.actions.agreement import Table
from classify.actions.documents import PaperDeed
from models.vocabulary.action import Action, ActionStatus, ActionType


@dataclass
class Findings:
    """The actions found, the tables of what was agreed, the deeds with papers."""

    tables: dict[str, Table] = field(default_factory=dict)
    deeds: list[PaperDeed] = field(default_factory=list)
    actions: list[Action] = field(default_factory=list)

    def of(self, kind: ActionType, status: ActionStatus | None = None) -> list[Action]:
        """The actions of one type (and status) found so far."""
        return [a for a in self.actions if a.type is kind and status in (None, a.status)]
