"""What speaks for each candidate deal, in points that add up to a score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from classify.matching.history import Standing, has_worked_on, last_touched, standing_at
from classify.matching.index import DealIndex
from classify.matching.names import (
    Spoken,
    is_company_said,
    listen,
    parts_said,
    person_parts,
    subjects_said,
)
from core.settings import MatchingSettings
from models.vocabulary.call import Call
from models.vocabulary.transcript import Segment

# Each difference that must decide alone is wider than the margin of ambiguity (0.1): open
# before closed, then who answers for the deal, then who or what was named, then freshness.
BY_PERSON, BY_COMPANY = 0.25, 0.13
_STANDING = {Standing.OPEN: 0.30, Standing.SOON: 0.18, Standing.CLOSED_LATELY: 0.0}
_RESPONSIBLE, _INVOLVED = 0.22, 0.11
_FULL_NAME, _NAME, _SUBJECT = 0.24, 0.12, 0.12
_FRESHEST, _ONLY = 0.11, 0.11

# Cards touched within the same hour are equally fresh.
_SAME_TIME = timedelta(hours=1)

_STANDING_REASONS = {
    Standing.OPEN: "На время звонка сделка была открыта.",
    Standing.SOON: "Сделка создана (или открыта снова) вскоре после звонка.",
    Standing.CLOSED_LATELY: "Сделка закрыта незадолго до звонка.",
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A deal that a call may belong to, and the points for it by what they are given for."""

    deal_id: str
    standing: Standing
    found: float
    by_standing: float
    by_user: float = 0.0
    by_words: float = 0.0
    by_freshness: float = 0.0
    reasons: tuple[str, ...] = ()

    @property
    def points(self) -> float:
        """All points together; many words may bring them above 1."""
        parts = self.found, self.by_standing, self.by_user, self.by_words, self.by_freshness
        return round(sum(parts), 4)

    @property
    def score(self) -> float:
        """The points as a score in 0..1."""
        return min(self.points, 0.99)


def score_candidates(
    found: Mapping[str, tuple[float, str]],
    call: Call,
    segments: Sequence[Segment],
    index: DealIndex,
    settings: MatchingSettings,
) -> list[Candidate]:
    """The deals that can be meant, best first; those closed long before are left out.

    Args:
        found: deal id to (points, reason) for how the deal was found.
        call: the call; its time and agent count.
        segments: its words, empty before transcription.
        index: of the snapshot.
        settings: how near in time a deal must be.
    """
    candidates = []
    for deal_id, (points, reason) in found.items():
        standing = standing_at(index.histories[deal_id], call.started_at, settings)
        if standing is not Standing.AWAY:
            reasons = (reason, _STANDING_REASONS[standing])
            candidates.append(
                Candidate(deal_id, standing, points, _STANDING[standing], reasons=reasons)
            )
    candidates = [_with_user(candidate, call, index, candidates) for candidate in candidates]
    candidates = _with_words(candidates, call, listen(segments), index)
    candidates = _with_freshness(candidates, call, index)
    return sorted(candidates, key=lambda candidate: (-candidate.points, candidate.deal_id))


def _with_user(
    candidate: Candidate, call: Call, index: DealIndex, rivals: Sequence[Candidate]
) -> Candidate:
    """Points for the agent of the call: answers for the deal, worked on it, or on its pipeline."""
    if call.user_id is None:
        return candidate
    deal = index.deals[candidate.deal_id]
    user = index.users.get(call.user_id)
    name = user.name if user is not None and user.name else call.user_id
    if deal.responsible_id == call.user_id:
        points, reason = _RESPONSIBLE, f"Разговаривал ответственный за сделку: {name}."
    elif has_worked_on(index.histories[deal.id], call.user_id, call.started_at):
        points, reason = _INVOLVED, f"{name} уже работал(а) с этой сделкой."
    elif _is_only_pipeline(candidate, call.user_id, index, rivals):
        points, reason = _INVOLVED, f"{name} ведёт сделки этой воронки."
    else:
        return candidate
    return replace(candidate, by_user=points, reasons=(*candidate.reasons, reason))


