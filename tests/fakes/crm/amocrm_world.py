"""The fake amoCRM as a world of the contract tests."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from core.outward import Rules
from crm.port import CrmAccess
from models.vocabulary.crm import CrmKind, Tokens
from models.vocabulary.crm_write import OwnField, WriteKind
from tests.fakes.crm.amocrm import CUT_AFTER, FakeAmo
from tests.fakes.crm.amocrm_rows import MANAGER, STAGES, call_params, phone_field
from tests.fakes.crm.keeping import CountingPace, MemoryKeeper
from tests.integration.crm.world import Can


@dataclass
class AmoWorld:
    """Fulfils `tests.integration.crm.world.CrmWorld`."""

    fake: FakeAmo
    kind: CrmKind = CrmKind.AMOCRM
    can: frozenset[Can] = frozenset(Can)
    writes: frozenset[WriteKind] = frozenset(WriteKind) - {WriteKind.TRANSCRIPT}
    pace: CountingPace = field(default_factory=CountingPace)
    made: dict[OwnField, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    keeper: MemoryKeeper | None = None

    def access(self) -> CrmAccess:
        if self.keeper is None:
            token = self.fake.tokens.new_long_lived(self.fake.domain)
            self.keeper = MemoryKeeper(Tokens(token))
        return CrmAccess(
            name="belyslon",
            address=self.fake.base,
            keeper=self.keeper,
            pace=self.pace,
            rules=rules_of(self.fake.base),
            own_fields=self.made,
            field_names=self.names,
        )

    def oauth(self) -> CrmAccess:
        """An access by OAuth instead of a long-lived token."""
        got = self.fake.tokens.new(self.fake.store.now, self.fake.domain)
        known = self.fake.tokens
        self.keeper = MemoryKeeper(
            Tokens(
                got["access_token"],
                got["refresh_token"],
                None,
                known.client_id,
                known.client_secret,
                known.redirect,
            )
        )
        return self.access()

    def secrets(self) -> tuple[str, ...]:
        return (*self.fake.tokens.issued, self.fake.tokens.client_secret)

    def asked(self) -> int:
        return len(self.fake.asked)

    def now(self) -> datetime:
        return self.fake.now()

    def forward(self, seconds: float) -> None:
        self.fake.forward(seconds)

    def small_pages(self) -> None:
        self.fake.lists.most = 3

    def stages(self) -> tuple[str, ...]:
        return tuple(map(str, STAGES))

    def user(self) -> str:
        return str(MANAGER)

    def add_company(self, name: str, phone: str) -> str:
        return str(self.fake.store.add_card("companies", name, [phone_field(phone)]))

    def add_contact(self, name: str, phone: str, company: str | None = None) -> str:
        belongs = int(company) if company else None
        return str(self.fake.store.add_card("contacts", name, [phone_field(phone)], belongs))

    def add_deal(
        self, name: str, *, amount: float | None = None, contact: str | None = None
    ) -> str:
        contacts = [{"id": int(contact), "is_main": True}] if contact else []
        price = int(amount) if amount else 0
        return str(self.fake.store.add_lead(name, price=price, contacts=contacts))

    def add_task(self, deal: str, text: str, due_at: datetime) -> None:
        self.fake.store.add_task(int(deal), text, int(due_at.timestamp()))

    def add_call(self, contact: str, deal: str, call_id: str) -> None:  # noqa: ARG002 - a rule of amoCRM's
        params = call_params(call_id, "+79160000001")
        self.fake.store.add_note("contact", int(contact), "call_in", params)

    def rename(self, deal: str, name: str) -> None:
        self.fake.store.lead(int(deal))["name"] = name
        self.fake.store.touch("leads", int(deal))

    def move(self, deal: str, stage: str) -> None:
        self.fake.store.move(int(deal), int(stage))

    def remove_deal(self, deal: str) -> None:
        self.fake.store.remove("leads", int(deal))

    def remove_contact(self, contact: str) -> None:
        self.fake.store.remove("contacts", int(contact))

    def name_of(self, deal: str) -> str:
        return str(self.fake.store.lead(int(deal))["name"])

    def stage_of(self, deal: str) -> str:
        return str(self.fake.store.lead(int(deal))["status_id"])

    def keep_fields(self, made: dict[OwnField, str]) -> None:
        self.made = made

    def field_of(self, deal: str, remote: str) -> object:
        for one in self.fake.store.lead(int(deal))["custom_fields_values"] or []:
            if one["field_id"] == int(remote):
                return one["values"][0]["value"]
        return None

    def set_field(self, deal: str, remote: str, text: str) -> None:
        for one in self.fake.store.lead(int(deal))["custom_fields_values"]:
            if one["field_id"] == int(remote):
                one["values"] = [{"value": text}]
        self.fake.store.touch("leads", int(deal))

    def fields_called(self, title: str) -> int:
        return sum(row["name"] == title for row in self.fake.store.rows["fields"].values())

    def notes_of(self, deal: str) -> list[str]:
        rows = self.fake.store.rows["lead_notes"].values()
        return [row["params"]["text"] for row in rows if row["entity_id"] == int(deal)]

    def tasks_of(self, deal: str) -> list[tuple[str, bool]]:
        rows = self.fake.store.rows["tasks"].values()
        return [(r["text"], not r["is_completed"]) for r in rows if r["entity_id"] == int(deal)]

    def tags_of(self, deal: str) -> set[str]:
        return {tag["name"] for tag in self.fake.store.lead(int(deal))["_embedded"]["tags"]}

    def tag(self, deal: str, name: str) -> None:
        tag = {"id": self.fake.store.new_id(), "name": name, "color": None}
        self.fake.store.lead(int(deal))["_embedded"]["tags"].append(tag)

    def lose_next_answer(self) -> None:
        self.fake.writes_fail.append(CUT_AFTER)

    def out_of_order(self, times: int) -> None:
        self.fake.any_fail += [502] * times

    def busy(self, times: int) -> None:
        self.fake.any_fail += [429] * times

    def refuse_tokens(self) -> None:
        self.fake.tokens.revoke()

    @contextmanager
    def away(self) -> Iterator[None]:
        self.fake.away = True
        yield
        self.fake.away = False


def rules_of(base: str) -> Rules:
    """Allows this machine, at the port of a fake."""
    return Rules((urlsplit(base).port or 443,), (ipaddress.ip_network("127.0.0.0/8"),))
