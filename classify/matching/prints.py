"""Tells whether a call's match could have become another: a print of all that it can depend on.

Two prints that are the same stand for the same match; what changed elsewhere in the CRM (an
amount, another client's card) leaves a call's print as it is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from classify.matching.candidates import employers
from classify.matching.decide import match_call
from classify.matching.history import DealHistory
from classify.matching.index import DealIndex
from classify.matching.names import introduced_company
from core.settings import MatchingSettings
from models.vocabulary.call import Call
from models.vocabulary.deal import Activity, Deal
from models.vocabulary.transcript import Segment

_Parts = tuple[Deal, DealHistory, tuple[str, ...], str]


@dataclass(slots=True)
class DealPrints:
    """The prints of deals as candidates; kept from one index to the next."""

    known: dict[str, tuple[_Parts, str]] = field(default_factory=dict)

    def of(self, deal_id: str, index: DealIndex) -> str:
        """What of a deal, its people and its past can speak for or against it."""
        deal, history = index.deals[deal_id], index.histories[deal_id]
        names = tuple(index.contacts[i].name for i in deal.contact_ids if i in index.contacts)
        company = index.companies.get(deal.company_id or "")
        parts = (deal, history, names, company.name if company is not None else "")
        known = self.known.get(deal_id)
        if known is not None and _same(known[0], parts):
            return known[1]
        told = (
            deal.name,
            deal.contact_ids,
            deal.company_id,
            deal.responsible_id,
            deal.pipeline_id,
            repr(history),
            names,
            parts[3],
        )
        made = hashlib.sha256(repr(told).encode("utf-8", "backslashreplace")).hexdigest()
        self.known[deal_id] = (parts, made)
        return made


@dataclass
class MatchPrints:
    """What the calls of one index can depend on."""

    index: DealIndex
    settings: MatchingSettings
    deals: DealPrints = field(default_factory=DealPrints)

    def of(self, call: Call) -> tuple[object, ...]:
        """All of the CRM that a call's match can depend on, but for names that are said in it."""
        index = self.index
        holders = index.phones.find(call.client_number)
        contacts = holders.contact_ids if holders is not None else ()
        records = [*self._by_id(_ids(call)), *self._of_contacts(contacts)]
        deals = self._candidates(call, contacts, records, holders.company_ids if holders else ())
        people = [index.contacts[id_] for id_ in contacts]
        user = index.users.get(call.user_id or "")
        return (
            holders,
            [(one.id, one.name, one.company_id) for one in people],
            [self._company(id_) for id_ in (holders.company_ids if holders else ())],
            [_record(one) for one in records],
            [(id_, self.deals.of(id_, index)) for id_ in deals],
            (call.deal_id or "").strip() in index.deals,
            user.name if user is not None else None,
            sorted(index.pipelines_of_user.get(call.user_id or "", ())),
        )

    def of_names(self, introduced: str | None) -> tuple[object, ...]:
        """What the match of a call depends on whose other side is known by its own words alone.

        Args:
            introduced: the company that it introduced itself as, by `introduces`.
        """
        deals = self.index.deals_of_company.get(introduced or "", ())
        prints = [(id_, self.deals.of(id_, self.index)) for id_ in deals]
        return (self.company_names, introduced, prints)

    def asks_names(self, call: Call) -> bool:
        """Whether the match of a call hangs on how the other side introduces itself.

        Nothing settles that but what `of` gives.
        """
        index = self.index
        if index.phones.find(call.client_number) is None and not self._by_id(_ids(call)):
            return (call.deal_id or "").strip() not in index.deals
        found = match_call(call, (), index, self.settings)
        return found is None or found.method == "contact"

    def introduces(self, call: Call, spoken: Sequence[Segment]) -> str | None:
        """The company that the other side introduces itself as, where that matters."""
        if not spoken or not self.asks_names(call):
            return None
        return introduced_company(self._names, spoken)

    @cached_property
    def company_names(self) -> str:
        """Tells other names of companies apart: any of them may be the one that is said."""
        names = sorted(self._names.items())
        return hashlib.sha256(repr(names).encode("utf-8", "backslashreplace")).hexdigest()

    @cached_property
    def _names(self) -> Mapping[str, str]:
        return {company.id: company.name for company in self.index.companies.values()}

    def _company(self, id_: str) -> tuple[str, str]:
        return id_, self.index.companies[id_].name

    def _by_id(self, ids: Iterable[str]) -> list[Activity]:
        return [one for id_ in ids for one in self.index.calls_by_id.get(id_, ())]

    def _of_contacts(self, contacts: Iterable[str]) -> list[Activity]:
        return [one for id_ in contacts for one in self.index.calls_of_contact.get(id_, ())]

    def _candidates(
        self,
        call: Call,
        contacts: Sequence[str],
        records: Sequence[Activity],
        companies: Sequence[str],
    ) -> list[str]:
        """The deals that may be weighed: by the call itself, its records, its number."""
        index = self.index
        people = [*contacts, *(one.contact_id for one in records if one.contact_id is not None)]
        firms = [*companies, *employers(contacts, index)]
        named = [(call.deal_id or "").strip(), *(one.deal_id or "" for one in records)]
        found = [id_ for id_ in named if id_ in index.deals]
        found += [id_ for one in people for id_ in index.deals_of_contact.get(one, ())]
        found += [id_ for one in firms for id_ in index.deals_of_company.get(one, ())]
        return list(dict.fromkeys(found))


def _ids(call: Call) -> dict[str, None]:
    return dict.fromkeys(one for one in (call.call_id, call.linked_id) if one)


def _record(one: Activity) -> tuple[object, ...]:
    """What of the CRM's own record of a call can tell whose it is."""
    return (
        one.id, one.call_id, one.deal_id, one.contact_id, one.direction,
        one.created_at, one.due_at,
    )  # fmt: skip


def _same(before: _Parts, now: _Parts) -> bool:
    return before[0] is now[0] and before[1] is now[1] and before[2:] == now[2:]
