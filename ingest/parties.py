"""Who is ours, who is the client and who called whom."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from core.settings import PbxSettings
from models.vocabulary.call import CallFacts, Direction
from models.vocabulary.deal import User
from models.vocabulary.phone import Phone, is_hidden_number, normalise_phone


class Side(StrEnum):
    """What one end of a call is."""

    OURS = "ours"
    OUTSIDE = "outside"
    HIDDEN = "hidden"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class OurSide:
    """What is ours: extensions and outside numbers (E.164), and how numbers are read here."""

    pbx: PbxSettings
    users: tuple[User, ...]
    extensions: frozenset[str]
    numbers: frozenset[str]

    def read(self, raw: str | None) -> Phone | None:
        """A number as the settings of this PBX read it; our extensions of any length too."""
        if raw is not None and raw.strip() in self.extensions:
            return Phone(None, raw.strip())
        return normalise_phone(
            raw,
            region=self.pbx.region,
            area_code=self.pbx.area_code,
            extension_max_digits=self.pbx.extension_max_digits,
        )

    def outside_number(self, raw: str | None) -> str | None:
        """E.164 of a number that is not ours, else ``None``."""
        phone = self.read(raw)
        return phone.e164 if phone and phone.e164 and phone.e164 not in self.numbers else None

    def side(self, raw: str | None) -> Side:
        """What the end of a call with the number `raw` is."""
        phone = self.read(raw)
        if phone is None:
            return Side.HIDDEN if is_hidden_number(raw) else Side.UNKNOWN
        if phone.e164 is None or phone.e164 in self.numbers:
            return Side.OURS
        return Side.OUTSIDE

    def extension(self, raw: str | None) -> str | None:
        """`raw` where it is an extension and no outside number."""
        phone = self.read(raw)
        return phone.extension if phone and phone.e164 is None else None


@dataclass(frozen=True, slots=True)
class Parties:
    """The two ends of a call; numbers are E.164."""

    direction: Direction | None
    client_number: str | None
    our_number: str | None
    extension: str | None
    user_id: str | None


def our_side(pbx: PbxSettings, users: Sequence[User]) -> OurSide:
    """What the settings and the CRM's users say is ours."""
    extensions = frozenset(number for user in users for number in user.extensions)
    bare = OurSide(pbx, tuple(users), extensions, frozenset())
    written = [*pbx.own_numbers, *(phone for user in users for phone in user.phones)]
    return with_numbers(bare, written)


def with_numbers(ours: OurSide, written: Iterable[str | None]) -> OurSide:
    """`ours` with further outside numbers of ours (DIDs that call records name)."""
    phones = [ours.read(number) for number in written]
    numbers = {phone.e164 for phone in phones if phone is not None and phone.e164 is not None}
    return OurSide(ours.pbx, ours.users, ours.extensions, ours.numbers | numbers)


def settle_parties(facts: CallFacts, ours: OurSide) -> Parties:
    """Direction, client, our number, extension and user by everything the facts hold."""
    direction = facts.direction or _direction(facts, ours)
    extension = facts.extension or _extension(facts, direction, ours)
    inside = facts.from_number if direction is Direction.OUT else facts.to_number
    phone = ours.read(inside)
    our_number = phone.e164 if phone else None
    client = _client(facts, direction, ours)
    user_id = facts.user_id or _user(extension, our_number, facts.agent_name, ours.users)
    return Parties(
        direction,
        client,
        our_number if our_number != client else None,
        extension or _only_extension(user_id, ours.users),
        user_id,
    )


def _direction(facts: CallFacts, ours: OurSide) -> Direction | None:
    caller, callee = ours.side(facts.from_number), ours.side(facts.to_number)
    if callee is Side.OURS and caller in {Side.OUTSIDE, Side.HIDDEN}:
        return Direction.IN
    if caller is Side.OURS and callee is Side.OUTSIDE:
        return Direction.OUT
    if caller is Side.OURS and callee is Side.OURS:
        return Direction.INTERNAL
    return None


def _client(facts: CallFacts, direction: Direction | None, ours: OurSide) -> str | None:
    if direction is Direction.INTERNAL:
        return None
    near, far = facts.to_number, facts.from_number
    if direction is Direction.OUT:
        near, far = far, near
    client = ours.outside_number(far)
    if client is None and (direction is None or ours.side(far) is Side.OURS):
        client = ours.outside_number(near)  # the source had caller and callee the other way
    elif direction is None and ours.outside_number(near) not in {None, client}:
        client = None  # two strangers: nobody knows which of them is ours
    return client or ours.outside_number(facts.other_number)


def _extension(facts: CallFacts, direction: Direction | None, ours: OurSide) -> str | None:
    """The end that is an extension; the called one only if a user has it (it may be a queue)."""
    caller, callee = ours.extension(facts.from_number), ours.extension(facts.to_number)
    if caller is not None and direction is not Direction.IN:
        return caller
    for extension in (callee, caller):
        if extension in ours.extensions:
            return extension
    return None


def _user(
    extension: str | None, number: str | None, name: str | None, users: Collection[User]
) -> str | None:
    if extension is not None:
        owners = [user.id for user in users if extension in user.extensions]
        if owners:
            return owners[0] if len(owners) == 1 else None
    if number is not None:
        owners = [user.id for user in users if _has_phone(user, number)]
        if len(owners) == 1:
            return owners[0]
    owners = [user.id for user in users if name and _same_person(user.name, name)]
    return owners[0] if len(owners) == 1 else None


def _only_extension(user_id: str | None, users: Collection[User]) -> str | None:
    extensions = [number for user in users if user.id == user_id for number in user.extensions]
    return extensions[0] if len(extensions) == 1 else None


def _has_phone(user: User, e164: str) -> bool:
    phones = (normalise_phone(phone) for phone in user.phones)
    return any(phone is not None and phone.e164 == e164 for phone in phones)


def _same_person(full: str, written: str) -> bool:
    """Whether two names agree in any order of words: `Котов Денис`, `Котов Д.`, `Денис Котов`."""
    known, given = (name.casefold().replace("ё", "е").split() for name in (full, written))
    if not set(known) & set(given) or min(len(known), len(given)) < 2:
        return known == given
    shorter, longer = sorted((known, given), key=len)
    return all(any(_same_word(word, other) for other in longer) for word in shorter)


def _same_word(one: str, other: str) -> bool:
    short, long = sorted((one.rstrip("."), other.rstrip(".")), key=len)
    return short == long or (len(short) == 1 and long.startswith(short))
