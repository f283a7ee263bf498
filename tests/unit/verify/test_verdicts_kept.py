"""Verdicts that are kept while nothing turns them are those that judging everything gives."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, is_dataclass, replace
from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from classify.pipeline_file import load_pipelines
from classify.verification.memory import VerdictMemory
from classify.verification.passing import Horizon, PassingMoment
from classify.verify import verify
from core.settings import VerificationSettings
from models.vocabulary.action import Action, ActionStatus, ActionType, Outcome
from models.vocabulary.call import Call, Direction, MetadataSource
from models.vocabulary.deal import (
    Activity,
    ActivityKind,
    ActivityType,
    Contact,
    CrmSnapshot,
    Deal,
    Pipeline,
    Stage,
    StageChange,
    StageKind,
)
from models.vocabulary.transcript import Speaker
from models.vocabulary.verdict import DealMatch, JudgedCall, Verification

PIPELINES = load_pipelines(None)
MOSCOW = ZoneInfo("Europe/Moscow")
MONDAY = datetime(2026, 11, 9, 10, tzinfo=MOSCOW)


class Town:
    """An office whose CRM and calls change by chance."""

    def __init__(self, seed: int) -> None:
        self.dice = Random(seed)  # noqa: S311 - no secret
        self.now = MONDAY + timedelta(days=5)
        self.boards = tuple(
            Pipeline(name, name, name, tuple(Stage(s.key, s.key, key=s.key) for s in rules.stages))
            for name, rules in PIPELINES.items()
        )
        self.contacts = tuple(
            Contact(f"k{n}", f"Клиент {n}", None, (f"+7916000000{n}",), decision_maker=n % 2 == 0)
            for n in range(6)
        )
        self.deals: dict[str, Deal] = {}
        self.changes: list[StageChange] = []
        self.activities: dict[str, Activity] = {}
        self.calls: dict[str, JudgedCall] = {}
        for _ in range(10):
            self.new_deal()
        for _ in range(25):
            self.new_call()
        for _ in range(15):
            self.new_activity()

    def at(self) -> datetime:
        return self.now - timedelta(minutes=self.dice.randrange(7 * 24 * 60))

    def new_deal(self) -> None:
        board = self.dice.choice(self.boards)
        id_ = f"d{len(self.deals)}"
        contact = self.dice.choice(self.contacts).id
        stage = self.dice.choice(board.stages).id
        self.deals[id_] = Deal(
            id_, f"Сайт {id_}", board.id, stage, StageKind.OPEN, self.at(), 1000.0,
            contact_ids=(contact,), responsible_id="u1",
        )  # fmt: skip

    def new_call(self) -> None:
        number = self.dice.randrange(6)
        deal = self.dice.choice([*self.deals, None, None])
        when = self.at()
        facts = Call(
            call_id=f"c{len(self.calls)}", recording=f"{len(self.calls)}.wav", sha256=None,
            started_at=when, direction=self.dice.choice((Direction.IN, Direction.OUT)),
            metadata_from=MetadataSource.CDR, client_number=f"+7916000000{number}", user_id="u1",
            answered=True, talk_s=60.0,
        )  # fmt: skip
        match = DealMatch(deal, 0.9, "phone") if deal else None
        if deal is None and self.dice.random() < 0.5:
            first, second = self.dice.sample(list(self.deals), 2)
            match = DealMatch(None, 0.5, "ambiguous", (), ((first, 0.5), (second, 0.5)))
        heard = self.dice.random() < 0.85
        actions = tuple(self.action(when) for _ in range(self.dice.randrange(4))) if heard else ()
        outcome = Outcome.CONVERSATION if heard else None
        self.calls[facts.call_id] = JudgedCall(facts, outcome, actions, match, heard, 60.0)

    def action(self, when: datetime) -> Action:
        due = when + timedelta(minutes=self.dice.randrange(4 * 24 * 60))
        slots: dict[str, object] = {}
        chance = self.dice.random()
        if chance < 0.4:
            slots["datetime"] = due.isoformat()
        elif chance < 0.7:
            slots["due"] = due.date().isoformat()
        return Action(
            self.dice.choice(list(ActionType)), self.dice.choice(list(ActionStatus)),
            self.dice.choice((Speaker.CLIENT, Speaker.AGENT)), f"«{self.dice.random()}»",
            self.dice.random(), 5.0, 8.0, slots,  # type: ignore[arg-type]
        )  # fmt: skip

    def new_activity(self) -> None:
        made = self.at()
        due = made + timedelta(hours=self.dice.randrange(96))
        done = self.dice.random() < 0.5
        id_ = f"a{len(self.activities)}"
        deal = self.dice.choice(list(self.deals))
        of_deal = self.dice.random() < 0.7
        self.activities[id_] = Activity(
            id_, self.dice.choice(list(ActivityType)), self.dice.choice(list(ActivityKind)), made,
            deal_id=deal if of_deal else None, contact_id=self.deals[deal].contact_ids[0],
            due_at=due if not done else None, completed_at=min(due, self.now) if done else None,
            user_id="u1", direction="out", amount=5.0,
        )  # fmt: skip

    def something_happens(self) -> None:
        kind = self.dice.randrange(8)
        deal = self.deals[self.dice.choice(list(self.deals))]
        if kind == 0:
            self.new_deal()
        elif kind == 1:
            self.new_call()
        elif kind == 2:
            self.new_activity()
        elif kind == 3:
            board = next(one for one in self.boards if one.id == deal.pipeline_id)
            stage = self.dice.choice(board.stages).id
            self.changes.append(StageChange(deal.id, stage, self.now, deal.stage_id, "u1"))
            self.deals[deal.id] = replace(deal, stage_id=stage)
        elif kind == 4:
            closed = replace(deal, status=StageKind.LOST, closed_at=self.now)
            self.deals[deal.id] = closed
        elif kind == 5:
            call = self.calls[self.dice.choice(list(self.calls))]
            match = DealMatch(self.dice.choice(list(self.deals)), 0.8, "phone")
            self.calls[call.call.call_id] = replace(call, match=match)
        elif kind == 6:
            one = self.dice.choice(list(self.activities.values()))
            self.activities[one.id] = replace(one, completed_at=self.now)

    def snapshot(self) -> CrmSnapshot:
        return CrmSnapshot(
            self.now, "Europe/Moscow", "live", self.boards, (), (), self.contacts,
            tuple(self.deals.values()), tuple(self.changes), tuple(self.activities.values()),
        )  # fmt: skip

    def judged(self, memory: VerdictMemory | None) -> Verification:
        return verify(
            self.snapshot(), PIPELINES, list(self.calls.values()), as_of=self.now,
            settings=VerificationSettings(), memory=memory,
        )  # fmt: skip


def undated(verification: Verification, undated_at: frozenset[datetime]) -> Verification:
    """Without the moments of flags that nothing dates but the judging itself."""
    flags = (replace(f, at=None) if f.at in undated_at else f for f in verification.flags)
    return replace(verification, flags=tuple(flags))


def moments_in(value: object) -> Iterable[datetime]:
    if isinstance(value, datetime):
        yield value
    elif isinstance(value, tuple | list):
        for one in value:
            yield from moments_in(one)
    elif is_dataclass(value):
        for field in fields(value):
            yield from moments_in(getattr(value, field.name))


@pytest.mark.parametrize("seed", range(8))
def test_kept_verdicts_are_those_of_judging_everything(seed: int) -> None:
    town, memory = Town(seed), VerdictMemory()
    judged_at, spared = set(), 0
    for _ in range(25):
        town.something_happens()
        step = town.dice.choice((0, 1, 7, 60, 300, 1000, 3000))
        town.now += timedelta(minutes=step)
        judged_at.add(town.now)
        kept, whole = town.judged(memory), town.judged(None)
        times = frozenset(judged_at)
        assert undated(kept, times) == undated(whole, times)
        assert not any(isinstance(one, PassingMoment) for one in moments_in(kept))
        spared += len(town.deals) - memory.judged
    assert spared > 25


def test_only_what_changed_is_judged_anew() -> None:
    town, memory = Town(4), VerdictMemory()
    town.judged(memory)
    town.judged(memory)
    assert memory.judged == 0
    deal = next(iter(town.deals.values()))
    town.deals[deal.id] = replace(deal, amount=7.0)
    town.judged(memory)
    assert 1 <= memory.judged <= sum(deal.contact_ids == d.contact_ids for d in town.deals.values())


def test_a_moment_knows_until_when_it_compares_the_same() -> None:
    horizon = Horizon()
    passing = PassingMoment.of(MONDAY, horizon)
    later = MONDAY + timedelta(hours=3)
    assert later > passing - timedelta(hours=1)
    assert horizon.until == later + timedelta(hours=1)
    assert passing > MONDAY - timedelta(days=1)  # and always will be
    assert horizon.until == later + timedelta(hours=1)
    assert passing.astimezone(MOSCOW).date() == MONDAY.date()
    assert horizon.until == min(later + timedelta(hours=1), datetime(2026, 11, 10, tzinfo=MOSCOW))
    assert str(passing) == str(MONDAY)
    assert horizon.until == MONDAY
