"""The order of trust: an explicit deal, the CRM's record of the call, the number, the names."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from classify.matching.candidates import Found, deals_of_contacts, deals_of_number
from classify.matching.history import Standing
from classify.matching.index import DealIndex
from classify.matching.names import introduced_company
from classify.matching.scoring import BY_PERSON, Candidate, score_candidates
from core.settings import MatchingSettings
from models.vocabulary.call import Call, Direction
from models.vocabulary.deal import Activity
from models.vocabulary.transcript import Segment
from models.vocabulary.verdict import DealMatch

_SCORE_OF_ID, _SCORE_OF_CALL_ID, _SCORE_OF_CALL_TIME, _SCORE_OF_NAME = 1.0, 0.97, 0.9, 0.4
_BEFORE_CALL = timedelta(minutes=2)


def match_call(
    call: Call, spoken: Sequence[Segment], index: DealIndex, settings: MatchingSettings
) -> DealMatch | None:
    """The deal that a call belongs to.

    `deal_id` is ``None`` with method ``ambiguous`` where several deals fit about equally, and
    with method ``contact`` where the CRM knows the number but had no deal for it at the time.
    Methods: ``deal_id``, ``call_activity``, ``phone``, ``phone+user``, ``phone+time``,
    ``company`` (a number that only the company has), ``name``.

    Args:
        call: merged facts; `client_number` is E.164.
        spoken: the call's words; may be empty.
        index: of the snapshot, from `build_index`.
        settings: margins and periods.

    Returns:
        ``None`` for an internal call and for a number and words that name nobody we know.
    """
    if call.direction is Direction.INTERNAL:
        return None
    sure = _by_deal_id(call, index) or _by_activity(call, spoken, index, settings)
    if sure is not None:
        return sure
    by_number = _by_number(call, spoken, index, settings)
    if by_number is not None and by_number.method != "contact":
        return by_number
    return _by_introduction(call, spoken, index, settings) or by_number


def _by_deal_id(call: Call, index: DealIndex) -> DealMatch | None:
    deal_id = (call.deal_id or "").strip()
    if deal_id not in index.deals:
        return None
    reason = f"Сделка {deal_id} указана в сведениях о звонке."
    return DealMatch(deal_id, _SCORE_OF_ID, "deal_id", (reason,))


def _by_activity(
    call: Call, spoken: Sequence[Segment], index: DealIndex, settings: MatchingSettings
) -> DealMatch | None:
    """By the CRM's own record of this call; on the contact's card it leaves the deal open."""
    ids = {call.call_id, call.linked_id} - {None, ""}
    records = [a for id_ in ids for a in index.calls_by_id.get(id_ or "", ())]
    score, reason = _SCORE_OF_CALL_ID, "CRM записала этот звонок в карточку (по номеру звонка)."
    if not records:
        records = _records_near(call, index, settings)
        score, reason = _SCORE_OF_CALL_TIME, "CRM записала звонок этому контакту в это время."
    deals = list(dict.fromkeys(a.deal_id for a in records if a.deal_id in index.deals))
    if len(deals) == 1:
        return DealMatch(deals[0], score, "call_activity", (reason,))
    if deals:
        found = {id_: (BY_PERSON, reason) for id_ in deals if id_ is not None}
    else:
        contacts = [a.contact_id for a in records if a.contact_id is not None]
        found = deals_of_contacts(contacts, index, reason)
    return _decide(
        score_candidates(found, call, spoken, index, settings), "call_activity", settings
    )


def _records_near(call: Call, index: DealIndex, settings: MatchingSettings) -> list[Activity]:
    """Call records without a call id of a contact with this number, made about when it rang."""
    holders = index.phones.find(call.client_number)
    latest = call.started_at + timedelta(
        seconds=call.talk_s or 0, minutes=settings.call_activity_minutes
    )
    return [
        activity
        for contact_id in (holders.contact_ids if holders is not None else ())
        for activity in index.calls_of_contact.get(contact_id, ())
        if activity.call_id is None
        and call.started_at - _BEFORE_CALL <= activity.created_at <= latest
        and (activity.due_at is None or activity.due_at <= latest)
        and activity.direction in (None, call.direction)
    ]


def _by_number(
    call: Call, spoken: Sequence[Segment], index: DealIndex, settings: MatchingSettings
) -> DealMatch | None:
    holders = index.phones.find(call.client_number)
    if holders is None:
        return None
    found = deals_of_number(call, holders, index, settings)
    candidates = score_candidates(found.deals, call, spoken, index, settings)
    if found.needs_names:
        named = [candidate for candidate in candidates if candidate.by_words > 0]
        candidates = named or candidates
    match = _decide(candidates, None, settings, found)
    if match is not None and found.needs_names and not candidates[0].by_words:
        return DealMatch(None, match.score, "ambiguous", (found.note,), _pairs(candidates))
    note = "Номер известен CRM, но сделки на время звонка нет."
    return match or DealMatch(None, 0.0, "contact", (found.note, note))


def _by_introduction(
    call: Call, spoken: Sequence[Segment], index: DealIndex, settings: MatchingSettings
) -> DealMatch | None:
    """By an unmistakable company name that an unknown caller gives as his own."""
    names = {company.id: company.name for company in index.companies.values()}
    company_id = introduced_company(names, spoken)
    if company_id is None:
        return None
    reason = f"Собеседник представился: {names[company_id]}."
    found = dict.fromkeys(index.deals_of_company.get(company_id, ()), (0.0, reason))
    candidates = score_candidates(found, call, spoken, index, settings)
    active = [c for c in candidates if c.standing is not Standing.CLOSED_LATELY]
    if len(active) != 1:
        return None
    return DealMatch(active[0].deal_id, _SCORE_OF_NAME, "name", active[0].reasons)


def _decide(
    candidates: Sequence[Candidate],
    method: str | None,
    settings: MatchingSettings,
    found: Found | None = None,
) -> DealMatch | None:
    """The best candidate, or none of them where the next one is too near."""
    if not candidates:
        return None
    best, *others = candidates
    if others and round(best.points - others[0].points, 4) < settings.ambiguous_margin:
        near = [c for c in candidates if best.points - c.points < settings.ambiguous_margin]
        reason = f"Подходят {len(near)} сделки, отличить их нечем."
        reasons = (best.reasons[0], reason)
        return DealMatch(None, best.score, "ambiguous", reasons, _pairs(candidates))
    if method is None:
        by_company = found is not None and best.deal_id in found.only_company
        method = "company" if by_company else _phone_method(best, others)
    return DealMatch(best.deal_id, best.score, method, best.reasons, _pairs(others))


def _phone_method(best: Candidate, others: Sequence[Candidate]) -> str:
    """What told the deal apart from the next best one that has the same number."""
    if not others:
        return "phone"
    if best.by_user > others[0].by_user:
        return "phone+user"
    fresher = best.by_freshness > others[0].by_freshness
    return "phone+time" if fresher or best.by_standing > others[0].by_standing else "phone"


def _pairs(candidates: Sequence[Candidate]) -> tuple[tuple[str, float], ...]:
    return tuple((candidate.deal_id, candidate.score) for candidate in candidates)
