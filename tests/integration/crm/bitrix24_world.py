"""A fake Bitrix24 portal as a world of the contract."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from core.outward import Rules
from crm.port import CrmAccess
from models.vocabulary.crm import CrmKind, Tokens
from models.vocabulary.crm_write import OwnField, WriteKind
from tests.fakes.crm.bitrix24 import SECRET, Portal
from tests.fakes.crm.bitrix24_office import CONTACT, DEAL
from tests.fakes.crm.keeping import CountingPace, MemoryKeeper
from tests.integration.crm.world import Can

LOCAL = ipaddress.ip_network("127.0.0.0/8")


@dataclass
class Bitrix24World:
    """Fulfils `tests.integration.crm.world.CrmWorld`."""

    portal: Portal
    tokens: Tokens = field(default_factory=lambda: Tokens(SECRET))
    field_names: dict[str, str] = field(default_factory=dict)
    kind: CrmKind = CrmKind.BITRIX24
    can: frozenset[Can] = frozenset(Can)
    writes: frozenset[WriteKind] = frozenset({WriteKind.FIELDS, WriteKind.NOTE, WriteKind.TASK})
    pace: CountingPace = field(default_factory=CountingPace)
    made: dict[OwnField, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.keeper = MemoryKeeper(self.tokens)

    def access(self) -> CrmAccess:
        return CrmAccess(
            name="Портал",
            address=self.portal.address,
            keeper=self.keeper,
            pace=self.pace,
            rules=Rules((self.portal.port,), (LOCAL,)),
            own_fields=dict(self.made),
            field_names=self.field_names,
        )

    def secrets(self) -> tuple[str, ...]:
        now = self.keeper.now
        found = (SECRET.partition("/")[2], now.access, now.refresh, now.client_secret)
        return tuple(one for one in found if one)

    def asked(self) -> int:
        return len(self.portal.asked)

    def now(self) -> datetime:
        return self.portal.office.clock

    def forward(self, seconds: float) -> None:
        self.portal.office.clock += timedelta(seconds=seconds)

    def small_pages(self) -> None:
        """A page of Bitrix24 is always fifty."""

    def stages(self) -> tuple[str, ...]:
        return "NEW", "PREPARATION", "PREPAYMENT_INVOICE", "EXECUTING"

    def user(self) -> str:
        return "1"

    def add_company(self, name: str, phone: str) -> str:
        return str(self.portal.office.new_company(name, phone))

    def add_contact(self, name: str, phone: str, company: str | None = None) -> str:
        company_id = int(company) if company else 0
        return str(self.portal.office.new_contact(name, phone, companyId=company_id))

    def add_deal(
        self, name: str, *, amount: float | None = None, contact: str | None = None
    ) -> str:
        contacts = [int(contact)] if contact else []
        return str(self.portal.office.new_deal(name, opportunity=amount or 0.0, contacts=contacts))

    def add_task(self, deal: str, text: str, due_at: datetime) -> None:
        told: dict[str, Any] = {"SUBJECT": text, "DEADLINE": due_at, "END_TIME": due_at}
        self.portal.office.new_activity((DEAL, int(deal)), **told)

    def add_call(self, contact: str, deal: str, call_id: str) -> None:
        self.portal.office.new_call(int(contact), int(deal), call_id)

    def rename(self, deal: str, name: str) -> None:
        self.portal.office.change_deal(int(deal), title=name)

    def move(self, deal: str, stage: str) -> None:
        self.portal.office.move_deal(int(deal), stage)

    def remove_deal(self, deal: str) -> None:
        self.portal.office.remove_deal(int(deal))

    def remove_contact(self, contact: str) -> None:
        self.portal.office.items[CONTACT].remove(int(contact))

    def name_of(self, deal: str) -> str:
        return str(self._deal(deal)["title"])

    def stage_of(self, deal: str) -> str:
        return str(self._deal(deal)["stageId"])

    def keep_fields(self, made: dict[OwnField, str]) -> None:
        self.made = made

    def field_of(self, deal: str, remote: str) -> object:
        return self._deal(deal).get(remote)

    def set_field(self, deal: str, remote: str, text: str) -> None:
        self.portal.office.change_deal(int(deal), **{remote: text})

    def fields_called(self, title: str) -> int:
        return sum(row["label"] == title for row in self.portal.office.fields.values())

    def notes_of(self, deal: str) -> list[str]:
        rows = self.portal.office.comments.after(0)
        return [row["COMMENT"] for row in rows if row["ENTITY_ID"] == int(deal)]

    def tasks_of(self, deal: str) -> list[tuple[str, bool]]:
        rows = self.portal.office.activities.after(0)
        ours = [row for row in rows if (DEAL, int(deal)) in row["BINDINGS"]]
        return [(f"{row['SUBJECT']}\n{row['DESCRIPTION']}", not row["COMPLETED"]) for row in ours]

    def tags_of(self, deal: str) -> set[str]:
        raise NotImplementedError("deals of Bitrix24 have no tags")

    def tag(self, deal: str, name: str) -> None:
        raise NotImplementedError("deals of Bitrix24 have no tags")

    def lose_next_answer(self) -> None:
        self.portal.cut_writes = 1

    def out_of_order(self, times: int) -> None:
        self.portal.broken = times

    def busy(self, times: int) -> None:
        self.portal.flooded = times

    def refuse_tokens(self) -> None:
        self.portal.shut = True

    @contextmanager
    def away(self) -> Iterator[None]:
        self.portal.gone = True
        try:
            yield
        finally:
            self.portal.gone = False

    def _deal(self, deal: str) -> dict[str, Any]:
        row = self.portal.office.items[DEAL].get(int(deal))
        assert row is not None
        return row
