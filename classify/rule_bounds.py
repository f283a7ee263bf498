"""What a text of rules may cost to read, and whether it is YAML: found out before it is read.

Nothing in a text is executed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import yaml

from models.rule_text import composed

LONGEST = 200_000  # characters
_MOST_PARTS, _MOST_NODES, _DEEPEST = 20_000, 60_000, 40
_QUICK = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # reads the same, many times faster
Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: `code` names the sentence, `values` go into it."""

    code: str
    path: Path = ()
    line: int | None = None
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def place(self) -> str:
        """The path as people write it: ``stages[2].requirements[0].check``."""
        parts = [f"[{step + 1}]" if isinstance(step, int) else f".{step}" for step in self.path]
        return "".join(parts).removeprefix(".")


def too_much(text: str) -> list[Fault]:
    """Whether a text is no YAML, or small to write and endless to read."""
    if len(text) > LONGEST:
        return [Fault("too_long", values={"most": str(LONGEST // 1000)})]
    try:
        fault = _endless(text)
        if fault is None:
            node = composed(text)
            fault = _bounded(node) if node is not None else Fault("empty", line=1)
    except yaml.MarkedYAMLError as error:
        return [not_yaml(error)]
    except yaml.YAMLError:
        return [Fault("not_text")]
    except RecursionError:
        return [Fault("too_deep")]
    return [fault] if fault is not None else []


def _endless(text: str) -> Fault | None:
    """Whether a text is nested so deeply, or has so many parts, that reading on would cost much."""
    depth = 0
    for parts, event in enumerate(yaml.parse(text, Loader=_QUICK)):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            return Fault("too_deep", line=_line_at(event))
        if parts > _MOST_PARTS:
            return Fault("too_much", line=_line_at(event))
    return None


def _line_at(event: yaml.Event) -> int | None:
    return event.start_mark.line + 1 if event.start_mark else None


def not_yaml(error: yaml.MarkedYAMLError) -> Fault:
    """What YAML itself does not take."""
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark else None
    return Fault("not_yaml", line=line, values={"reason": error.problem or ""})


def _bounded(root: yaml.Node) -> Fault | None:
    """Counts what the text unfolds to: aliases can make a page of text endless."""
    sizes: dict[int, int] = {}

    def size(node: yaml.Node, depth: int, above: frozenset[int]) -> int:
        if depth > _DEEPEST or id(node) in above:
            raise RecursionError
        if id(node) not in sizes:
            within = above | {id(node)}
            sizes[id(node)] = 1 + sum(size(one, depth + 1, within) for one in _children(node))
        return sizes[id(node)]

    if size(root, 0, frozenset()) > _MOST_NODES:
        return Fault("too_much")
    return next(_twice_in_mapping(root), None)


def _children(node: yaml.Node) -> list[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        return [one for pair in node.value for one in pair]
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []


def _twice_in_mapping(root: yaml.Node) -> Iterator[Fault]:
    seen: set[int] = set()
    left = [root]
    while left:
        node = left.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        left += _children(node)
        if isinstance(node, yaml.MappingNode):
            keys: set[str] = set()
            for key, _ in node.value:
                name = str(key.value)
                if name in keys and name != "<<":
                    yield Fault("key_twice", (name,), key.start_mark.line + 1, {"name": name})
                keys.add(name)


def odd_value(text: str) -> Fault:
    """Which value looks like a date or a number and is none."""
    loader = yaml.SafeLoader("")
    left, seen = [composed(text)], set()
    while left:
        node = left.pop()
        if node is None or id(node) in seen:
            continue
        seen.add(id(node))
        left += _children(node)
        if isinstance(node, yaml.ScalarNode):
            try:
                loader.construct_object(node)
            except (ValueError, OverflowError):
                line = node.start_mark.line + 1
                return Fault("odd_value", line=line, values={"found": str(node.value)[:60]})
    return Fault("odd_value", values={"found": ""})