def _is_only_pipeline(
    candidate: Candidate, user_id: str, index: DealIndex, rivals: Sequence[Candidate]
) -> bool:
    """Whether of the pipelines in question the user answers for deals in this one alone."""
    pipelines = {index.deals[rival.deal_id].pipeline_id for rival in rivals}
    own = index.pipelines_of_user.get(user_id, frozenset())
    return pipelines & own == {index.deals[candidate.deal_id].pipeline_id}


def _with_words(
    candidates: Sequence[Candidate], call: Call, spoken: Spoken, index: DealIndex
) -> list[Candidate]:
    """Points for names said in the call; our agent's own name says nothing."""
    user = index.users.get(call.user_id or "")
    ours = frozenset(person_parts(f"{user.name if user else ''} {call.agent_name or ''}"))
    names = {c.deal_id: index.deals[c.deal_id].name for c in candidates}
    subjects = subjects_said(names, spoken) if len(names) > 1 else frozenset()
    return [_with_names(c, spoken, index, ours, c.deal_id in subjects) for c in candidates]


def _with_names(
    candidate: Candidate, spoken: Spoken, index: DealIndex, ours: frozenset[str], subject: bool
) -> Candidate:
    deal = index.deals[candidate.deal_id]
    points, reasons = 0.0, []
    contacts = [index.contacts[id_] for id_ in deal.contact_ids if id_ in index.contacts]
    said = {contact.name: parts_said(contact.name, spoken, ours) for contact in contacts}
    if any(said.values()):
        name = max(said, key=lambda name: said[name])
        points = _FULL_NAME if said[name] > 1 else _NAME
        reasons.append(f"В разговоре назван контакт сделки: {name}.")
    company = index.companies.get(deal.company_id or "")
    if company is not None and is_company_said(company.name, spoken):
        points += _NAME
        reasons.append(f"В разговоре названа компания: {company.name}.")
    if subject:
        points += _SUBJECT
        reasons.append(f"Разговор о предмете сделки «{deal.name}».")
    return replace(candidate, by_words=points, reasons=(*candidate.reasons, *reasons))


def _with_freshness(
    candidates: Sequence[Candidate], call: Call, index: DealIndex
) -> list[Candidate]:
    """Points for the only active deal, else for the one that was touched last.

    The first is amoCRM's own rule: with exactly one active deal the call is that deal's
    (https://www.amocrm.com.ua/developers/content/telephony/calls_add).
    """
    best = max((_STANDING[c.standing] for c in candidates), default=0.0)
    rivals = [c for c in candidates if best > 0 and _STANDING[c.standing] == best]
    if len(rivals) == 1:
        reason = "Других действующих сделок у клиента нет."
        fresh = replace(rivals[0], by_freshness=_ONLY)
    else:
        freshest = _freshest(rivals, call, index)
        if freshest is None:
            return list(candidates)
        reason = "С этой сделкой работали позже, чем с другими сделками клиента."
        fresh = replace(freshest, by_freshness=_FRESHEST)
    fresh = replace(fresh, reasons=(*fresh.reasons, reason))
    return [fresh if c.deal_id == fresh.deal_id else c for c in candidates]


def _freshest(rivals: Sequence[Candidate], call: Call, index: DealIndex) -> Candidate | None:
    """The card touched last before the call; ``None`` where two were at about the same time."""
    touched: list[tuple[datetime, Candidate]] = []
    for rival in rivals:
        at = last_touched(index.histories[rival.deal_id], call.started_at, call.user_id)
        if at is not None:
            touched.append((at, rival))
    touched.sort(key=lambda pair: pair[0], reverse=True)
    if not touched or (len(touched) > 1 and touched[0][0] - touched[1][0] < _SAME_TIME):
        return None
    return touched[0][1]
