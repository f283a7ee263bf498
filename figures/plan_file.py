"""Reads plan files: the packaged one and a customer's own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from figures.plan_form import Item, Paid, Plan
from models.rule_text import line_of, parse_rules, read_rule_text
from models.vocabulary.errors import InvalidInputError

PACKAGED = Path(__file__).parent / "plans"
_SUFFIXES = (".yaml", ".yml")
_REMEDY = "docs/plans.md describes the form."


def load_plans(own_folder: Path | None) -> Mapping[str, Plan]:
    """The plans by the template (rule file) of the pipelines that they are for.

    An own plan replaces the packaged one of its template.

    Raises:
        InvalidInputError: the folder or a file cannot be read or breaks the form, or two own
            files are for one template; names file, line and key.
    """
    plans = {plan.template: plan for plan in map(read_plan, _files(PACKAGED))}
    if own_folder is None:
        return plans
    if not own_folder.is_dir():
        raise InvalidInputError(
            str(own_folder), "is no folder", "Name the folder with your plan files."
        )
    own: dict[str, Path] = {}
    for path in _files(own_folder):
        plan = read_plan(path)
        if plan.template in own:
            problem = f"is for `{plan.template}`, as {own[plan.template]} is"
            raise InvalidInputError(str(path), problem, "Keep one of them.")
        own[plan.template] = path
        plans[plan.template] = plan
    return plans


def read_plan(path: Path) -> Plan:
    """One plan file, checked.

    Raises:
        InvalidInputError: it cannot be read or breaks the form.
    """
    return parse_plan(read_rule_text(path, _REMEDY), str(path))


def parse_plan(text: str, place: str) -> Plan:
    """The plan in a YAML text; `place` names it in errors.

    Raises:
        InvalidInputError: no YAML, an unknown or wrong key, an id given twice, a goal that is
            another item's number where there is no such item or it counts something else.
    """
    plan = parse_rules(Plan, text, place, _REMEDY)
    for at, key, problem, remedy in _faults(plan):
        line = line_of(text, ("items", at, *key))
        raise InvalidInputError(place, f"line {line}: {problem}", remedy)
    return plan


def _faults(plan: Plan) -> Iterator[tuple[int, tuple[str, ...], str, str]]:
    times = Counter(item.id for item in plan.items)
    for at, item in enumerate(plan.items):
        if times[item.id] > 1:
            problem = f"the item `{item.id}` stands {times[item.id]} times"
            yield at, ("id",), problem, "Ids are used once: rename or remove one."
        name = item.goal.same_as if item.goal is not None else None
        if name is None:
            continue
        other, key = plan.item(name), ("goal", "same_as")
        if other is None or other.id == item.id:
            known = ", ".join(one.id for one in plan.items if one.id != item.id)
            yield at, key, f"`same_as` names no other item: `{name}`", f"Use one of {known}."
        elif other.goal is not None and other.goal.same_as is not None:
            problem = f"`{other.id}` is itself the same as `{other.goal.same_as}`"
            yield at, key, problem, "Name the item that has a goal of its own."
        elif _counted(item) != _counted(other):
            problem = f"`{item.id}` and `{other.id}` count different things"
            yield at, key, problem, "Use items that both count deals, calls or money."


def _counted(item: Item) -> str:
    """What an item counts, as far as numbers of one can be a goal of the other."""
    if isinstance(item.measure, Paid) and item.measure.of == "money":
        return item.measure.currency
    return "hours" if item.measure.kind in {"hours", "repeat_conversations"} else "number"


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.suffix in _SUFFIXES)
