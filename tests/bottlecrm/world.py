"""The real BottleCRM as the world of the contract: an empty organization behind a gate."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from ipaddress import ip_network
from typing import Any

import psycopg
import pytest

from core.outward import Rules
from crm.bottlecrm import lists
from crm.port import CrmAccess
from models.vocabulary.crm import CrmKind, Tokens
from models.vocabulary.crm_write import OwnField, WriteKind
from tests.bottlecrm.gate import Gate
from tests.bottlecrm.office import Office
from tests.fakes.crm.keeping import CountingPace, MemoryKeeper
from tests.integration.crm.world import Can

_SHORTEST = 7  # BottleCRM takes no shorter number


@dataclass
class BottleWorld:
    """Fulfils `tests.integration.crm.world.CrmWorld`."""

    office: Office
    gate: Gate
    database: str
    patch: pytest.MonkeyPatch
    kind: CrmKind = CrmKind.BOTTLECRM
    can: frozenset[Can] = frozenset(Can) - {Can.HISTORY}
    writes: frozenset[WriteKind] = frozenset(
        {WriteKind.FIELDS, WriteKind.NOTE, WriteKind.TASK, WriteKind.TAG}
    )
    pace: CountingPace = field(default_factory=CountingPace)
    made: dict[OwnField, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        token, self.token_id = self.office.token()
        self.keeper = MemoryKeeper(Tokens(token))

    def access(self) -> CrmAccess:
        address = f"http://127.0.0.1:{self.gate.port}"
        here = Rules((self.gate.port,), (ip_network("127.0.0.0/8"),))
        return CrmAccess("контора", address, self.keeper, self.pace, here, dict(self.made))

    def secrets(self) -> tuple[str, ...]:
        return (self.keeper.now.access,)

    def asked(self) -> int:
        return self.gate.asked

    def now(self) -> datetime:
        return datetime.now(UTC)

    def forward(self, seconds: float) -> None:
        time.sleep(min(seconds, 1))

    def small_pages(self) -> None:
        self.patch.setattr(lists, "SIZE", 3)

    def stages(self) -> tuple[str, ...]:
        return ("PROSPECTING", "QUALIFICATION", "PROPOSAL", "NEGOTIATION")

    def user(self) -> str:
        return self.office.user

    def add_company(self, name: str, phone: str) -> str:
        self.office.ask("POST", "accounts/", {"name": name, "phone": phone})
        found = self.office.ask("GET", "accounts/", name=name)["active_accounts"]
        return str(found["open_accounts"][0]["id"])

    def add_contact(self, name: str, phone: str, company: str | None = None) -> str:
        first, _, last = name.partition(" ")
        phone = phone if len(phone) > _SHORTEST else f"{phone}0000000"
        body = {"first_name": first, "last_name": last or "-", "phone": phone, "account": company}
        return str(self.office.ask("POST", "contacts/", body)["id"])

    def add_deal(
        self, name: str, *, amount: float | None = None, contact: str | None = None
    ) -> str:
        body: dict[str, Any] = {"name": name, "amount": amount, "stage": self.stages()[0]}
        body["contacts"] = [contact] if contact else []
        return str(self.office.ask("POST", "opportunities/", body)["id"])

    def add_task(self, deal: str, text: str, due_at: datetime) -> None:
        body = {"title": text, "status": "New", "priority": "Medium", "opportunity": deal}
        self.office.ask("POST", "tasks/", {**body, "due_date": due_at.date().isoformat()})

    def add_call(self, contact: str, deal: str, call_id: str) -> None:  # noqa: ARG002
        body = {"kind": "call", "direction": "inbound", "contact": contact}
        made = self.office.ask("POST", "interactions/", {**body, "outcome": "connected"})
        # Only programs inside of BottleCRM may say what a call is called elsewhere.
        with psycopg.connect(self.database) as connection:
            connection.execute(
                "UPDATE interaction SET origin = 'pbx', external_id = %s WHERE id = %s",
                (call_id, made["id"]),
            )

    def rename(self, deal: str, name: str) -> None:
        self.office.ask("PATCH", f"opportunities/{deal}/", {"name": name})

    def move(self, deal: str, stage: str) -> None:
        self.office.ask("PATCH", f"opportunities/{deal}/move/", {"column_id": stage})

    def remove_deal(self, deal: str) -> None:
        self.office.ask("DELETE", f"opportunities/{deal}/")

    def remove_contact(self, contact: str) -> None:
        self.office.ask("DELETE", f"contacts/{contact}/")

    def name_of(self, deal: str) -> str:
        return str(self._card(deal)["name"])

    def stage_of(self, deal: str) -> str:
        return str(self._card(deal)["stage"])

    def keep_fields(self, made: dict[OwnField, str]) -> None:
        self.made = made

    def field_of(self, deal: str, remote: str) -> object:
        return self._card(deal)["custom_fields"].get(remote)

    def set_field(self, deal: str, remote: str, text: str) -> None:
        self.office.ask("PATCH", f"opportunities/{deal}/", {"custom_fields": {remote: text}})

    def fields_called(self, title: str) -> int:
        found = self.office.ask("GET", "custom-fields/", target_model="Opportunity")
        return sum(one["label"] == title for one in found["definitions"])

    def notes_of(self, deal: str) -> list[str]:
        return [str(one["comment"]) for one in self.office.deal(deal)["comments"]]

    def tasks_of(self, deal: str) -> list[tuple[str, bool]]:
        return [(one["title"], one["status"] != "Completed") for one in self.office.tasks(deal)]

    def tags_of(self, deal: str) -> set[str]:
        return {str(one["name"]) for one in self._card(deal)["tags"]}

    def tag(self, deal: str, name: str) -> None:
        made = self.office.ask("POST", "tags/", {"name": name})["tag"]["id"]
        held = [one["id"] for one in self._card(deal)["tags"]]
        self.office.ask("PATCH", f"opportunities/{deal}/", {"tags": [*held, made]})

    def lose_next_answer(self) -> None:
        self.gate.loses_answer = True

    def out_of_order(self, times: int) -> None:
        self.gate.broken = times

    def busy(self, times: int) -> None:
        self.gate.busy = times

    def refuse_tokens(self) -> None:
        self.office.ask("DELETE", f"profile/tokens/{self.token_id}/")

    @contextmanager
    def away(self) -> Iterator[None]:
        self.gate.shut()
        try:
            yield
        finally:
            self.gate.open()

    def _card(self, deal: str) -> Any:
        return self.office.deal(deal)["opportunity_obj"]
