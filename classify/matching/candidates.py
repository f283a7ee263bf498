"""The deals behind a telephone number: the person's own first, then the company's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from classify.matching.history import Standing, standing_at
from classify.matching.index import DealIndex
from classify.matching.phones import Holders
from classify.matching.scoring import BY_COMPANY, BY_PERSON
from core.settings import MatchingSettings
from models.vocabulary.call import Call

_ACTIVE = (Standing.OPEN, Standing.SOON)


@dataclass(frozen=True, slots=True)
class Found:
    """Deals by what they were found through.

    `only_company` are those that nobody with the number is a contact of. `needs_names` says
    that the number belongs to people of several companies, so that only a spoken name can
    tell whose call it was.
    """

    deals: Mapping[str, tuple[float, str]]
    only_company: frozenset[str]
    note: str
    needs_names: bool = False


def deals_of_contacts(
    contact_ids: Iterable[str], index: DealIndex, reason: str
) -> dict[str, tuple[float, str]]:
    """All deals that one of the contacts stands on."""
    return {
        deal_id: (BY_PERSON, reason)
        for contact_id in contact_ids
        for deal_id in index.deals_of_contact.get(contact_id, ())
    }


def deals_of_number(
    call: Call, holders: Holders, index: DealIndex, settings: MatchingSettings
) -> Found:
    """All deals that a call from or to the number of `holders` can mean.

    A person's deals come before those of the person's company; these count only where the
    person has none that was active. A shared number names the company alone.
    """
    note = _whose(call.client_number or "", holders, index)
    own = deals_of_contacts(holders.contact_ids, index, note)
    companies = dict.fromkeys((*holders.company_ids, *employers(holders.contact_ids, index)))
    of_company = {
        deal_id: (BY_COMPANY, note)
        for company_id in companies
        for deal_id in index.deals_of_company.get(company_id, ())
    }
    if holders.shared:
        level = dict.fromkeys((*own, *of_company), (BY_COMPANY, note))
        several = len(companies) != 1 and not holders.company_ids and len(holders.contact_ids) > 1
        return Found(level, frozenset(of_company) - frozenset(own), note, needs_names=several)
    active = any(
        standing_at(index.histories[deal_id], call.started_at, settings) in _ACTIVE
        for deal_id in own
    )
    deals = own if active else {**of_company, **own}
    return Found(deals, frozenset(), note)


def employers(contact_ids: Iterable[str], index: DealIndex) -> list[str]:
    """The companies that contacts belong to."""
    people = (index.contacts[id_] for id_ in contact_ids)
    return [person.company_id for person in people if person.company_id is not None]


def _whose(number: str, holders: Holders, index: DealIndex) -> str:
    people = [index.contacts[id_].name for id_ in holders.contact_ids]
    firms = [index.companies[id_].name for id_ in holders.company_ids]
    names = ", ".join(name for name in (*people, *firms) if name) or "без имени"
    kind = "Общий номер" if holders.shared else "Номер"
    return f"{kind} {number} записан в CRM: {names}."
