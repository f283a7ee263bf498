"""A CRM in memory that changes, is read in pages and fails on demand: it fulfils the port."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from crm.errors import CrmError
from models.vocabulary.crm import Account, Batch, Page, Shape, Thing
from models.vocabulary.crm_write import OwnField, Write, Written
from models.vocabulary.deal import (
    Activity,
    Company,
    Contact,
    Deal,
    Pipeline,
    Stage,
    StageChange,
    StageKind,
    User,
)

PARTS = ("deals", "contacts", "companies", "history", "activities")
_OF_PART = dict(
    zip(
        PARTS,
        (Thing.DEAL, Thing.CONTACT, Thing.COMPANY, Thing.STAGE_CHANGE, Thing.ACTIVITY),
        strict=True,
    )
)
Word = Deal | Contact | Company | StageChange | Activity


def three_stages(template: str = "") -> Pipeline:
    """A pipeline as a CRM has it: nobody has said yet what its stages are."""
    stages = (Stage("s1", "Новая"), Stage("s2", "Встреча"), Stage("s3", "Оплата", StageKind.WON))
    return Pipeline("p1", "Продажи", template, stages)


@dataclass(slots=True)
class MemoryCrm:
    """What a CRM holds: by thing and id the word and when it changed, by the CRM's own clock."""

    now: datetime = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
    pipelines: tuple[Pipeline, ...] = (three_stages(),)
    users: tuple[User, ...] = (User("u1", "Ольга", ("101",)),)
    held: dict[Thing, dict[str, tuple[Word, datetime]]] = field(
        default_factory=lambda: {thing: {} for thing in Thing}
    )
    lock: threading.RLock = field(default_factory=threading.RLock)
    told: list[tuple[Thing, str]] = field(default_factory=list)  # what web-hooks would say
    _numbers: int = 0

    def put(self, *words: Word) -> None:
        """Makes or changes things."""
        with self.lock:
            for word in words:
                self._touch(_thing_of(word), word)

    def move(self, deal: str, stage: str, by: str | None = "u1") -> None:
        """Moves a card, which is written down in its history."""
        with self.lock:
            before = self.deal(deal)
            self._numbers += 1
            kind = StageKind.WON if stage == "s3" else StageKind.OPEN
            closed = self.now if kind is not StageKind.OPEN else None
            moved = replace(
                before, stage_id=stage, status=kind, updated_at=self.now, closed_at=closed
            )
            change = StageChange(deal, stage, self.now, before.stage_id, by, f"e{self._numbers}")
            self._touch(Thing.STAGE_CHANGE, change)
            self._touch(Thing.DEAL, moved)

    def drop(self, thing: Thing, id_: str) -> None:
        """Deletes something, and what hangs on it."""
        with self.lock:
            self.held[thing].pop(id_, None)
            self.told.append((thing, id_))
            if thing is Thing.DEAL:
                for hanging in (Thing.STAGE_CHANGE, Thing.ACTIVITY):
                    for one in [i for i, (w, _) in self.held[hanging].items() if _deal(w) == id_]:
                        del self.held[hanging][one]

    def deal(self, id_: str) -> Deal:
        """A deal as it is."""
        word, _ = self.held[Thing.DEAL][id_]
        assert isinstance(word, Deal)
        return word

    def ids(self, thing: Thing) -> list[str]:
        """The ids of what there is."""
        return sorted(self.held[thing])

    def passes(self, seconds: float) -> None:
        """Time goes by."""
        with self.lock:
            self.now += timedelta(seconds=seconds)

    def _touch(self, thing: Thing, word: Word) -> None:
        self.held[thing][word.id or ""] = (word, self.now)
        self.told.append((thing, word.id or ""))


