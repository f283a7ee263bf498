"""Names that are likely to be said in a call, for the recogniser to listen for."""

from __future__ import annotations

from collections.abc import Iterator

from classify.matching.index import DealIndex
from classify.matching.names import company_core
from classify.morphology import parses
from models.vocabulary.call import Call, Direction


def candidate_names(call: Call, index: DealIndex) -> tuple[str, ...]:
    """Agent, company and contact names around a call, each once, before it is transcribed.

    They come from the explicit deal, the CRM's record of the call and everybody who has the
    number; whether a deal was open does not matter here.
    """
    return tuple(dict.fromkeys(name for name in _names(call, index) if name))


def _names(call: Call, index: DealIndex) -> Iterator[str]:
    user = index.users.get(call.user_id or "")
    yield _given_name(user.name if user is not None else call.agent_name or "")
    if call.direction is Direction.INTERNAL:
        return
    contact_ids, company_ids, deal_ids = _around(call, index)
    for deal_id in deal_ids:
        deal = index.deals[deal_id]
        contact_ids += deal.contact_ids
        company_ids += [deal.company_id] if deal.company_id is not None else []
    people = [index.contacts[id_] for id_ in contact_ids if id_ in index.contacts]
    company_ids += [person.company_id for person in people if person.company_id is not None]
    for company_id in company_ids:
        if company_id in index.companies:
            yield company_core(index.companies[company_id].name)
    for person in people:
        yield person.name


def _around(call: Call, index: DealIndex) -> tuple[list[str], list[str], list[str]]:
    """Contacts, companies and deals that the call's own facts lead to."""
    holders = index.phones.find(call.client_number)
    contacts = list(holders.contact_ids) if holders is not None else []
    companies = list(holders.company_ids) if holders is not None else []
    records = index.calls_by_id.get(call.call_id, ())
    contacts += [a.contact_id for a in records if a.contact_id is not None]
    named = [call.deal_id, *(a.deal_id for a in records)]
    deals = [id_ for id_ in named if id_ is not None and id_ in index.deals]
    for contact_id in contacts:
        deals += index.deals_of_contact.get(contact_id, ())
    return contacts, companies, deals


def _given_name(name: str) -> str:
    """What an agent is called on the telephone; a surname only misleads the recogniser."""
    given = [
        word
        for word in name.split()
        if any("Name" in reading.grammemes for reading in parses(word.lower()))
    ]
    return given[0] if given else name
