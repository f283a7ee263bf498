"""The rules as the pages know them: editions that were published, in front of the rule files."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.pages.wording import Words
from classify.pipeline_file import load_pipelines, parse_pipeline, rule_texts
from classify.rule_faults import Fault, read_rules
from classify.verification.rules import PipelineRules
from classify.verification.ties import LOST, NO_STAGE
from core.settings import Settings
from models.rule_text import line_of
from models.store.rules import editions_in_force
from models.tables import CrmRow, PipelineRow
from models.vocabulary.rules import RuleEdition

_MOST_LINES = 600  # of a difference


@dataclass(frozen=True, slots=True)
class InForce:
    """The rules that a pipeline is judged by.

    `edition` is the newest one, ``None`` where nobody ever published any; `file` is what the rule
    file says, ``None`` where there is none of the template any more.
    """

    pipeline: str
    text: str
    rules: PipelineRules
    edition: RuleEdition | None
    file: str | None

    @property
    def version(self) -> int:
        """The newest edition's version; 0 where there is none."""
        return self.edition.version if self.edition else 0

    @property
    def follows_file(self) -> bool:
        """Whether deals are judged by the rule file, as it is now."""
        return self.edition is None or self.edition.follows_file


def rules_in_force(session: Session, settings: Settings) -> dict[str, InForce]:
    """By template, what deals are judged by.

    Raises:
        InvalidInputError: a file or an edition cannot be read any more.
    """
    folder = settings.verification.pipelines_folder
    texts = _texts(folder, _state_of(folder))
    editions = editions_in_force(session)
    found = {}
    for name in sorted({*texts, *editions}):
        edition, file = editions.get(name), texts.get(name)
        own = edition if edition and not edition.follows_file else None
        text = own.text if own else file
        if text is not None:
            place = f"edition {own.version} of {name}" if own else name
            found[name] = InForce(name, text, _parsed(text, place), edition, file)
    return found


@lru_cache(maxsize=2)
def _texts(folder: Path | None, _state: tuple[tuple[str, int], ...]) -> Mapping[str, str]:
    """The texts of the rule files, read again when one of them changes."""
    return rule_texts(folder)


def _state_of(folder: Path | None) -> tuple[tuple[str, int], ...]:
    if folder is None or not folder.is_dir():
        return ()
    return tuple(sorted((path.name, path.stat().st_mtime_ns) for path in folder.iterdir()))


@lru_cache(maxsize=64)
def _parsed(text: str, place: str) -> PipelineRules:
    return parse_pipeline(text, place)


@lru_cache(maxsize=32)
def checked(text: str) -> tuple[PipelineRules | None, tuple[Fault, ...]]:
    """The rules in a text and what is wrong in it; a text is only looked at once."""
    rules, faults = read_rules(text)
    return rules, tuple(faults)


def faults_in(
    session: Session, settings: Settings, pipeline: str, text: str
) -> tuple[PipelineRules | None, list[Fault]]:
    """The same, and whether the text fits its pipeline and the CRM as it was read last."""
    rules, faults = checked(text)
    if rules is None:
        return None, list(faults)
    found = []
    if rules.template != pipeline:
        path = ("template",)
        found.append(Fault("other_template", path, line_of(text, path), {"expected": pipeline}))
    else:
        found = _unknown_to_crm(session, settings, rules)
    return (None if found else rules), found


def _unknown_to_crm(session: Session, settings: Settings, rules: PipelineRules) -> list[Fault]:
    """Stages that the CRM names by keys which the rules do not have: nothing could be judged."""
    names = {
        name
        for name, one in load_pipelines(settings.verification.pipelines_folder).items()
        if one.template == rules.template
    } | {rules.template}
    newest = select(CrmRow.id).order_by(CrmRow.as_of.desc()).limit(1).scalar_subquery()
    keys = {stage.key for stage in rules.stages}
    found = []
    for row in session.scalars(select(PipelineRow).where(PipelineRow.crm == newest)):
        if re.sub(r"^.*[\\/]|\.ya?ml$", "", row.template.strip()) not in names:
            continue
        for stage in row.stages:
            key = stage.get("key")
            known = {*keys, LOST, NO_STAGE}
            if key and stage.get("kind") != LOST and key not in known:
                values = {"stage": stage["name"], "pipeline": row.name, "name": key}
                found.append(Fault("crm_key", ("stages",), values=values))
    return found


def fault_words(fault: Fault, words: Words) -> str:
    """What is wrong, in a sentence."""
    values = dict(fault.values)
    if fault.code == "disproved":
        for name in ("expected", "found"):
            values[name] = words.of_code("rules.verdict", values[name])
    return words(f"rules.fault.{fault.code}", **values)


@dataclass(frozen=True, slots=True)
class DiffLine:
    """One line of a difference: `sign` is ``+``, ``-`` or empty; ``…`` where lines are left out."""

    sign: str
    old: int | None
    new: int | None
    text: str


def difference(old: str, new: str) -> tuple[list[DiffLine], int]:
    """What changed, line by line with three lines around, and how many lines are not shown."""
    before, after = old.splitlines(), new.splitlines()
    matcher = difflib.SequenceMatcher(None, before, after)
    lines: list[DiffLine] = []
    for group in matcher.get_grouped_opcodes(3):
        if lines:
            lines.append(DiffLine("…", None, None, ""))
        for tag, i1, i2, j1, j2 in group:
            if tag == "equal":
                lines += [DiffLine("", i + 1, i - i1 + j1 + 1, before[i]) for i in range(i1, i2)]
                continue
            lines += [DiffLine("-", i + 1, None, before[i]) for i in range(i1, i2)]
            lines += [DiffLine("+", None, j + 1, after[j]) for j in range(j1, j2)]
    return lines[:_MOST_LINES], max(0, len(lines) - _MOST_LINES)
