"""A rule file's text becomes a checked form; what is wrong is told with file, line and key."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from models.vocabulary.errors import InvalidInputError

Form = TypeVar("Form", bound=BaseModel)


def read_rule_text(path: Path, remedy: str) -> str:
    """The text of a rule file.

    Raises:
        InvalidInputError: it cannot be read or is no UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInputError(str(path), f"cannot be read: {error}", remedy) from error


def parse_rules(form: type[Form], text: str, place: str, remedy: str) -> Form:
    """The rules in a YAML text as `form`; `place` names the text in errors.

    Raises:
        InvalidInputError: no YAML, or a key or value that the form does not know; names the
            place, the line, the key and what was expected.
    """
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise InvalidInputError(place, f"is not YAML: {error}", remedy) from error
    except (ValueError, OverflowError, RecursionError) as error:
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise InvalidInputError(place, f"cannot be read: {reason}", remedy) from error
    try:
        return form.model_validate(document)
    except ValidationError as error:
        raise _first_problem(error, text, place, remedy) from error


def _first_problem(error: ValidationError, text: str, place: str, remedy: str) -> InvalidInputError:
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"]) or "the document"
    problem = f"`{where}` (line {line_of(text, first['loc'])}): "
    problem += f"{first['msg'][:1].lower()}{first['msg'][1:]}"
    if "input" in first and first["type"] != "missing":
        problem += f", found {str(first['input'])[:60]!r}"
    return InvalidInputError(place, problem, remedy)


@lru_cache(maxsize=4)
def composed(text: str) -> yaml.Node | None:
    """A text as YAML's nodes, which know their lines; nobody may change them."""
    return yaml.compose(text, Loader=yaml.SafeLoader)


def line_of(text: str, path: Sequence[str | int]) -> int:
    """The line (from 1) on which the key or the list's entry at `path` stands.

    Steps of the path that are not in the text (a missing key, the name of a kind) are left
    out, so that the nearest enclosing line is given.
    """
    node = composed(text)
    line = node.start_mark.line + 1 if node is not None else 1
    for step in path:
        if isinstance(node, yaml.SequenceNode) and isinstance(step, int):
            if step >= len(node.value):
                break
            node = node.value[step]
            line = node.start_mark.line + 1
        elif isinstance(node, yaml.MappingNode):
            pairs = [(key, value) for key, value in node.value if key.value == str(step)]
            for key, value in pairs[:1]:
                node, line = value, key.start_mark.line + 1
    return line
