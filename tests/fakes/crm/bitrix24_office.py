"""The CRM behind a fake portal: what people do there, and what it tells of it by events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.fakes.crm.bitrix24_tables import Row, Table

DEAL, CONTACT, COMPANY, QUOTE, INVOICE = 2, 3, 4, 7, 31
# Stages as a portal has them when it is new (dataset.json of bitrix-tools/b24-rest-docs).
STAGES = (
    ("NEW", "Новая", None),
    ("PREPARATION", "Подготовка документов", None),
    ("PREPAYMENT_INVOICE", "Счёт на предоплату", None),
    ("EXECUTING", "В работе", None),
    ("WON", "Сделка успешна", "S"),
    ("LOSE", "Сделка провалена", "F"),
)


@dataclass
class Office:
    """What a portal holds; the methods are what people do in it. Its clock stands until moved."""

    clock: datetime = field(default_factory=lambda: datetime(2026, 8, 12, 7, 0, tzinfo=UTC))
    items: dict[int, Table] = field(
        default_factory=lambda: {one: Table() for one in (DEAL, CONTACT, COMPANY, QUOTE, INVOICE)}
    )
    categories: dict[int, str] = field(default_factory=lambda: {0: "Общая"})
    statuses: list[Row] = field(default_factory=list)
    users: Table = field(default_factory=Table)
    history: Table = field(default_factory=Table)
    activities: Table = field(default_factory=Table)
    comments: Table = field(default_factory=Table)
    tasks: Table = field(default_factory=Table)
    documents: Table = field(default_factory=Table)
    calls: Table = field(default_factory=Table)
    fields: dict[str, Row] = field(default_factory=dict)
    transcripts: dict[int, list[Row]] = field(default_factory=dict)
    told: list[tuple[str, int]] = field(default_factory=list)
    queue: dict[tuple[str, int], Row] = field(default_factory=dict)
    bound: set[str] = field(default_factory=set)
    handlers: set[tuple[str, str]] = field(default_factory=set)

    def __post_init__(self) -> None:
        if not self.statuses:
            self.add_stages(0)
            self.add_user("Анна", "Титова", extension="101")

    def add_stages(self, category: int, stages: Sequence[tuple[str, str, Any]] = STAGES) -> None:
        entity = "DEAL_STAGE" if category == 0 else f"DEAL_STAGE_{category}"
        prefix = "" if category == 0 else f"C{category}:"
        self.add_statuses(entity, category, [(prefix + own, name, s) for own, name, s in stages])

    def add_statuses(
        self, entity: str, category: int, stages: Sequence[tuple[str, str, Any]]
    ) -> None:
        words = {None: "process", "S": "success", "F": "failure"}
        for number, (own, name, semantics) in enumerate(stages, start=1):
            self.statuses.append(
                {
                    "ID": str(100 + len(self.statuses)),
                    "ENTITY_ID": entity,
                    "STATUS_ID": own,
                    "NAME": name,
                    "NAME_INIT": "",
                    "SORT": str(number * 10),
                    "SYSTEM": "N",
                    "CATEGORY_ID": str(category),
                    "COLOR": "#39A8EF",
                    "SEMANTICS": semantics,
                    "EXTRA": {"SEMANTICS": words[semantics], "COLOR": "#39A8EF"},
                }
            )

    def add_category(self, own: int, name: str) -> None:
        self.categories[own] = name
        self.add_stages(own)

    def add_user(self, name: str, last_name: str, *, extension: str = "", **other: Any) -> int:
        row = {
            "ACTIVE": True,
            "NAME": name,
            "LAST_NAME": last_name,
            "WORK_POSITION": "Менеджер",
            "WORK_PHONE": "",
            "PERSONAL_MOBILE": "",
            "UF_PHONE_INNER": extension,
            "TIMESTAMP_X": {},
        }
        return self.users.add({**row, **other}, "ID")

    def semantics(self, stage: str) -> str:
        found = next((one for one in self.statuses if one["STATUS_ID"] == stage), None)
        return (found["SEMANTICS"] if found else None) or "P"

    def new_deal(self, title: str, **other: Any) -> int:
        contacts = other.pop("contacts", [])
        row = {
            "title": title,
            "categoryId": 0,
            "stageId": "NEW",
            "opportunity": 0.0,
            "currencyId": "RUB",
            "companyId": 0,
            "contactId": contacts[0] if contacts else 0,
            "contactIds": list(contacts),
            "assignedById": 1,
            "sourceId": "CALL",
            "createdTime": self.clock,
            "updatedTime": self.clock,
            "movedTime": self.clock,
            "closed": False,
            "closedate": self.clock + timedelta(days=7),
            "stageSemanticId": "P",
            **other,
        }
        own = self.items[DEAL].add(row)
        self._moved(own, row["stageId"], 1)
        self.ring("ONCRMDEALADD", own)
        return own

    def change_deal(self, own: int, **fields: Any) -> None:
        self.items[DEAL].change(own, updatedTime=self.clock, **fields)
        self.ring("ONCRMDEALUPDATE", own)

    def move_deal(self, own: int, stage: str) -> None:
        semantics = self.semantics(stage)
        category = int(stage[1:].partition(":")[0]) if ":" in stage else 0
        row = self.items[DEAL].get(own)
        assert row is not None
        kind = 5 if row["categoryId"] != category else 2 if semantics == "P" else 3
        self.items[DEAL].change(
            own,
            stageId=stage,
            categoryId=category,
            stageSemanticId=semantics,
            closed=semantics != "P",
            movedTime=self.clock,
            updatedTime=self.clock,
        )
        self._moved(own, stage, kind)
        self.ring("ONCRMDEALMOVETOCATEGORY" if kind == 5 else "ONCRMDEALUPDATE", own)

    def remove_deal(self, own: int) -> None:
        self.items[DEAL].remove(own)
        for row in [one for one in self.history.rows.values() if one["OWNER_ID"] == own]:
            self.history.remove(row["ID"])
        for row in [one for one in self.comments.rows.values() if one["ENTITY_ID"] == own]:
            self.comments.remove(row["ID"])
        self.ring("ONCRMDEALDELETE", own)

    def new_contact(self, name: str, *phones: str, **other: Any) -> int:
        first, _, last = name.partition(" ")
        row = {"name": first, "secondName": None, "lastName": last, "companyId": 0, **other}
        own = self.items[CONTACT].add({**row, **self._card(phones)})
        self.ring("ONCRMCONTACTADD", own)
        return own

    def new_company(self, title: str, *phones: str, **other: Any) -> int:
        own = self.items[COMPANY].add({"title": title, **other, **self._card(phones)})
        self.ring("ONCRMCOMPANYADD", own)
        return own

    def new_activity(self, owner: tuple[int, int], *others: tuple[int, int], **fields: Any) -> int:
        """An activity that belongs to `owner` (type, id) and is bound to others as well."""
        row = {
            "OWNER_TYPE_ID": owner[0],
            "OWNER_ID": owner[1],
            "BINDINGS": [owner, *others],
            "TYPE_ID": 6,
            "PROVIDER_ID": "CRM_TODO",
            "PROVIDER_TYPE_ID": "TODO",
            "ASSOCIATED_ENTITY_ID": 0,
            "SUBJECT": "",
            "DESCRIPTION": "",
            "CREATED": self.clock,
            "LAST_UPDATED": self.clock,
            "START_TIME": self.clock,
            "END_TIME": self.clock,
            "DEADLINE": self.clock,
            "COMPLETED": False,
            "RESPONSIBLE_ID": 1,
            "DIRECTION": 0,
            "LOCATION": "",
            "ORIGIN_ID": None,
            "SETTINGS": [],
            "PROVIDER_PARAMS": [],
            "RESULT_SUM": None,
            **fields,
        }
        own = self.activities.add(row, "ID")
        self.ring("ONCRMACTIVITYADD", own)
        return own

    def new_call(self, contact: int, deal: int | None, call_id: str, **fields: Any) -> int:
        """A call as telephony writes it: the contact's own, the deal only bound to it."""
        origin = f"externalCall.{len(self.calls.rows):032x}.1786518930"
        bound = [(DEAL, deal)] if deal is not None else []
        told = {
            "TYPE_ID": 2,
            "PROVIDER_ID": "VOXIMPLANT_CALL",
            "PROVIDER_TYPE_ID": "CALL",
            "SUBJECT": "Входящий звонок",
            "DIRECTION": 1,
            "COMPLETED": True,
            "ORIGIN_ID": f"VI_{origin}",
            **fields,
        }
        activity = self.new_activity((CONTACT, contact), *bound, **told)
        statistic = {
            "CALL_ID": origin,
            "EXTERNAL_CALL_ID": call_id,
            "CRM_ACTIVITY_ID": activity,
            "CRM_ENTITY_TYPE": "CONTACT",
            "CRM_ENTITY_ID": contact,
            "TRANSCRIPT_ID": None,
        }
        self.calls.add(statistic, "ID")
        return activity

    def ring(self, event: str, own: int) -> None:
        """Tells of a change: to handlers later, and to the offline queue where it is bound."""
        self.told.append((event, own))
        if event in self.bound:
            self.queue[event, own] = {"at": self.clock, "process": None}

    def _moved(self, deal: int, stage: str, kind: int) -> None:
        row = self.items[DEAL].get(deal)
        assert row is not None
        told = {
            "TYPE_ID": kind,
            "OWNER_ID": deal,
            "CREATED_TIME": self.clock,
            "CATEGORY_ID": row["categoryId"],
            "STAGE_SEMANTIC_ID": self.semantics(stage),
            "STAGE_ID": stage,
        }
        self.history.add(told, "ID")

    def _card(self, phones: Sequence[str]) -> Row:
        fm = [
            {"id": number, "typeId": "PHONE", "valueType": "WORK", "value": phone}
            for number, phone in enumerate(phones, start=1)
        ]
        return {"createdTime": self.clock, "updatedTime": self.clock, "fm": fm}


