"""Who is to be forgotten: from a number or a contact of the CRM to all traces of one person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from sqlalchemy.orm import Session

from core.crm_settings import CrmSettings
from core.settings import PbxSettings
from crm.snapshot import read_snapshot
from models.store.forgetting import (
    Contact,
    Person,
    PersonRows,
    load_contacts,
    names_of_users,
)
from models.store.holds import Hold, HoldKind
from models.vocabulary.errors import InvalidInputError, StagecheckError
from models.vocabulary.phone import normalise_phone
from models.vocabulary.traces import Traces


def number_of(raw: str, pbx: PbxSettings) -> str | None:
    """The outside number that a text means, in E.164."""
    phone = normalise_phone(
        raw,
        region=pbx.region,
        area_code=pbx.area_code,
        extension_max_digits=pbx.extension_max_digits,
    )
    return phone.e164 if phone else None


def sure_number(raw: str, pbx: PbxSettings) -> str:
    """The number that the command line means.

    Raises:
        InvalidInputError: it is none.
    """
    number = number_of(raw, pbx)
    if number is None:
        raise InvalidInputError("--phone", "is no telephone number", "Write it as +79160001301.")
    return number


def person_by_number(session: Session, number: str, pbx: PbxSettings) -> Person:
    """Somebody known by one number; contacts with this number alone are theirs.

    Raises:
        InvalidInputError: the number is ours.
    """
    contacts = load_contacts(session, lambda raw: number_of(raw, pbx))
    own = [one for one in contacts if one.numbers == {number}]
    sharing = tuple(sorted({one.id for one in contacts if number in one.numbers} - _ids(own)))
    return _person(session, (number,), own, contacts, pbx, sharing)


def person_by_contact(
    session: Session, id_: str, snapshot: Path, settings: tuple[PbxSettings, CrmSettings]
) -> Person:
    """Somebody known as a contact of a CRM, with all their numbers and addresses.

    Raises:
        InvalidInputError: no contact of this id is known, or one of its numbers is ours.
    """
    pbx, crm = settings
    source = str(snapshot.resolve())
    contacts = load_contacts(session, lambda raw: number_of(raw, pbx))
    of_crm = load_contacts(session, lambda raw: number_of(raw, pbx), source)
    own = [one for one in of_crm if one.id == id_]
    told = [one for one in read_snapshot(snapshot, crm).snapshot.contacts if one.id == id_]
    if not (own or told):
        raise InvalidInputError(
            str(snapshot),
            f"no contact `{id_}` is in it, nor was when it was read last",
            "Give the id as the CRM has it, or the number with --phone.",
        )
    numbers = {number for one in own for number in one.numbers}
    numbers |= {number for one in told for raw in one.phones if (number := number_of(raw, pbx))}
    # The same person as other CRMs have it, where they have no other number.
    own += [one for one in contacts if one.numbers and one.numbers <= numbers and one not in own]
    told_too = [Contact(0, 0, one.id, one.name, frozenset(), one.emails) for one in told]
    person = _person(session, sorted(numbers), [*own, *told_too], contacts, pbx, ())
    return Person(person.traces, tuple(own), person.sharing)


def refuse_held(holds: Sequence[Hold], person: Person, rows: PersonRows) -> None:
    """Refuses to forget what somebody must keep.

    Raises:
        StagecheckError: a hold names the person, a call or a deal of theirs.
    """
    deals = {*rows.deals, *rows.matched_deals}
    spared = {
        HoldKind.PHONE: frozenset(person.traces.numbers),
        HoldKind.CALL: rows.call_ids,
        HoldKind.DEAL: frozenset(deals),
    }
    for hold in holds:
        if hold.value in spared[hold.kind]:
            what = "number" if hold.kind is HoldKind.PHONE else f"{hold.kind} {hold.value}"
            raise StagecheckError(
                f"hold {hold.id} on this {what} (by {hold.placed_by} on "
                f"{hold.placed_at:%Y-%m-%d}: {hold.reason}) keeps this person's data. Whoever may "
                f"decide it removes the hold first: `stagecheck hold remove {hold.id}`."
            )


def warnings_of(person: Person, rows: PersonRows) -> Iterator[str]:
    """What a forgetting by number cannot reach and somebody has to look at."""
    deals = sorted({*rows.deals, *rows.matched_deals})
    if deals:
        yield (
            f"deals {', '.join(deals)} were this person's: their names, fields and calls with "
            "others may still speak of them; look through them in the CRM"
        )
    if person.sharing:
        yield (
            f"contacts {', '.join(person.sharing)} have this number and others: they lost the "
            "number only; `--contact ID` forgets such a contact whole"
        )
    if person.contacts and not person.traces.names:
        yield (
            "the name was not searched for: it is a single word, or somebody else's as well; only "
            "numbers and e-mail addresses were"
        )
    yield (
        "delete the person in the CRM too, else the next snapshot brings the contact back; backups "
        "and results written elsewhere are yours to clean (docs/operations.md)"
    )


def _person(  # noqa: PLR0913, PLR0917 - what a person is put together from
    session: Session,
    numbers: Iterable[str],
    own: Sequence[Contact],
    contacts: Sequence[Contact],
    pbx: PbxSettings,
    sharing: tuple[str, ...],
) -> Person:
    numbers = tuple(numbers)
    users = names_of_users(session)
    ours = {number_of(raw, pbx) for _, phones in users for raw in phones}
    ours |= {number_of(raw, pbx) for raw in pbx.own_numbers}
    if ours & set(numbers):
        raise InvalidInputError(
            "this person",
            "has a number of ours (pbx.own_numbers, or a user's in the CRM)",
            "Forgetting it would remove everybody's calls; take the number out there first.",
        )
    taken = {name.casefold() for name, _ in users}
    taken |= {one.name.casefold() for one in contacts if one.id not in _ids(own)}
    names = {one.name.strip() for one in own if len(one.name.split()) > 1}
    mails = {mail.strip() for one in own for mail in one.emails if mail.strip()}
    traces = Traces(
        numbers,
        tuple(sorted(name for name in names if name.casefold() not in taken)),
        tuple(sorted(mails)),
    )
    return Person(traces, tuple(own), sharing)


def _ids(contacts: Iterable[Contact]) -> set[str]:
    return {one.id for one in contacts}
