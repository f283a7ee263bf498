"""Whose number is it: the CRM's telephone numbers in one form, each with its holders."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from core.settings import PbxSettings
from models.vocabulary.deal import CrmSnapshot
from models.vocabulary.phone import Phone, normalise_phone

_BETWEEN_NUMBERS = re.compile(r"[;/|\n]|,(?=\s*\+?[\d(][\d\s().\-]{8,})|\bили\b")
_TAIL_DIGITS = 10


@dataclass(frozen=True, slots=True)
class Holders:
    """Who has a number. `shared` means that it names a company or several, never a person."""

    contact_ids: tuple[str, ...] = ()
    company_ids: tuple[str, ...] = ()
    shared: bool = False


@dataclass(frozen=True, slots=True)
class PhoneIndex:
    """Every number of a snapshot: E.164, or the last ten digits of one that is no valid number.

    `own` are our people's and our lines' numbers; they never name a client.
    """

    holders: Mapping[str, Holders]
    own: frozenset[str]

    def find(self, number: str | None) -> Holders | None:
        """Who has the number (E.164), ``None`` where nobody or only we do."""
        if number is None or number in self.own:
            return None
        return self.holders.get(number) or self.holders.get(_tail(number))


def build_phone_index(
    snapshot: CrmSnapshot, shared_number_contacts: int, pbx: PbxSettings
) -> PhoneIndex:
    """Indexes contacts' and companies' numbers.

    A number is shared when a company has it, when a contact has it with an extension (it is
    then a switchboard) or when more than `shared_number_contacts` contacts have it.
    """
    own = frozenset(
        key
        for texts in (pbx.own_numbers, *(user.phones for user in snapshot.users))
        for key, _ in _numbers(texts, pbx)
    )
    contacts: defaultdict[str, list[str]] = defaultdict(list)
    companies: defaultdict[str, list[str]] = defaultdict(list)
    switchboards: set[str] = set()
    for contact in snapshot.contacts:
        for key, has_extension in _numbers(contact.phones, pbx):
            contacts[key].append(contact.id)
            if has_extension:
                switchboards.add(key)
    for company in snapshot.companies:
        for key, _ in _numbers(company.phones, pbx):
            companies[key].append(company.id)
    holders = {}
    for key in (contacts.keys() | companies.keys()) - own:
        people, firms = dict.fromkeys(contacts[key]), dict.fromkeys(companies[key])
        shared = bool(firms) or key in switchboards or len(people) > shared_number_contacts
        holders[key] = Holders(tuple(people), tuple(firms), shared)
    return PhoneIndex(holders, own)


def _numbers(texts: Sequence[str], pbx: PbxSettings) -> Iterator[tuple[str, bool]]:
    """Each outside number as (key, whether an extension was written with it)."""
    for text in texts:
        for part in _BETWEEN_NUMBERS.split(text):
            phone = _normalise(part, pbx)
            if phone is not None and phone.e164 is not None:
                yield phone.e164, phone.extension is not None
            elif tail := _tail(part):
                yield tail, phone is not None and phone.extension is not None


def _normalise(text: str, pbx: PbxSettings) -> Phone | None:
    return normalise_phone(
        text,
        region=pbx.region,
        area_code=pbx.area_code,
        extension_max_digits=pbx.extension_max_digits,
    )


def _tail(text: str) -> str:
    """The last ten digits, blank where there are fewer."""
    digits = re.sub(r"\D", "", text)
    return digits[-_TAIL_DIGITS:] if len(digits) >= _TAIL_DIGITS else ""
