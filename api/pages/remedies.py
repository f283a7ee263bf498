"""What evidence would turn a verdict: a requirement's check in plain words."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

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
    Within,
)
from classify.verification.rules import Requirement
from models.vocabulary.action import ActionStatus
from models.vocabulary.transcript import Speaker
from models.vocabulary.verdict import Verdict


def remedies(requirement: Requirement, verdict: Verdict, words: Words) -> list[str]:
    """The ways in which a requirement would be met, one phrase each; any of them is enough.

    Nothing for what is met or waived.
    """
    if verdict in (Verdict.MET, Verdict.WAIVED):
        return []
    check = requirement.check
    parts = check.checks if isinstance(check, AnyOf) else (check,)
    return list(dict.fromkeys(in_words(part, words) for part in parts))


def in_words(check: Check, words: Words) -> str:
    """What a check asks for, as a phrase that can follow “there is”."""
    return _KINDS[check.kind](check, words)


def _heard(check: Heard, words: Words) -> str:
    key = "remedies.heard"
    if check.speaker in (Speaker.AGENT, Speaker.CLIENT):
        key = f"remedies.heard_by_{check.speaker.value}"
    if ActionStatus.DONE not in check.status:
        key = "remedies.heard_promised"
    text = words(key, what=_either((f"codes.action.{one.value}" for one in check.action), words))
    if check.slots:
        named = ", ".join(words.of_code("remedies.slot", slot) for slot in check.slots)
        text += words("remedies.naming", slots=named)
    if check.with_decision_maker:
        text += words("remedies.with_decision_maker")
    return text + (words("remedies.not_undone") if check.undone_by else "")


def _outcome(check: OutcomeCheck, words: Words) -> str:
    what = _either((f"codes.outcome.{one.value}" for one in check.outcome), words)
    text = words("remedies.outcome", what=what)
    return text + (words("remedies.with_decision_maker") if check.with_decision_maker else "")


def _activity(check: ActivityCheck, words: Words) -> str:
    what = _either((f"codes.activity.{one.value}" for one in check.type), words)
    text = words("remedies.activity", what=what)
    if check.about and [one.value for one in check.about] != [one.value for one in check.type]:
        about = _either((f"codes.about.{one.value}" for one in check.about), words)
        text += words("remedies.about", what=about)
    if check.direction is not None:
        text += words("remedies.incoming" if check.direction == "in" else "remedies.outgoing")
    if check.says:
        said = ", ".join(words(f"remedies.says.{one}") for one in check.says)
        text += words("remedies.saying", what=said)
    return text + ("" if check.done else words("remedies.planned"))


def _field(check: FieldCheck, words: Words) -> str:
    parts = [_field_name(name, words) for name in check.filled]
    if check.any_filled:
        names = ", ".join(_field_name(name, words) for name in check.any_filled)
        parts.append(words("remedies.any_field", what=names))
    for name, values in check.among.items():
        shown = words("remedies.or").join(_value(one, words) for one in values)
        parts.append(words("remedies.among", name=_field_name(name, words), values=shown))
    return words(f"remedies.field_{check.of}", what=", ".join(parts))


def _first_contact(check: FirstContact, words: Words) -> str:
    return words(f"remedies.first_contact_{check.by}")


def _agreement(check: Agreement, words: Words) -> str:
    return words("remedies.agreement", minutes=check.within_minutes)


def _answered(check: Answered, words: Words) -> str:
    return words(
        "remedies.answered",
        what=_either((f"codes.action.{one.value}" for one in check.action), words),
        by=_either((f"codes.action.{one.value}" for one in check.by), words),
    )


def _order(check: Order, words: Words) -> str:
    first, then = in_words(check.first, words), in_words(check.then, words)
    return words("remedies.order", then=then, first=first)


def _count(check: Count, words: Words) -> str:
    of = in_words(check.of, words)
    text = of
    if check.at_least > 1:
        key = "remedies.count_days" if check.distinct_days else "remedies.count"
        text = words(key, count=check.at_least, of=of)
    if check.after is not None:
        text += words("remedies.after", after=in_words(check.after, words))
    return text


def _deadline(check: Deadline, words: Words) -> str:
    return words(
        "remedies.deadline",
        of=in_words(check.of, words),
        within=span_in_words(check.within, words),
        since=in_words(check.since, words),
    )


def span_in_words(within: Within, words: Words) -> str:
    """A span of time, “3 working days”."""
    for unit in ("minutes", "hours", "working_hours", "working_days"):
        count = getattr(within, unit)
        if count is not None:
            return words.plural(f"remedies.within.{unit}", count)
    raise ValueError("a span of no unit")


def _joined(joiner: str) -> Callable[[AnyOf | AllOf, Words], str]:
    def join(check: AnyOf | AllOf, words: Words) -> str:
        return words(joiner).join(in_words(part, words) for part in check.checks)

    return join


def _either(keys: Iterable[str], words: Words) -> str:
    return words("remedies.or").join(words(key) for key in keys)


def _field_name(name: str, words: Words) -> str:
    return words.of_code("deals.field", name)


def _value(value: str | bool, words: Words) -> str:
    return words("deals.yes" if value else "deals.no") if isinstance(value, bool) else f"«{value}»"


# By the `kind` of a check: the closed list of classify/verification/check_kinds.py.
_KINDS: dict[str, Callable[[Any, Words], str]] = {
    "heard": _heard,
    "outcome": _outcome,
    "activity": _activity,
    "field": _field,
    "first_contact": _first_contact,
    "agreement": _agreement,
    "total": lambda _, words: words("remedies.total"),
    "answered": _answered,
    "order": _order,
    "count": _count,
    "deadline": _deadline,
    "any_of": _joined("remedies.or"),
    "all_of": _joined("remedies.and"),
}