def large_office(deals: int, *, moves: int = 2) -> Office:
    """A portal with so many deals, contacts and moves of cards, none of which lies in memory."""
    office = Office()
    start = office.clock - timedelta(days=400)
    step = timedelta(days=400) / max(deals, 1)

    def deal(own: int) -> Row:
        at = start + step * own
        return {
            "id": own,
            "title": f"Сделка {own}",
            "categoryId": 0,
            "stageId": "PREPARATION" if moves > 1 else "NEW",
            "opportunity": float(own % 1000 * 100),
            "currencyId": "RUB",
            "companyId": 0,
            "contactId": own,
            "contactIds": [own],
            "assignedById": 1,
            "sourceId": "CALL",
            "createdTime": at,
            "updatedTime": at,
            "movedTime": at,
            "closed": False,
            "closedate": at,
            "stageSemanticId": "P",
        }

    def contact(own: int) -> Row:
        at = start + step * own
        phone = {"id": own, "typeId": "PHONE", "valueType": "WORK", "value": f"+79{own:09d}"}
        return {
            "id": own,
            "name": "Клиент",
            "secondName": None,
            "lastName": str(own),
            "companyId": 0,
            "createdTime": at,
            "updatedTime": at,
            "fm": [phone],
        }

    def move(own: int) -> Row:
        first, which = own <= deals, (own - 1) % deals + 1
        return {
            "ID": own,
            "TYPE_ID": 1 if first else 2,
            "OWNER_ID": which,
            "CREATED_TIME": start + step * which + timedelta(hours=own // (deals + 1)),
            "CATEGORY_ID": 0,
            "STAGE_SEMANTIC_ID": "P",
            "STAGE_ID": "NEW" if first else "PREPARATION",
        }

    office.items[DEAL] = Table(count=deals, made=deal)
    office.items[CONTACT] = Table(count=deals, made=contact)

    def of_owners(asked: Mapping[str, Any]) -> list[int] | None:
        owners = asked.get("@OWNER_ID")
        if owners is None:
            return None
        return [int(one) + deals * at for one in owners for at in range(moves)]

    office.history = Table(count=deals * moves, made=move, narrow=of_owners)
    return office