@dataclass(slots=True)
class MemoryAdapter:
    """The adapter of such a CRM; `fails` is asked before each answer for an error to raise."""

    crm: MemoryCrm
    page: int = 3
    fails: Callable[[str], CrmError | None] = lambda _what: None
    asked: list[str] = field(default_factory=list)
    hidden: set[tuple[Thing, str]] = field(default_factory=set)  # lists leave these out
    closed: bool = False

    @property
    def parts(self) -> tuple[str, ...]:
        """See `crm.port.LiveCrm`."""
        return PARTS

    def account(self) -> Account:
        """See `crm.port.LiveCrm`."""
        self._ask("account")
        return Account("Ромашка", "https://crm.test", "Europe/Moscow", "RUB", "u1")

    def shape(self) -> Shape:
        """See `crm.port.LiveCrm`."""
        self._ask("shape")
        return Shape(self.crm.pipelines, self.crm.users)

    def read(
        self, part: str, *, since: datetime | None = None, cursor: str | None = None
    ) -> Iterator[Page]:
        """Pages by id, as CRMs give them: what changes while they are read may be missed."""
        thing, after = _OF_PART[part], cursor or ""
        while True:
            self._ask(f"read {part}")
            with self.crm.lock:
                there = sorted(
                    id_
                    for id_, (_, at) in self.crm.held[thing].items()
                    if id_ > after
                    and (since is None or at >= since)
                    and (thing, id_) not in self.hidden
                )
                some, more = there[: self.page], len(there) > self.page
                words = [self.crm.held[thing][id_][0] for id_ in some]
                at = self.crm.now
            after = some[-1] if some else after
            yield Page(batch_of(words), after if more else None, at)
            if not more:
                return

    def deals(self, ids: Sequence[str]) -> Batch:
        """See `crm.port.LiveCrm`."""
        self._ask("deals")
        with self.crm.lock:
            held = self.crm.held
            words = [held[Thing.DEAL][id_][0] for id_ in ids if id_ in held[Thing.DEAL]]
            for hanging in (Thing.STAGE_CHANGE, Thing.ACTIVITY):
                words += [word for word, _ in held[hanging].values() if _deal(word) in ids]
            there = frozenset(id_ for id_ in ids if id_ in held[Thing.DEAL])
        gone = tuple((Thing.DEAL, id_) for id_ in ids if id_ not in there)
        return replace(batch_of(words), gone=gone, whole=there)

    def people(self, contacts: Sequence[str], companies: Sequence[str]) -> Batch:
        """See `crm.port.LiveCrm`."""
        self._ask("people")
        wanted = [(Thing.CONTACT, id_) for id_ in contacts]
        wanted += [(Thing.COMPANY, id_) for id_ in companies]
        with self.crm.lock:
            found = [(t, i, self.crm.held[t].get(i)) for t, i in wanted]
        words = [kept[0] for _, _, kept in found if kept is not None]
        gone = tuple((thing, id_) for thing, id_, kept in found if kept is None)
        return replace(batch_of(words), gone=gone)

    def make_fields(self, names: Mapping[OwnField, str]) -> Mapping[OwnField, str]:
        """Nothing is written in these tests."""
        raise NotImplementedError

    def write(self, write: Write) -> Written:
        """Nothing is written in these tests."""
        raise NotImplementedError

    def find(self, write: Write) -> Written | None:
        """Nothing is written in these tests."""
        raise NotImplementedError

    def undo(self, write: Write, written: Written) -> str | None:
        """Nothing is written in these tests."""
        raise NotImplementedError

    def close(self) -> None:
        """See `crm.port.Adapter`."""
        self.closed = True

    def _ask(self, what: str) -> None:
        self.asked.append(what)
        error = self.fails(what)
        if error is not None:
            raise error


def batch_of(words: Sequence[Word]) -> Batch:
    """Things as a batch."""
    return Batch(
        deals=tuple(one for one in words if isinstance(one, Deal)),
        contacts=tuple(one for one in words if isinstance(one, Contact)),
        companies=tuple(one for one in words if isinstance(one, Company)),
        stage_changes=tuple(one for one in words if isinstance(one, StageChange)),
        activities=tuple(one for one in words if isinstance(one, Activity)),
    )


def _thing_of(word: Word) -> Thing:
    kinds: tuple[tuple[type[Word], Thing], ...] = (
        (Deal, Thing.DEAL),
        (Contact, Thing.CONTACT),
        (Company, Thing.COMPANY),
        (StageChange, Thing.STAGE_CHANGE),
        (Activity, Thing.ACTIVITY),
    )
    return next(thing for kind, thing in kinds if isinstance(word, kind))


def _deal(word: Word) -> str | None:
    return word.deal_id if isinstance(word, StageChange | Activity) else None
