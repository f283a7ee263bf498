"""The deals that prove a rule, told in a few lines each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from api.pages import looks
from api.pages.rule_names import stage_name
from api.pages.rule_sentences import action_words, value_words
from api.pages.wording import Words
from classify.verification.example import Example, ExampleActivity, ExampleCall
from classify.verification.rules import PipelineRules
from models.vocabulary.verdict import Verdict

_ZONE = ZoneInfo("Europe/Moscow")  # examples tell the time there (docs/pipelines.md)


@dataclass(frozen=True, slots=True)
class ToldExample:
    """A deal in a few lines, and what it comes to."""

    lines: tuple[str, ...]
    verdict: Verdict


def told_example(
    example: Example, default: Verdict, rules: PipelineRules, words: Words
) -> ToldExample:
    """An example's deal: only what it says of its own."""
    lines = list(_deal(example, rules, words))
    happened = [(one.at, _call(one, words)) for one in example.calls]
    happened += [(one.at, _activity(one, words)) for one in example.activities]
    lines += [line for _, line in sorted(happened, key=lambda one: _local(one[0]))]
    if not lines:
        lines = [words("rules.example.nothing")]
    return ToldExample(tuple(lines), example.verdict or default)


def _deal(example: Example, rules: PipelineRules, words: Words) -> Iterator[str]:
    told = example.model_fields_set
    for name in ("created", "as_of", "recordings_since"):
        if name in told:
            yield words(f"rules.example.{name}", at=_at(getattr(example, name), words))
    if "source" in told:
        yield words("rules.example.source", what=example.source)
    for stage in rules.stages:
        if stage.key == example.stage:
            yield words("rules.example.stage", what=stage_name(stage, words))
    if example.amount is not None:
        yield words("rules.example.amount", what=looks.money(example.amount, "RUB"))
    yield from (_field(*one, words) for one in example.fields.items())
    if example.company:
        what = "; ".join(_field(*one, words) for one in example.company.items())
        yield words("rules.example.company", what=what)
    if "contacts" in told:
        yield from _contacts(example, words)


def _contacts(example: Example, words: Words) -> Iterator[str]:
    if not example.contacts:
        yield words("rules.example.no_contacts")
    for one in example.contacts:
        dm = words("rules.example.dm") if one.decision_maker else ""
        yield words("rules.example.contact", name=one.name, dm=dm)


def _field(name: str, value: object, words: Words) -> str:
    label = words.of_code("rules.field", name)
    label = label[:1].upper() + label[1:]
    return words("rules.example.field", name=label, what=value_words(value, words))


def _call(call: ExampleCall, words: Words) -> str:
    at = _at(call.at, words)
    if not call.recorded:
        return words("rules.example.unrecorded", at=at)
    said = [
        action_words(one.type, one.status, words)
        + "".join(f" ({_slot(value, words)})" for value in one.slots.values())
        for one in call.actions
    ]
    what = "; ".join(said) or words.of_code("rules.outcome", call.outcome.value)
    if call.decision_maker:
        what += words("rules.example.dm")
    return words("rules.example.call", at=at, what=what)


def _slot(value: object, words: Words) -> str:
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return str(value)
    if len(str(value)) == len("2026-11-17"):
        return looks.day(_local(moment), _ZONE, words.language, _other_day(moment))
    return _at(moment, words)


def _activity(activity: ExampleActivity, words: Words) -> str:
    parts = [words.of_code("rules.activity", activity.type.value)]
    if activity.about.value not in ("other", activity.type.value):
        parts[0] += words("rules.check.about", what=words.of_code("rules.about", activity.about))
    if activity.direction is not None:
        parts[0] += words(f"rules.check.direction.{activity.direction}")
    if activity.amount is not None:
        parts.append(looks.money(activity.amount, "RUB"))
    if activity.due_at is not None:
        parts.append(words("rules.example.due", at=_at(activity.due_at, words)))
    told = (activity.subject, activity.text, activity.place, activity.result)
    parts += [f"«{one}»" for one in told if one]
    if not activity.done:
        parts.append(words("rules.example.planned"))
    return words("rules.example.activity", at=_at(activity.at, words), what=", ".join(parts))


def _at(moment: datetime, words: Words) -> str:
    return looks.moment(_local(moment), _ZONE, words.language, _other_day(moment))


def _local(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=_ZONE)


def _other_day(moment: datetime) -> datetime:
    """A day of the same year, so that neither the year nor only the hour is shown."""
    return datetime(moment.year, moment.month % 12 + 1, 15, tzinfo=_ZONE)
