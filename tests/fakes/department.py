"""A sales department that never was, whose truth is known: figures must find what was planted.

The numbers of deals that go on from stage to stage are exact (`Truth.stood`), all else is drawn
from a seeded source. The same plan gives the same department.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from models.vocabulary.action import ActionStatus, ActionType, Outcome
from models.vocabulary.deal import StageKind
from models.vocabulary.figures import (
    ActionFact,
    CallFact,
    DealFact,
    Facts,
    Line,
    LineRequirement,
    LineStage,
    Payment,
    Person,
    PromiseFact,
    RequirementFact,
    Visit,
)
from models.vocabulary.transcript import Speaker
from models.vocabulary.verdict import Gap, PromiseState, Severity, Verdict

ZONE = ZoneInfo("Europe/Moscow")
MONDAY = datetime(2026, 8, 24, 0, 0, tzinfo=ZONE)  # a department's first week begins
_NAMES = (
    ("lead", "Заявка", "Lead", ActionType.INTEREST_EXPRESSED),
    ("meeting", "Встреча", "Meeting", ActionType.MEETING_HELD),
    ("proposal", "Предложение", "Proposal", ActionType.PROPOSAL_SENT),
    ("terms", "Согласование", "Terms", ActionType.TERMS_AGREED),
    ("work", "В работе", "In work", None),  # nothing is demanded here
    ("paid", "Оплата", "Paid", ActionType.PAYMENT),
)
LAST = len(_NAMES) - 1
_PEOPLE = ("Анна", "Борис", "Вера", "Глеб", "Дарья", "Егор", "Жанна", "Захар")
_ROLES = (("hunter",), ("hunter", "closer"), ("farmer",), ("telemarketer",), ())
_SOURCES = ("Сайт", "Звонок", "Рекомендация", None)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is planted.

    `passes` are the shares that go on from each stage to the next (five of them), exact up to
    rounding: the smallest is the leak. `hours` is how long each stage takes about. `gaming` are
    managers (``u1``...) whose cards stand two stages ahead of the work. `unheard` is by manager
    the share of deals whose calls from the second stage on nobody can hear. `broken` is the share
    of promises that were not kept.
    """

    seed: int = 1
    deals: int = 300
    managers: int = 6
    weeks: int = 13
    pipelines: int = 1
    passes: tuple[float, ...] = (0.8, 0.7, 0.3, 0.8, 0.9)
    hours: tuple[float, ...] = (4.0, 30.0, 24.0, 60.0, 200.0, 20.0)
    gaming: tuple[str, ...] = ()
    unheard: Mapping[str, float] = field(default_factory=dict)
    broken: float = 0.25
    missed_calls: int = 1
    currencies: tuple[str, ...] = ("RUB",)


@dataclass(frozen=True, slots=True)
class Truth:
    """What figures should find, by pipeline, manager and deal.

    `stood` is by pipeline how many deals have truly done each stage. `place` is by deal the last
    stage that was truly done, `provable` the last one that can be proved, in spite of calls that
    cannot be heard. `ahead` are deals whose cards were run ahead (those given up too), `silent` those with calls
    that cannot be heard, `broken` those with a promise that was not kept.
    """

    stood: Mapping[str, tuple[int, ...]]
    place: Mapping[str, int]
    provable: Mapping[str, int]
    ahead: frozenset[str]
    silent: frozenset[str]
    broken: frozenset[str]


@dataclass(frozen=True, slots=True)
class Department:
    """Facts as the product would have them, and what is true of them."""

    facts: Facts
    truth: Truth


@dataclass(slots=True)
class _Made:
    """One deal on its way to a fact."""

    deal_id: str
    pipeline_id: str
    user_id: str
    place: int
    start: datetime
    random: Random
    roles: tuple[str, ...] = ()
    blind: bool = False
    done: list[datetime] = field(default_factory=list)  # when each stage truly was

    @property
    def provable(self) -> int:
        return 0 if self.blind else self.place


def line_of(pipeline_id: str = "p1", name: str = "Студия") -> Line:
    """The line of six stages; on the fifth nothing critical is demanded."""
    return Line(pipeline_id, name, "web_studio", tuple(map(_stage, _NAMES)))


def department(plan: Plan | None = None) -> Department:
    """Makes a department as it was planned."""
    plan = plan or Plan()
    as_of = MONDAY + timedelta(weeks=plan.weeks)
    made = [one for number in range(plan.pipelines) for one in _pipeline(plan, number + 1, as_of)]
    lines = tuple(line_of(f"p{n + 1}", f"Линия {n + 1}") for n in range(plan.pipelines))
    broken = _broken(plan, made)
    facts = Facts(
        as_of=as_of,
        zone=ZONE,
        lines=lines,
        people={one.id: one for one in _people(plan)},
        deals=tuple(_deal(plan, one, as_of) for one in made),
        promises=tuple(_promise(plan, one, broken) for one in made if one.place >= 1),
        calls=tuple(sorted((c for one in made for c in _calls(plan, one)), key=_in_time)),
    )
    return Department(facts, _truth(plan, made, broken))


