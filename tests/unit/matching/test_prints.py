"""A call's print is another one whenever its match could be: held against a CRM that changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from classify.matching import DealPrints, MatchPrints, build_index, match_call
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

MOSCOW = ZoneInfo("Europe/Moscow")
NOW = datetime(2026, 11, 20, 12, tzinfo=MOSCOW)
FIRMS = ("Северный ветер", "Южный берег", "Золотая рыбка", "Белый медведь", "Старая мельница")
STAGES = (Stage("s1", "Новая"), Stage("s2", "Оплата", StageKind.WON), Stage("s3", "Отказ", StageKind.LOST))  # fmt: skip
SETTINGS = MatchingSettings()


class Office:
    """A CRM and calls that change by chance."""

    def __init__(self, seed: int) -> None:
        self.dice = dice = Random(seed)  # noqa: S311 - no secret
        self.users = tuple(User(f"u{n}", f"Ольга {n}") for n in range(3))
        self.firms = {f"f{n}": Company(f"f{n}", name) for n, name in enumerate(FIRMS)}
        self.people = {
            f"k{n}": Contact(f"k{n}", f"Иван {n}", f"f{n % 5}", (f"+791600000{n:02}",))
            for n in range(8)
        }
        self.deals: dict[str, Deal] = {}
        self.changes: list[StageChange] = []
        self.records: dict[str, Activity] = {}
        for _ in range(10):
            self.happens(0)
        self.calls = [self.call(n, dice) for n in range(30)]

    def call(self, number: int, dice: Random) -> tuple[Call, tuple[Segment, ...]]:
        said = f"Добрый день, это компания {dice.choice(FIRMS)}, по поводу сайта"
        facts = Call(
            call_id=f"c{number}", recording=f"{number}.wav", sha256=None,
            started_at=NOW - timedelta(hours=dice.randrange(24 * 30)),
            direction=dice.choice((Direction.IN, Direction.OUT)),
            metadata_from=MetadataSource.CDR, client_number=f"+791600000{dice.randrange(12):02}",
            user_id=dice.choice(("u0", "u1", None)), answered=True, talk_s=60.0,
            deal_id=dice.choice((None, None, None, "d3")),
        )  # fmt: skip
        return facts, (Segment(Speaker.CLIENT, said, 0.0, 3.0),)

    def at(self) -> datetime:
        return NOW - timedelta(hours=self.dice.randrange(24 * 30))

    def happens(self, kind: int | None = None) -> None:
        dice = self.dice
        kind = dice.randrange(9) if kind is None else kind
        if kind == 0 or not self.deals:
            id_ = f"d{len(self.deals)}"
            people = (dice.choice(list(self.people)),) if dice.random() < 0.8 else ()
            self.deals[id_] = Deal(
                id_, f"Сайт {id_}", "p1", "s1", StageKind.OPEN, self.at(), contact_ids=people,
                company_id=dice.choice((None, *self.firms)), responsible_id=dice.choice(["u0", "u1"]),
            )  # fmt: skip
            return
        deal = self.deals[dice.choice(list(self.deals))]
        if kind == 1:
            stage = dice.choice(STAGES)
            self.changes.append(StageChange(deal.id, stage.id, self.at(), deal.stage_id, "u1"))
            self.deals[deal.id] = replace(deal, stage_id=stage.id, status=stage.kind)
        elif kind == 2:
            self.deals[deal.id] = replace(deal, amount=dice.random(), updated_at=NOW)
        elif kind == 3:
            id_ = f"a{len(self.records)}"
            self.records[id_] = Activity(
                id_, dice.choice((ActivityType.CALL, ActivityType.TASK)), ActivityKind.CALL,
                self.at(), deal_id=dice.choice((None, deal.id)),
                contact_id=dice.choice((None, *self.people)), user_id=dice.choice(("u0", None)),
                call_id=dice.choice((None, f"c{dice.randrange(30)}")),
            )  # fmt: skip
        elif kind == 4:
            one = dice.choice(list(self.people.values()))
            phone = f"+791600000{dice.randrange(12):02}"
            self.people[one.id] = replace(
                one, phones=(phone,), company_id=dice.choice((None, "f1"))
            )
        elif kind == 5:
            self.deals[deal.id] = replace(deal, responsible_id=dice.choice(("u0", "u1", "u2")))
        elif kind == 6:
            firm = dice.choice(list(self.firms.values()))
            self.firms[firm.id] = replace(firm, name=dice.choice(FIRMS))
        elif kind == 7:
            del self.deals[deal.id]
        else:
            contact = dice.choice(list(self.people))
            self.deals[deal.id] = replace(
                deal, contact_ids=(contact,), name=f"Сайт {dice.random()}"
            )

    def snapshot(self) -> CrmSnapshot:
        board = Pipeline("p1", "Продажи", "web_studio", STAGES)
        return CrmSnapshot(
            NOW, "Europe/Moscow", "live", (board,), self.users, tuple(self.firms.values()),
            tuple(self.people.values()), tuple(self.deals.values()), tuple(self.changes),
            tuple(self.records.values()),
        )  # fmt: skip


@pytest.mark.parametrize("seed", range(6))
def test_the_same_print_is_the_same_match(seed: int) -> None:
    office, kept = Office(seed), DealPrints()
    known: dict[str, tuple[object, object]] = {}
    spared = turned = 0
    snapshot = office.snapshot()
    index = build_index(snapshot, SETTINGS, PbxSettings())
    for _ in range(40):
        office.happens()
        now = office.snapshot()
        index = build_index(now, SETTINGS, PbxSettings(), (snapshot, index))
        snapshot = now
        assert index == build_index(now, SETTINGS, PbxSettings())
        prints = MatchPrints(index, SETTINGS, kept)
        for call, spoken in office.calls:
            introduced = prints.introduces(call, spoken)
            named = prints.of_names(introduced) if prints.asks_names(call) else ()
            own = (prints.of(call), named)
            match = match_call(call, spoken, index, SETTINGS)
            before = known.get(call.call_id)
            if before is not None and before[0] == own:
                assert before[1] == match
                spared += 1
            elif before is not None and before[1] != match:
                turned += 1
            known[call.call_id] = (own, match)
    assert turned > 20
    assert spared > 600
