"""A small town of clients: a CRM to which each test adds the people and deals it is about."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from classify.matching import DealIndex, build_index, match_call
from core.settings import MatchingSettings, PbxSettings
from models.vocabulary.call import Call, Direction, MetadataSource
from models.vocabulary.deal import (
    Activity,
    ActivityKind,
    ActivityType,
    Company,
    Contact,
    CrmSnapshot,
    Deal,
    Pipeline,
    Stage,
    StageChange,
    StageKind,
    User,
)
from models.vocabulary.transcript import Segment, Speaker
from models.vocabulary.verdict import DealMatch

ZONE = ZoneInfo("Asia/Novosibirsk")
KINDS = {
    "new": StageKind.OPEN,
    "talks": StageKind.OPEN,
    "won": StageKind.WON,
    "lost": StageKind.LOST,
}


def at(text: str) -> datetime:
    """A moment of May 2026: ``"12 10:30"``."""
    return datetime.strptime(f"2026-05-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=ZONE)


def says(*turns: str) -> list[Segment]:
    """Turns as ``"client: words"``."""
    pairs = [turn.split(": ", 1) for turn in turns]
    return [Segment(Speaker(speaker), text) for speaker, text in pairs]


@dataclass
class Town:
    """The CRM under construction. Agents: Фёдор Крылов (11, boats), Инна Седых (22, saunas)."""

    contacts: list[Contact] = field(default_factory=list)
    companies: list[Company] = field(default_factory=list)
    deals: list[Deal] = field(default_factory=list)
    changes: list[StageChange] = field(default_factory=list)
    activities: list[Activity] = field(default_factory=list)
    pbx: PbxSettings = field(default_factory=PbxSettings)
    settings: MatchingSettings = field(default_factory=MatchingSettings)

    def contact(self, id_: str, name: str, *phones: str, company: str | None = None) -> None:
        self.contacts.append(Contact(id_, name, company, phones))

    def company(self, id_: str, name: str, *phones: str) -> None:
        self.companies.append(Company(id_, name, phones))

    def deal(self, id_: str, *contacts: str, created: str = "01 09:00", **facts: object) -> None:
        """An open deal of Фёдор in the boat pipeline unless `facts` say otherwise."""
        deal = Deal(
            id_,
            str(facts.pop("name", id_)),
            "boats",
            "new",
            StageKind.OPEN,
            at(created),
            contact_ids=contacts,
            responsible_id="fedor",
        )
        self.deals.append(replace(deal, **facts))  # type: ignore[arg-type]  # tests name fields freely

    def move(
        self, deal_id: str, from_id: str | None, to_id: str, when: str, by: str | None = None
    ) -> None:
        """Moves the card; its stage and status follow."""
        self.changes.append(StageChange(deal_id, to_id, at(when), from_id, by))
        self.deals = [
            replace(d, stage_id=to_id, status=KINDS[to_id]) if d.id == deal_id else d
            for d in self.deals
        ]

    def activity(self, id_: str, kind: str, created: str, **facts: object) -> None:
        activity = Activity(id_, ActivityType(kind), ActivityKind.OTHER, at(created))
        self.activities.append(replace(activity, **facts))  # type: ignore[arg-type]  # tests name fields freely

    def index(self) -> DealIndex:
        return build_index(self.snapshot(), self.settings, self.pbx)

    def snapshot(self) -> CrmSnapshot:
        stages = tuple(Stage(id_, id_, kind) for id_, kind in KINDS.items())
        return CrmSnapshot(
            as_of=at("31 18:00"),
            timezone=ZONE.key,
            crm="file",
            pipelines=tuple(Pipeline(id_, id_, "b2b_kpi", stages) for id_ in ("boats", "saunas")),
            users=(
                User("fedor", "Фёдор Крылов", ("11",), ("+7 923 000-90-11",)),
                User("inna", "Инна Седых", ("22",)),
                User("petr", "Пётр Лунин", ("33",)),
            ),
            companies=tuple(self.companies),
            contacts=tuple(self.contacts),
            deals=tuple(self.deals),
            stage_changes=tuple(self.changes),
            activities=tuple(self.activities),
        )

    def match(self, call: Call, *turns: str) -> DealMatch | None:
        return match_call(call, says(*turns), self.index(), self.settings)

    def found(self, call: Call, *turns: str) -> DealMatch:
        """The match, which the test knows to be there."""
        match = self.match(call, *turns)
        assert match is not None
        return match


def call_of(
    number: str | None, when: str = "12 10:30", user: str | None = "fedor", **facts: object
) -> Call:
    """An outgoing call to `number` (E.164)."""
    call = Call(
        "c-1",
        "c-1.wav",
        None,
        at(when),
        Direction.OUT,
        MetadataSource.CDR,
        client_number=number,
        user_id=user,
    )
    return replace(call, **facts)  # type: ignore[arg-type]  # tests name fields freely