def _stage(named: tuple[str, str, str, ActionType | None]) -> LineStage:
    key, ru, en, action = named
    demand = LineRequirement(
        f"{key}.done", Severity.CRITICAL, f"{ru}: сделано", f"{en}: done",
        f"{ru}: не сделано", f"{en}: not done", f"hash-{key}",
    )  # fmt: skip
    advice = LineRequirement(
        f"{key}.note", Severity.ADVISORY, f"{ru}: записано", f"{en}: noted",
        f"{ru}: не записано", f"{en}: not noted", f"hash-{key}-note",
    )  # fmt: skip
    return LineStage(key, ru, en, (demand, advice) if action is not None else (advice,))


def _people(plan: Plan) -> list[Person]:
    return [
        Person(f"u{n + 1}", f"{_PEOPLE[n % len(_PEOPLE)]} {n + 1}", _ROLES[n % len(_ROLES)])
        for n in range(plan.managers)
    ]


def _pipeline(plan: Plan, number: int, as_of: datetime) -> list[_Made]:
    """Deals of one pipeline: exactly the planned shares go on, whose they are is chance."""
    random = Random(f"{plan.seed}/{number}")  # noqa: S311 - nothing secret
    amount = plan.deals // plan.pipelines
    stood = _stood(plan, amount)
    places = [sum(n < many for many in stood) - 1 for n in range(amount)]
    random.shuffle(places)
    people = _people(plan)
    made = []
    # The last deals have time left to come as far as they do.
    span = max((as_of - MONDAY) - timedelta(hours=3 * sum(plan.hours)), timedelta(days=1))
    for n, place in enumerate(places):
        person = random.choice(people)
        start = MONDAY + timedelta(seconds=int(random.random() * span.total_seconds()))
        one = _Made(f"p{number}-d{n:05}", f"p{number}", person.id, place, start, random)
        one.roles = person.roles
        one.blind = place >= 1 and random.random() < plan.unheard.get(person.id, 0.0)
        at = start
        for hours in plan.hours[: place + 1]:
            at += timedelta(seconds=int(hours * 3600 * (0.5 + random.random())))
            one.done.append(at)
        made.append(one)
    return made


def _stood(plan: Plan, amount: int) -> tuple[int, ...]:
    stood = [amount]
    for share in plan.passes:
        stood.append(round(stood[-1] * share))
    return tuple(stood)


def _deal(plan: Plan, one: _Made, as_of: datetime) -> DealFact:
    random = one.random
    is_won = one.place == LAST
    is_lost = not is_won and random.random() < 0.5
    stopped = one.done[-1]
    closed = stopped + timedelta(days=3) if is_lost else stopped if is_won else None
    closed = min(closed, as_of) if closed else None
    reached = min(one.place + (3 if one.user_id in plan.gaming else 1), LAST)
    verified = 4 if one.provable == 3 else one.provable  # nothing is demanded of the fifth stage
    amount = float(random.randrange(50, 500) * 1000)
    currency = plan.currencies[int(one.deal_id[-5:]) % len(plan.currencies)]
    return DealFact(
        deal_id=one.deal_id, name=f"Заказ {one.deal_id}", pipeline_id=one.pipeline_id,
        user_id=one.user_id, roles=one.roles, source=random.choice(_SOURCES),
        client=f"c{random.randrange(plan.deals * 4 // 5)}", amount=amount, currency=currency,
        status=StageKind.WON if is_won else StageKind.LOST if is_lost else StageKind.OPEN,
        created_at=one.start + timedelta(minutes=10), closed_at=closed,
        first_contact_at=one.start, recorded=None if is_lost else reached, reached=reached,
        verified=LAST if is_won and not one.blind else verified,
        blocked=_blocked(one) if reached > one.place + 1 and not (one.blind or is_lost) else None,
        unsure=1 if one.blind else None,
        gap=_gap(one, reached, is_lost),
        visits=_visits(one, reached, closed),
        proved=_proved(one),
        requirements=_requirements(one, reached, is_lost),
        payments=(Payment(one.done[LAST], amount),) if is_won else (),
        talks=() if one.blind else tuple(one.done),
        calls=one.place + 1, unheard=one.place if one.blind else 0,
    )  # fmt: skip


def _blocked(one: _Made) -> int:
    """The first stage that a card which was run ahead claims without its work."""
    return one.place + (2 if one.place == 3 else 1)


def _gap(one: _Made, reached: int, is_lost: bool) -> Gap:
    if is_lost or reached <= one.provable + (2 if one.provable == 3 else 1):
        return Gap.NONE
    return Gap.UNKNOWN if one.blind else Gap.AHEAD


