"""Any figure that somebody asks for: measures over facts, cut by dimensions, with the rows behind.

A question is made of a closed set of words, so that every answer can be explained. Each measure
counts things of one subject; a thing is counted once in each part it belongs to, and once in the
total. Along dimensions of one value (all but role, requirement and verdict) the parts add up.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from figures.dimensions import CHECK, DIMENSIONS, Counted, Known, Subject, Value
from figures.measures import MEASURES, Measure, Unit
from figures.scope import NOBODY, Period
from figures.things import keys_of, things
from models.vocabulary.figures import DealFact, Facts, RequirementFact

Number = int | float | dict[str, float]
_MOST_BY, _MOST_MEASURES = 3, 12


class QuestionError(ValueError):
    """A question that cannot be answered; `part` names what of it, the sentence says why."""

    def __init__(self, part: str, sentence: str) -> None:
        self.part = part
        super().__init__(sentence)


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody asks: `measures`, cut `by` dimensions, of what happened in a period.

    `where` keeps only what has these values; `NOBODY` asks for what has none. A deal and its
    requirements lie in a period by the first contact, a call by its beginning, a promise by when
    it was made, a payment by when it came in. Without a period everything is counted.
    """

    measures: tuple[str, ...]
    by: tuple[str, ...] = ()
    period: Period | None = None
    where: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Part:
    """The numbers of one part; `key` has a value for each dimension."""

    key: tuple[Value, ...]
    numbers: Mapping[str, Number]


@dataclass(frozen=True, slots=True)
class Answer:
    """The parts in order, and the total; `overlapping` where parts need not add up to it."""

    question: Question
    parts: tuple[Part, ...]
    total: Part
    overlapping: bool


@dataclass(frozen=True, slots=True)
class Behind:
    """One row behind a number: a deal, a call, or something of a deal that `what` names."""

    id: str
    deal_id: str | None
    call_id: str | None
    what: str | None
    amount: float | None
    currency: str | None


def asked(question: Question) -> Question:
    """The question itself, where it can be answered.

    Raises:
        QuestionError: a word is unknown, too much is asked, or a measure cannot be cut so.
    """
    _known("measures", question.measures, MEASURES, _MOST_MEASURES)
    _known("by", question.by, DIMENSIONS, _MOST_BY)
    _known("where", tuple(question.where), DIMENSIONS, len(DIMENSIONS))
    if not question.measures:
        raise QuestionError("measures", "no measure is named")
    for name in question.measures:
        for cut in (*question.by, *question.where):
            if MEASURES[name].subject not in DIMENSIONS[cut].of:
                raise QuestionError("by", f"`{name}` cannot be cut by `{cut}`")
    return question


def _known(part: str, names: tuple[str, ...], known: Iterable[str], most: int) -> None:
    for name in names:
        if name not in known:
            there = ", ".join(known)
            raise QuestionError(part, f"`{name[:60]}` is unknown (there are: {there})")
    if len(set(names)) != len(names):
        raise QuestionError(part, "one is named twice")
    if len(names) > most:
        raise QuestionError(part, f"more than {most} are named; ask in parts")


def answer(facts: Facts, question: Question) -> Answer:
    """Answers a question; the order of the facts is irrelevant.

    Raises:
        QuestionError: it cannot be answered.
    """
    asked(question)
    known, measures = Known(facts), [MEASURES[name] for name in question.measures]
    parts: dict[tuple[Value, ...], dict[str, list[Counted]]] = defaultdict(
        lambda: {one.name: [] for one in measures}
    )
    total: dict[str, list[Counted]] = {one.name: [] for one in measures}
    for one, keys in _placed(known, question, {measure.subject for measure in measures}):
        fitting = [m.name for m in measures if m.subject is one.subject and m.fits(one)]
        for name in fitting:
            total[name].append(one)
        for key in keys:
            for name in fitting:
                parts[key][name].append(one)
    return Answer(
        question,
        tuple(Part(key, _numbers(measures, parts[key])) for key in sorted(parts, key=_order)),
        Part((), _numbers(measures, total)),
        any(_may_overlap(measures, name) for name in question.by),
    )


def behind(facts: Facts, question: Question) -> tuple[Behind, ...]:
    """The rows behind a question's first measure, ordered by id: each thing counted, once.

    Raises:
        QuestionError: it cannot be answered.
    """
    asked(question)
    measure = MEASURES[question.measures[0]]
    placed = _placed(Known(facts), question, {measure.subject})
    return tuple(
        sorted(
            (_row(one, measure) for one, _ in placed if measure.fits(one)), key=lambda row: row.id
        )
    )


def _placed(
    known: Known, question: Question, subjects: set[Subject]
) -> Iterator[tuple[Counted, set[tuple[Value, ...]]]]:
    """Each thing that is asked about, with the keys of the parts it belongs to."""
    names = (*question.by, *(name for name in question.where if name not in question.by))
    wanted = [(names.index(name), value) for name, value in question.where.items()]
    width = len(question.by)
    for one in things(known, subjects):
        if question.period is not None and not question.period.holds(one.at):
            continue
        keys = {
            key[:width]
            for key in keys_of(one, known, names)
            if all((key[place] or NOBODY) == value for place, value in wanted)
        }
        if keys:
            yield one, keys


def _may_overlap(measures: Iterable[Measure], name: str) -> bool:
    """Whether a thing may belong to several parts along a dimension."""
    if name in CHECK:
        return any(one.subject is Subject.DEALS for one in measures)
    return DIMENSIONS[name].value is None


def _order(key: tuple[Value, ...]) -> tuple[tuple[bool, str], ...]:
    return tuple((value is None, value or "") for value in key)


def _numbers(measures: Iterable[Measure], things: Mapping[str, list[Counted]]) -> dict[str, Number]:
    return {one.name: _number(one, things[one.name]) for one in measures}


def _number(measure: Measure, things: list[Counted]) -> Number:
    if measure.unit is Unit.COUNT:
        return len(things)
    if measure.unit is Unit.HOURS:
        return math.fsum(map(measure.amount, things))
    sums: dict[str, list[float]] = defaultdict(list)
    for one in things:
        if one.deal is not None and measure.amount(one):
            sums[one.deal.currency].append(measure.amount(one))
    return {currency: math.fsum(amounts) for currency, amounts in sorted(sums.items())}


def _row(one: Counted, measure: Measure) -> Behind:
    deal, thing = one.deal, one.thing
    call = getattr(thing, "call_id", None)
    what = thing.id if isinstance(thing, RequirementFact) else getattr(thing, "type", None)
    amount = measure.amount(one) if measure.unit is Unit.MONEY else None
    if isinstance(thing, DealFact):
        amount = thing.amount
    return Behind(
        one.id,
        deal.deal_id if deal is not None else getattr(thing, "deal_id", None),
        call,
        what,
        amount,
        deal.currency if deal is not None and amount is not None else None,
    )
