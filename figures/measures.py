"""What may be asked of figures: a closed set of measures, each told in a sentence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from figures.claims import Standing
from figures.dimensions import Counted, Subject
from models.vocabulary.action import Outcome
from models.vocabulary.deal import StageKind
from models.vocabulary.figures import CallFact, DealFact, Payment, PromiseFact, RequirementFact
from models.vocabulary.verdict import PromiseState, Verdict


class Unit(StrEnum):
    """What a number is."""

    COUNT = "count"
    MONEY = "money"  # by currency, never added up across
    HOURS = "hours"


@dataclass(frozen=True, slots=True)
class Measure:
    """One number about things of a subject: how many `fits`, or the sum of `amount` of these."""

    name: str
    about: str
    subject: Subject
    fits: Callable[[Counted], bool]
    unit: Unit = Unit.COUNT
    amount: Callable[[Counted], float] = lambda _: 1.0


def _deals(
    name: str,
    about: str,
    fits: Callable[[DealFact], bool] = lambda _: True,
    standing: Standing | None = None,
    *,
    money: bool = False,
) -> Measure:
    return Measure(
        name,
        about,
        Subject.DEALS,
        lambda one: (
            isinstance(one.thing, DealFact) and fits(one.thing) and standing in (None, one.standing)
        ),
        Unit.MONEY if money else Unit.COUNT,
        lambda one: (isinstance(one.thing, DealFact) and one.thing.amount) or 0.0,
    )


def _calls(
    name: str, about: str, fits: Callable[[CallFact], bool] = lambda _: True, *, hours: bool = False
) -> Measure:
    return Measure(
        name,
        about,
        Subject.CALLS,
        lambda one: isinstance(one.thing, CallFact) and fits(one.thing),
        Unit.HOURS if hours else Unit.COUNT,
        lambda one: one.thing.seconds / 3600 if isinstance(one.thing, CallFact) else 0.0,
    )


def _promises(name: str, about: str, *states: PromiseState) -> Measure:
    return Measure(
        name,
        about,
        Subject.PROMISES,
        lambda one: isinstance(one.thing, PromiseFact) and one.thing.state in states,
    )


def _checks(name: str, about: str, *verdicts: Verdict) -> Measure:
    return Measure(
        name,
        about,
        Subject.CHECKS,
        lambda one: isinstance(one.thing, RequirementFact) and one.thing.verdict in verdicts,
    )


MEASURES: Mapping[str, Measure] = {
    one.name: one
    for one in (
        _deals("deals", "deals, each once"),
        _deals("money", "their money", money=True),
        _deals("proved", "deals whose stage is proved", standing=Standing.PROVED),
        _deals("proved_money", "their money", standing=Standing.PROVED, money=True),
        _deals("unproved", "deals whose stage is not proved, for sure", standing=Standing.UNPROVED),
        _deals("unproved_money", "their money", standing=Standing.UNPROVED, money=True),
        _deals("unknown", "deals of whose stage nobody can tell", standing=Standing.UNKNOWN),
        _deals("unknown_money", "their money", standing=Standing.UNKNOWN, money=True),
        _deals(
            "unclaimed",
            "deals whose card never stood in a column; with proved, unproved and unknown all deals",
            standing=Standing.UNCLAIMED,
        ),
        _deals("won", "deals that the CRM calls won", lambda one: one.status is StageKind.WON),
        _deals("lost", "deals that were given up", lambda one: one.is_lost),
        _checks("checks", "requirements judged, one for each deal", *Verdict),
        _checks("met", "requirements that are met", Verdict.MET),
        _checks(
            "failed",
            "requirements that fail for sure: missing, contradicted or late",
            *(Verdict.MISSING, Verdict.CONTRADICTED, Verdict.LATE),
        ),
        _checks(
            "undecided",
            "requirements that nobody can tell of, not yet due or waived",
            *(Verdict.UNKNOWN, Verdict.PENDING, Verdict.WAIVED),
        ),
        _calls("calls", "outside calls, answered or not"),
        _calls("answered", "calls that somebody answered", lambda one: one.answered),
        _calls(
            "conversations",
            "calls in which we talked with the client",
            lambda one: one.outcome is Outcome.CONVERSATION,
        ),
        _calls(
            "unheard",
            "answered calls that nobody could understand",
            lambda one: one.answered and not one.heard,
        ),
        _calls("talk_hours", "how long was talked", hours=True),
        _promises("promises", "promises", *PromiseState),
        *(
            _promises(f"promises_{state.value}", f"promises that are {state.value}", state)
            for state in PromiseState
        ),
        Measure(
            "paid",
            "money that came in, less refunds",
            Subject.PAYMENTS,
            lambda one: isinstance(one.thing, Payment),
            Unit.MONEY,
            lambda one: one.thing.amount if isinstance(one.thing, Payment) else 0.0,
        ),
    )
}
