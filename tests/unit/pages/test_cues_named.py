"""Every cue that the engine can give, and every slot, has a name in both languages."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

import classify
from api.languages import LANGUAGES
from api.pages.cues import cue_in_words
from api.pages.wording import Words, words_of
from classify.judge.answer import ALONE
from classify.judge.merging import OTHER_END, SILENT
from models.vocabulary.action import ActionStatus, ActionType

ENGINE = Path(classify.__file__).parent
ACTIONS = Path(__file__).parents[3] / "docs" / "actions.md"
# Cues of one word that an action is given where the engine speaks of a document or of who calls.
BARE = ("own name", "company", "proposal", "contract", "invoice", "act", "other", "vote 0.72")


def _trees() -> Iterator[ast.AST]:
    for folder in ("actions", "votes"):
        for path in sorted((ENGINE / folder).glob("*.py")):
            yield ast.parse(path.read_text(encoding="utf-8"))


def _written(node: ast.AST) -> Iterator[str]:
    """The cues that the code writes out: as what is given to an action, or why a sum counts."""
    if isinstance(node, ast.Call):
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        told = [str(a.value) for a in node.args if isinstance(a, ast.Constant)]
        if name == "Hit" and len(told) > 1 and told[0] == "":
            yield f": {told[-1]}"
        for keyword in node.keywords:
            if keyword.arg == "cues" and isinstance(keyword.value, ast.Tuple):
                yield from _heads(keyword.value.elts)
    if isinstance(node, ast.FunctionDef) and node.name in {"_why", "_of_order", "_standing"}:
        for one in ast.walk(node):
            value = one.value if isinstance(one, ast.Return) else None
            for part in (value, getattr(value, "body", None)):
                if isinstance(part, ast.Constant) and isinstance(part.value, str) and part.value:
                    yield part.value


def _heads(parts: list[ast.expr]) -> Iterator[str]:
    for part in parts:
        first = part.values[0] if isinstance(part, ast.JoinedStr) else part
        if isinstance(first, ast.Constant) and not str(first.value).startswith("vote"):
            yield str(first.value)


def _cues() -> set[str]:
    written = {cue for tree in _trees() for node in ast.walk(tree) for cue in _written(node)}
    heard = {
        f"{path.stem}.{cue}: pattern"
        for path in sorted(ENGINE.glob("phrases/*/*.yaml"))
        for cue in yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader).get("cues") or {}
    }
    assert {"courtesies.greeting: pattern", "reaction.doubt: pattern"} <= heard
    judged = {ALONE, SILENT, "judge.agrees", f"{OTHER_END} declined"}
    return written | heard | judged | set(BARE)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_cue_has_a_name(language: str) -> None:
    words, known = Words(language), set(words_of(language).values())
    cues = _cues()
    assert {"the agent names a price", "a sum in a talk about the order"} <= cues
    assert {": taken as a yes", "accepted: ", "the client has the proposal"} <= cues
    for cue in sorted(cues):
        assert cue_in_words(cue, words) in known, cue


def test_a_cue_is_told_without_its_pattern_and_by_its_family_where_it_has_no_name() -> None:
    russian, english = Words("ru"), Words("en")
    assert cue_in_words("courtesies.greeting: добрый день", russian) == "слова приветствия"
    assert cue_in_words("vote 0.72: greeting 0.4", english) == "sounds like the same in other calls"
    assert cue_in_words("payment.unheard_of: оплат*", english) == "words about payment"
    assert cue_in_words(": no after a time", english) == "a no to the time"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_action_status_and_slot_has_a_name(language: str) -> None:
    words = words_of(language)
    for group, codes in (("action", ActionType), ("status", ActionStatus)):
        assert {f"codes.{group}.{one.value}" for one in codes} <= words.keys()
    table = ACTIONS.read_text(encoding="utf-8").partition("## The list")[2]
    rows = [line.split("|") for line in table.splitlines() if line.startswith("| `")]
    slots = {slot for row in rows for slot in re.findall("`(\\w+)`", row[4])}
    assert {"name", "kind", "part", "online", "channel"} <= slots
    assert {f"call.slot.{slot}" for slot in slots} <= words.keys()
