"""What a rule demands, in sentences of the reader's language: from the kinds of its checks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from api.pages.wording import Words
from classify.verification.check_kinds import (
    ActivityCheck,
    Agreement,
    AllOf,
    Answered,
    AnyOf,
    Check,
    Count,
    Deadline,
    FieldCheck,
    FirstContact,
    Heard,
    Order,
    OutcomeCheck,
    Total,
    Within,
)
from models.vocabulary.action import ActionStatus, ActionType

_CALLS = (Heard, OutcomeCheck, FirstContact, Answered)
_CRM = (ActivityCheck, FieldCheck, Total)


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence, and those that it is made of."""

    text: str
    parts: tuple[Told, ...] = ()


def told_check(check: Check, words: Words) -> Told:
    """What a check asks for."""
    match check:
        case Heard():
            told = _heard(check, words)
        case FieldCheck():
            told = _fields(check, words)
        case Order() | Count() | Deadline() | AnyOf() | AllOf():
            told = _made_of_others(check, words)
        case _:
            told = Told(_plain(check, words))
    return told


def _plain(
    check: OutcomeCheck | ActivityCheck | FirstContact | Agreement | Total | Answered, words: Words
) -> str:
    match check:
        case OutcomeCheck():
            what = words("rules.or").join(words.of_code("rules.outcome", o) for o in check.outcome)
            said = words("rules.check.outcome", what=what) + _with_decider(check, words)
        case ActivityCheck():
            said = _activity(check, words)
        case FirstContact():
            said = words(f"rules.check.first_contact.{check.by}")
        case Agreement():
            span = words.plural("rules.span", check.within_minutes)
            said = words("rules.check.agreement", span=span)
        case Total():
            said = words("rules.check.total")
        case Answered():
            what = words("rules.or").join(action_noun(one, words) for one in check.action)
            by = words("rules.or").join(_done(one, words) for one in check.by)
            said = words("rules.check.answered", what=what, by=by)
    return said


def _made_of_others(check: Order | Count | Deadline | AnyOf | AllOf, words: Words) -> Told:
    match check:
        case Order():
            first = _under("rules.check.first", check.first, words)
            return Told(
                words("rules.check.order"), (first, _under("rules.check.then", check.then, words))
            )
        case Count():
            often = words("rules.check.at_least_once")
            if check.at_least > 1:
                often = words.plural("rules.check.at_least", check.at_least)
            days = words("rules.check.distinct_days") if check.distinct_days else ""
            parts = [told_check(check.of, words)]
            if check.after is not None:
                parts.append(_under("rules.check.after", check.after, words))
            return Told(often + days, tuple(parts))
        case Deadline():
            parts = [told_check(check.of, words), _under("rules.check.since", check.since, words)]
            if check.early:
                parts.append(Told(words("rules.check.early")))
            span = _span(check.within, words)
            return Told(words("rules.check.deadline", span=span), tuple(parts))
        case AnyOf() | AllOf():
            parts = [told_check(one, words) for one in check.checks]
            return Told(words(f"rules.check.{check.kind}"), tuple(parts))


def evidence_kinds(check: Check) -> list[str]:
    """What can prove a check: ``calls``, ``crm``, or ``both`` that have to agree."""
    found = {
        kind
        for one in all_checks(check)
        for kind, kinds in (("calls", _CALLS), ("crm", _CRM), ("both", (Agreement,)))
        if isinstance(one, kinds)
    }
    return [kind for kind in ("calls", "crm", "both") if kind in found]


def all_checks(check: Check) -> Iterator[Check]:
    """A check and all that it is made of."""
    yield check
    match check:
        case Order():
            within: Sequence[Check | None] = (check.first, check.then)
        case Count():
            within = (check.of, check.after)
        case Deadline():
            within = (check.of, check.since)
        case AnyOf() | AllOf():
            within = check.checks
        case _:
            within = ()
    for one in within:
        if one is not None:
            yield from all_checks(one)


def action_noun(action: ActionType, words: Words) -> str:
    """What an action is called."""
    return words.of_code("rules.action", action.value)


def action_words(action: ActionType, status: ActionStatus, words: Words) -> str:
    """An action with what became of it: «договорились о встрече», «обещано: оплата»."""
    if status is ActionStatus.DONE:
        return _done(action, words)
    return f"{words.of_code('rules.status', status.value)}: {action_noun(action, words)}"


def _done(action: ActionType, words: Words) -> str:
    return words.of_code("rules.done", action.value)


def _any(actions: Sequence[ActionType], statuses: Sequence[ActionStatus], words: Words) -> str:
    return words("rules.or").join(
        action_words(action, status, words) for action in actions for status in statuses
    )


def _heard(check: Heard, words: Words) -> Told:
    said = words("rules.check.heard", what=_any(check.action, check.status, words))
    if check.speaker is not None:
        said += words(f"rules.check.speaker.{check.speaker.value}")
    if check.slots:
        slots = words("rules.and").join(words.of_code("rules.slot", one) for one in check.slots)
        said += words("rules.check.slots", slots=slots)
    if check.in_conversation:
        said += words("rules.check.in_conversation")
    undone = words("rules.or").join(_any(one.action, one.status, words) for one in check.undone_by)
    parts = (Told(words("rules.check.undone", what=undone)),) if undone else ()
    return Told(said + _with_decider(check, words), parts)


def _with_decider(check: Heard | OutcomeCheck, words: Words) -> str:
    return words("rules.check.with_decision_maker") if check.with_decision_maker else ""


def _activity(check: ActivityCheck, words: Words) -> str:
    kinds = words("rules.or").join(words.of_code("rules.activity", one) for one in check.type)
    said = words("rules.check.activity", what=kinds)
    if check.about:
        about = words("rules.or").join(words.of_code("rules.about", one) for one in check.about)
        said += words("rules.check.about", what=about)
    if check.direction is not None:
        said += words(f"rules.check.direction.{check.direction}")
    if check.says:
        says = words("rules.and").join(words.of_code("rules.says", one) for one in check.says)
        said += words("rules.check.says", what=says)
    return said if check.done else said + words("rules.check.planned")


def _fields(check: FieldCheck, words: Words) -> Told:
    of = words(f"rules.check.of.{check.of}")
    found = []
    for key, names in (("filled", check.filled), ("any_filled", check.any_filled)):
        if names:
            what = words("rules.and").join(words.of_code("rules.field", one) for one in names)
            found.append(Told(words(f"rules.check.{key}", of=of, what=what)))
    for name, values in check.among.items():
        shown = words("rules.or").join(value_words(value, words) for value in values)
        label = words.of_code("rules.field", name)
        found.append(Told(words("rules.check.among", of=of, name=label, values=shown)))
    if len(found) == 1:
        return found[0]
    return Told(words("rules.check.all_of"), tuple(found))


def value_words(value: object, words: Words) -> str:
    """A value of a field as it is shown."""
    return (
        words.of_code("rules.value", str(value).lower()) if isinstance(value, bool) else str(value)
    )


def _under(key: str, check: Check, words: Words) -> Told:
    return Told(words(key), (told_check(check, words),))


def _span(within: Within, words: Words) -> str:
    for unit in ("minutes", "hours", "working_hours", "working_days"):
        count = getattr(within, unit)
        if count is not None:
            return words.plural(f"rules.within.{unit}", count)
    raise ValueError("a span without a length")
