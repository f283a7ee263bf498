"""`follow_up_agreed`: the next contact."""

from __future__ import annotations

from classify.actions.agreement import Standing, Table, Topic
from classify.actions.english_replies import unrefused
from classify.actions.findings import Findings
from classify.actions.meeting import TOPIC as MEETING
from classify.actions.meeting import final_status
from classify.actions.quoting import telling
from classify.actions.timing import iso, settled
from classify.actions.twins import plainer_twin
from classify.citation import make_action
from classify.dialogue import Talk
from models.vocabulary.action import Action, ActionStatus, ActionType
from models.vocabulary.transcript import Speaker

TOPIC = Topic(
    name="follow_up",
    either="follow_up.propose",
    agent="follow_up.propose_agent",
    client="follow_up.propose_client",
    arranged="follow_up.arranged",
    against="follow_up.against",
    condition="follow_up.condition",
    not_now="follow_up.not_now",
)


def find(talk: Talk, found: Findings) -> list[Action]:
    """The next contact as it stands at the end of the call.

    One that the client refused without anybody having offered it is no follow-up.
    """
    table = found.tables.get(TOPIC.name)
    if table is None or plainer_twin(table, found.tables.get(MEETING.name)):
        return []
    status = final_status(table)
    if not table.slot and _loose(talk, table):
        return []
    if table.standing is Standing.OPEN and unrefused(talk, table):
        status = ActionStatus.DONE
    asked = table.standing is Standing.OPEN and table.holder is Speaker.CLIENT
    if asked and not _hedged(talk, table):
        status = ActionStatus.DONE
    slot = table.kept if status is ActionStatus.DECLINED else table.slot
    return [
        make_action(
            ActionType.FOLLOW_UP_AGREED,
            status,
            table.turn,
            telling(talk, table.turn, table.place),
            whole_clause=False,
            cues=table.cues,
            slots=iso(settled(slot, talk.context.started_at), talk.context.started_at),
            confidence=0.8,
        )
    ]


def _loose(talk: Talk, table: Table) -> bool:
    """Whether words about a call that name no time fix nothing.

    «До свидания, созвонимся»; «наберу» to «надумаете — звоните»; «напишу» to a review asked for.
    """
    if table.standing is not Standing.OPEN:
        return False
    if table.holder is Speaker.AGENT:
        return talk.has("courtesies.farewell", table.turn) and "follow_up.propose:" in table.cues[0]
    asked = talk.before(table.turn, 1, Speaker.AGENT)
    return any(talk.has("follow_up.if_wanted", t) or talk.has("review.asked", t) for t in asked)


def _hedged(talk: Talk, table: Table) -> bool:
    """Whether the client's request or own promise is hedged, or the agent turns it down."""
    after = talk.near(table.turn, 1, Speaker.AGENT)
    return talk.has("stance.defer", table.turn) or any(
        talk.has("stance.decline", turn) or talk.has("stance.defer", turn) for turn in after
    )
