"""`follow_up_agreed`: the next contact."""

from __future__ import annotations

from classify.actions.agreement import Topic
from classify.actions.findings import Findings
from classify.actions.meeting import final_status
from classify.actions.timing import iso
from classify.dialogue import Talk, make_action
from models.vocabulary.action import Action, ActionStatus, ActionType

TOPIC = Topic(
    name="follow_up",
    either="follow_up.propose",
    agent="follow_up.propose_agent",
    client="follow_up.propose_client",
    arranged="follow_up.arranged",
    against="follow_up.against",
    condition="follow_up.condition",
)


def find(talk: Talk, found: Findings) -> list[Action]:
    """The next contact as it stands at the end of the call.

    One that the client refused without anybody having offered it is no follow-up.
    """
    table = found.tables.get(TOPIC.name)
    if table is None:
        return []
    status = final_status(table)
    slot = table.kept if status is ActionStatus.DECLINED else table.slot
    return [
        make_action(
            ActionType.FOLLOW_UP_AGREED,
            status,
            table.turn,
            table.place,
            cues=table.cues,
            slots=iso(slot, talk.context.started_at),
            confidence=0.8,
        )
    ]