def _visits(one: _Made, reached: int, closed: datetime | None) -> tuple[Visit, ...]:
    """A card is moved on when its work is done; one that is run ahead on the same day."""
    since = [one.start + timedelta(minutes=10), *one.done][: reached + 1]
    while len(since) <= reached:
        since.append(since[-1] + timedelta(minutes=5))
    ends: list[datetime | None] = [*since[1:], None if closed is None else max(closed, since[-1])]
    return tuple(
        Visit(place, begin, end) for place, (begin, end) in enumerate(zip(since, ends, strict=True))
    )


def _proved(one: _Made) -> tuple[datetime | None, ...]:
    known: list[datetime | None] = [*one.done[: one.provable + 1]]
    known += [None] * (len(_NAMES) - len(known))
    if one.provable == 3:
        known[4] = known[3]
    if not one.blind and one.place == LAST:
        known[4] = known[3]
    return tuple(known)


def _requirements(one: _Made, reached: int, is_lost: bool) -> tuple[RequirementFact, ...]:
    """What is done is met; the stage under way waits, what a card claims beyond it is missing."""
    found = []
    claimed = one.place if reached == one.place + 1 else reached
    for place, (key, _, _, action) in enumerate(_NAMES):
        at = one.done[place] if place <= one.provable else None
        if at is not None:
            verdict = Verdict.MET
        elif place <= one.place:
            verdict = Verdict.UNKNOWN
        elif place <= claimed and not is_lost:
            verdict = Verdict.MISSING
        else:
            verdict = Verdict.WAIVED if is_lost else Verdict.PENDING
        if action is not None:
            found.append(RequirementFact(f"{key}.done", verdict, at))
        found.append(RequirementFact(f"{key}.note", verdict, at))
    return tuple(found)


def _broken(plan: Plan, made: list[_Made]) -> frozenset[str]:
    promised = [one.deal_id for one in made if one.place >= 1]
    random = Random(f"{plan.seed}/broken")  # noqa: S311 - nothing secret
    return frozenset(random.sample(promised, round(plan.broken * len(promised))))


def _promise(plan: Plan, one: _Made, broken: frozenset[str]) -> PromiseFact:
    """Each deal that came to a meeting was promised a proposal within a day."""
    made_at, is_broken = one.done[0], one.deal_id in broken
    deadline = made_at + timedelta(days=1)
    return PromiseFact(
        deal_id=one.deal_id, pipeline_id=one.pipeline_id, call_id=f"{one.deal_id}-c0",
        type=ActionType.PROPOSAL_SENT.value, by="agent", user_id=one.user_id, roles=one.roles,
        made_at=made_at, deadline=deadline,
        state=PromiseState.BROKEN if is_broken else PromiseState.KEPT,
        done_at=None if is_broken else made_at + timedelta(hours=5), quote="пришлю завтра",
        amount=100_000.0, currency=plan.currencies[0],
        place=min(one.place + 1, LAST),
    )  # fmt: skip


def _calls(plan: Plan, one: _Made) -> list[CallFact]:
    """A conversation at each stage that was done, and attempts that nobody answered."""
    found = []
    for place, at in enumerate(one.done):
        heard = not (one.blind and place >= 1)
        action = _NAMES[place][3]
        heard_there = (ActionFact(action, ActionStatus.DONE, Speaker.AGENT),) if action else ()
        found.append(
            _call(
                one, f"c{place}", at,
                Outcome.CONVERSATION if heard else Outcome.UNINTELLIGIBLE,
                heard=heard, seconds=120.0 + 10 * place, actions=heard_there if heard else (),
            )
        )  # fmt: skip
    for n in range(plan.missed_calls):
        at = one.start + timedelta(minutes=n + 1)
        found.append(_call(one, f"m{n}", at, Outcome.NO_ANSWER))
    return found


def _call(
    one: _Made,
    name: str,
    at: datetime,
    outcome: Outcome,
    *,
    heard: bool = False,
    seconds: float = 0.0,
    actions: tuple[ActionFact, ...] = (),
) -> CallFact:
    return CallFact(
        f"{one.deal_id}-{name}", at, one.user_id, one.roles, one.deal_id, one.pipeline_id,
        outcome, answered=seconds > 0, heard=heard, seconds=seconds, actions=actions,
    )  # fmt: skip


def _in_time(call: CallFact) -> tuple[datetime, str]:
    return call.at, call.call_id


def _truth(plan: Plan, made: list[_Made], broken: frozenset[str]) -> Truth:
    of_pipeline: dict[str, list[int]] = {}
    for one in made:
        of_pipeline.setdefault(one.pipeline_id, []).append(one.place)
    return Truth(
        stood={
            name: tuple(sum(place >= step for place in places) for step in range(len(_NAMES)))
            for name, places in of_pipeline.items()
        },
        place={one.deal_id: one.place for one in made},
        provable={one.deal_id: one.provable for one in made},
        ahead=frozenset(
            one.deal_id for one in made if one.user_id in plan.gaming and one.place + 2 <= LAST
        ),
        silent=frozenset(one.deal_id for one in made if one.blind),
        broken=broken,
    )
