"""Pipelines: the board's stages, and the rules that deals on it are judged by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Request
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.responses import Response

from api.pages.rule_book import InForce, rules_in_force
from api.pages.rule_names import stage_name
from api.pages.rule_sentences import evidence_kinds, told_check
from api.pages.wording import Words
from api.v1 import examples
from api.v1.describing import told
from api.v1.keys import Caller, Reads
from api.v1.listing import Fields, Paged, Since, answered, chosen, chosen_fields
from api.v1.problems import ProblemError
from api.v1.reading import Json, Language, current_rows, moment, not_found, share
from api.v1.rule_shapes import Pipeline, PipelineWithRules
from api.v1.shapes import Page
from classify.pipeline_file import load_pipelines
from classify.verification.check_kinds import Check
from classify.verification.rules import PipelineRules, Requirement
from classify.verification.ties import rules_for
from models.store.current import Current
from models.store.decisions import Precision, distrusted_kinds, measured_precision
from models.store.mapping import plain, word_of
from models.tables import PipelineRow
from models.vocabulary.deal import Pipeline as Board
from models.vocabulary.errors import InvalidInputError
from models.vocabulary.keys import Scope
from models.vocabulary.verdict import FlagKind, Verdict

routes = APIRouter(prefix="/api/v1", tags=["pipelines"])
PipelineId = Annotated[str, Path(max_length=200, examples=["p1"], description="the CRM's id")]


@dataclass(frozen=True, slots=True)
class _RuleBook:
    """The rules in force, by all names that boards call them."""

    rules: Mapping[str, InForce]
    names: Mapping[str, PipelineRules]

    def of(self, board: Board) -> InForce | None:
        """What a board's deals are judged by."""
        try:
            return self.rules[rules_for(board, self.names).template]
        except InvalidInputError:
            return None


@dataclass(frozen=True, slots=True)
class _Judged:
    """A board, what its deals are judged by, and since when both are as they are."""

    position: int
    board: Board
    rules: InForce | None
    changed_at: datetime


@routes.get(
    "/pipelines",
    **told(
        Scope.READ, Page[Pipeline], examples.page(examples.PIPELINE), problems=["rules_unreadable"]
    ),
)
def list_pipelines(caller: Reads, page: Paged, updated_since: Since = None) -> Response:
    """Lists the CRM's pipelines in its order, with their stages and the edition in force."""
    after = page.after([int])
    with current_rows(caller) as (session, current):
        if current is None:
            return page.answer(Pipeline, (), None)
        book = _rule_book(session, caller)
        rows = session.scalars(
            select(PipelineRow).where(PipelineRow.crm == current.crm).order_by(PipelineRow.position)
        )
        pipelines = [_judged(row, book) for row in rows]
    if updated_since is not None:
        pipelines = [one for one in pipelines if one.changed_at >= updated_since]
    shown, last = page.part(pipelines, lambda one: (one.position,), after)
    return page.answer(Pipeline, [_pipeline(one, current) for one in shown], last)


@routes.get(
    "/pipelines/{id}",
    **told(
        Scope.READ,
        PipelineWithRules,
        examples.PIPELINE | {"rules": examples.RULES},
        problems=["rules_unreadable"],
    ),
)
def read_pipeline(
    request: Request,
    caller: Reads,
    id: PipelineId,  # noqa: A002 - the address's word
    language: Language,
    fields: Fields = None,
) -> Response:
    """Gives a pipeline with what its stages demand, sentence by sentence.

    Beside each requirement stands how right the flags that it raises were so far.
    """
    wanted = chosen_fields(PipelineWithRules, fields)
    with current_rows(caller) as (session, current):
        if current is None:
            raise not_found("pipeline")
        row = session.scalar(
            select(PipelineRow).where(PipelineRow.crm == current.crm, PipelineRow.id == id)
        )
        if row is None:
            raise not_found("pipeline")
        one = _judged(row, _rule_book(session, caller))
        precision = measured_precision(session)
    access = caller.service.settings.access
    distrusted = distrusted_kinds(
        precision, trusted=access.trusted_precision, after=access.trusted_after
    )
    body = _pipeline(one, current) | {"rules": None}
    if one.rules is not None:
        telling = _Telling(precision, distrusted, Words(language))
        body["rules"] = telling.rules(one.rules, current)
    return answered(request, chosen(body, wanted))


def _rule_book(session: Session, caller: Caller) -> _RuleBook:
    settings = caller.service.settings
    try:
        rules = rules_in_force(session, settings)
        names = load_pipelines(settings.verification.pipelines_folder)
    except InvalidInputError as error:
        problem = "a rule file or an edition cannot be read; the page `/rules` says what is wrong"
        raise ProblemError("rules_unreadable", problem) from error
    return _RuleBook(rules, {**names, **{name: one.rules for name, one in rules.items()}})


def _judged(row: PipelineRow, book: _RuleBook) -> _Judged:
    board = word_of(Board, vars(row), UTC)
    rules = book.of(board)
    edition = rules.edition if rules is not None else None
    changed_at = row.changed_at if edition is None else max(row.changed_at, edition.at)
    return _Judged(row.position, board, rules, changed_at)


def _pipeline(one: _Judged, current: Current) -> Json:
    return {
        "id": one.board.id,
        "name": one.board.name,
        "template": one.board.template,
        "stages": plain(one.board.stages),
        "edition": one.rules.version if one.rules is not None else None,
        "changed_at": moment(one.changed_at, current.zone),
    }


@dataclass(frozen=True, slots=True)
class _Telling:
    """How rules are told: in which words, and how right the flags of each kind were."""

    precision: Mapping[str, Precision]
    distrusted: frozenset[str]
    words: Words

    def rules(self, one: InForce, current: Current) -> Json:
        """All that a pipeline's stages demand."""
        edition = one.edition
        return {
            "template": one.rules.template,
            "name": getattr(one.rules.name, self.words.language),
            "published_at": moment(edition.at, current.zone) if edition is not None else None,
            "published_by": edition.who if edition is not None else None,
            "stages": [
                {
                    "key": stage.key,
                    "name": stage_name(stage, self.words),
                    "requirements": [self._demand(each) for each in stage.requirements],
                }
                for stage in one.rules.stages
            ],
        }

    def _demand(self, one: Requirement) -> Json:
        return {
            "id": one.id,
            "severity": one.severity.value,
            "title": getattr(one.title, self.words.language),
            "demands": self._sentence(one.check),
            "applies_when": self._sentence(one.applies_when) if one.applies_when else None,
            "depends_on": list(one.depends_on),
            "proved_by": evidence_kinds(one.check),
            "flags": [self._flag(verdict, kind) for verdict, kind in one.raises()],
        }

    def _sentence(self, check: Check) -> Json:
        return asdict(told_check(check, self.words))

    def _flag(self, verdict: Verdict | None, kind: FlagKind) -> Json:
        measured = self.precision.get(kind.value, Precision(0, 0))
        return {
            "kind": kind.value,
            "verdict": verdict.value if verdict is not None else None,
            "decided": measured.decided,
            "precision": share(measured.share),
            "advice": kind.value in self.distrusted,
        }
