"""Reads a checklist file: the packaged one or a customer's own."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from classify.checklist.rules import Checklist
from models.rule_text import line_of, parse_rules, read_rule_text
from models.vocabulary.errors import InvalidInputError

PACKAGED = Path(__file__).parents[1] / "checklists"
USUAL = Path("sales_call")
_REMEDY = "docs/checklist.md describes the form."


def load_checklist(own: Path | None) -> Checklist:
    """The customer's checklist (a file, or a packaged one by its name), else the usual one.

    Raises:
        InvalidInputError: the file cannot be read or breaks the form; names file, line and key.
    """
    path = checklist_path(own)
    if path.is_dir():
        raise InvalidInputError(str(path), "is a folder", "Name the checklist's YAML file.")
    return parse_checklist(read_rule_text(path, _REMEDY), str(path))


def checklist_path(own: Path | None) -> Path:
    """The file that a name or a path means."""
    wanted = own or USUAL
    packaged = PACKAGED / f"{wanted}.yaml"
    return packaged if packaged.is_file() and not wanted.is_file() else wanted


def parse_checklist(text: str, place: str) -> Checklist:
    """The checklist in a YAML text; `place` names it in errors.

    Raises:
        InvalidInputError: no YAML, an unknown or wrong key, an id given twice.
    """
    checklist = parse_rules(Checklist, text, place, _REMEDY)
    times = Counter(item.id for item in checklist.items)
    for at, item in enumerate(checklist.items):
        if times[item.id] > 1:
            line = line_of(text, ("items", at, "id"))
            problem = f"the item `{item.id}` (line {line}) stands {times[item.id]} times"
            raise InvalidInputError(place, problem, "Ids are used once: rename or remove one.")
    return checklist
