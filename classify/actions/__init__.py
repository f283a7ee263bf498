"""The actions of a call, family by family.

A family is a function from the call and what was found before it to its actions. A new family
is a file here, its wordings under `phrases/<language>/` and a line in `FAMILIES`.
"""

from __future__ import annotations

from collections.abc import Callable

from classify.actions import (
    budget,
    contract,
    courtesies,
    decision_maker,
    follow_up,
    interest,
    introductions,
    invoice,
    meeting,
    needs,
    objection,
    payment,
    proposal,
    refusal,
    review,
    terms,
    work,
)
from classify.actions.agreement import track
from classify.actions.documents import paper_deeds
from classify.actions.findings import Findings
from classify.dialogue import Talk
from models.vocabulary.action import Action

Family = Callable[[Talk, Findings], list[Action]]

# The order matters where a family looks at what an earlier one found (`Findings.of`).
FAMILIES: tuple[Family, ...] = (
    courtesies.find_greeting,
    introductions.find_self_introduction,
    introductions.find_company_introduction,
    courtesies.find_farewell,
    meeting.find_booked,
    meeting.find_held,
    follow_up.find,
    proposal.find_sent,
    contract.find_sent,
    contract.find_signed,
    invoice.find,
    payment.find,
    work.find,
    review.find,
    terms.find,
    proposal.find_discussed,
    budget.find,
    decision_maker.find,
    refusal.find,
    objection.find,
    needs.find,
    interest.find,
)


def find_actions(talk: Talk) -> Findings:
    """Runs every family over a call."""
    found = Findings(tables=track(talk, (meeting.TOPIC, follow_up.TOPIC)), deeds=paper_deeds(talk))
    for family in FAMILIES:
        found.actions += family(talk, found)
    return found
