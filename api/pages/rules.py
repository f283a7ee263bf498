"""The pages on which the rules are read: in plain words, with their precision and examples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request, status
from starlette.responses import Response

from api.access.gate import Visitor, having
from api.pages.failing import failed
from api.pages.pages import Pages, Rendering
from api.pages.rule_book import difference, rules_in_force
from api.pages.rule_examples import ToldExample, told_example
from api.pages.rule_names import stage_name, title_of
from api.pages.rule_sentences import Told, action_noun, evidence_kinds, told_check
from api.pages.wording import Words
from classify.verification.rules import PipelineRules, Requirement
from models.session import reading
from models.store.decisions import Precision, distrusted_kinds, measured_precision
from models.store.rules import editions_of, load_drafts, load_edition
from models.vocabulary.access import Right
from models.vocabulary.errors import InvalidInputError
from models.vocabulary.verdict import FlagKind, Verdict

routes = APIRouter(include_in_schema=False)
Reading = Annotated[Visitor, Depends(having(Right.SEE, Right.RULES))]


@dataclass(frozen=True, slots=True)
class Measured:
    """How right the flags of each kind were, and the kinds that only advise because of it."""

    precision: Mapping[str, Precision]
    distrusted: frozenset[str]
    trusted: float


@dataclass(frozen=True, slots=True)
class RaisedFlag:
    """A kind of flag that a requirement raises, and when."""

    when: str
    precision: Precision | None
    demoted: bool


@dataclass(frozen=True, slots=True)
class ToldRequirement:
    """A requirement as the page tells it."""

    requirement: Requirement
    title: str
    check: Told
    applies: Told | None
    depends: tuple[str, ...]
    awaits: str
    evidence: tuple[str, ...]
    flags: tuple[RaisedFlag, ...]
    accuses: bool
    passes: ToldExample
    fails: ToldExample


@routes.get("/rules")
def rule_list(request: Request, pages: Rendering, visitor: Reading) -> Response:
    """All pipelines that deals are judged by."""
    try:
        with reading(pages.service.database()) as session:
            known = rules_in_force(session, pages.service.settings)
            drafts = load_drafts(session) if visitor.may(Right.RULES) else {}
    except InvalidInputError as error:
        return unreadable(request, pages, visitor, error)
    return pages.page(
        request,
        "rules.html.j2",
        visitor,
        section="rules",
        known=list(known.values()),
        drafts=drafts,
    )


@routes.get("/rules/{pipeline}")
def rule_page(
    request: Request, pages: Rendering, visitor: Reading, pipeline: str, done: str = ""
) -> Response:
    """One pipeline: its stages and what each demands."""
    service = pages.service
    try:
        with reading(service.database()) as session:
            one = rules_in_force(session, service.settings).get(pipeline)
            measured = _measured(pages, measured_precision(session))
            editions = editions_of(session, pipeline)
            draft = load_drafts(session).get(pipeline) if visitor.may(Right.RULES) else None
    except InvalidInputError as error:
        return unreadable(request, pages, visitor, error)
    if one is None:
        return not_found(request, pages)
    words = Words(pages.language(request, visitor))
    stages = [
        (stage, stage_name(stage, words), [
            _told(each, one.rules, measured, words) for each in stage.requirements
        ])
        for stage in one.rules.stages
    ]  # fmt: skip
    return pages.page(
        request,
        "rule_page.html.j2",
        visitor,
        section="rules",
        one=one,
        stages=stages,
        editions=editions,
        draft=draft,
        trusted=measured.trusted,
        done=done if done in ("published", "rolled_back", "follows_file", "discarded") else "",
    )


@routes.get("/rules/{pipeline}/editions/{version}")
def edition_page(
    request: Request, pages: Rendering, visitor: Reading, pipeline: str, version: int
) -> Response:
    """An edition, and how it differs from the one in force."""
    try:
        with reading(pages.service.database()) as session:
            one = rules_in_force(session, pages.service.settings).get(pipeline)
            edition = load_edition(session, pipeline, version)
    except InvalidInputError as error:
        return unreadable(request, pages, visitor, error)
    if one is None or edition is None:
        return not_found(request, pages)
    lines, more = difference(one.text, edition.text)
    return pages.page(
        request,
        "rule_edition.html.j2",
        visitor,
        section="rules",
        one=one,
        edition=edition,
        lines=lines,
        more=more,
    )


def not_found(request: Request, pages: Pages) -> Response:
    """There is nothing of that name."""
    return failed(pages, request, status.HTTP_404_NOT_FOUND, "errors.not_found")


def unreadable(
    request: Request, pages: Pages, visitor: Visitor, error: InvalidInputError
) -> Response:
    """A rule file or an edition that cannot be read: what is wrong, and where."""
    return pages.page(
        request,
        "rules_broken.html.j2",
        visitor,
        status=status.HTTP_503_SERVICE_UNAVAILABLE,
        section="rules",
        problem=str(error),
    )


def _measured(pages: Pages, precision: Mapping[str, Precision]) -> Measured:
    access = pages.service.settings.access
    distrusted = distrusted_kinds(
        dict(precision), trusted=access.trusted_precision, after=access.trusted_after
    )
    return Measured(precision, distrusted, access.trusted_precision)


def _told(
    one: Requirement, rules: PipelineRules, measured: Measured, words: Words
) -> ToldRequirement:
    titles = {each.id: title_of(each, words) for _, _, each in rules.requirements()}
    flags = _flags(one, measured, words)
    return ToldRequirement(
        requirement=one,
        title=titles[one.id],
        check=told_check(one.check, words),
        applies=told_check(one.applies_when, words) if one.applies_when else None,
        depends=tuple(titles[name] for name in one.depends_on),
        awaits=words("rules.or").join(action_noun(each, words) for each in one.awaits),
        evidence=tuple(evidence_kinds(one.check)),
        flags=flags,
        accuses=any(not flag.demoted for flag in flags),
        passes=told_example(one.examples.passes[0], Verdict.MET, rules, words),
        fails=told_example(one.examples.fails[0], Verdict.MISSING, rules, words),
    )


def _flags(one: Requirement, measured: Measured, words: Words) -> tuple[RaisedFlag, ...]:
    return tuple(
        RaisedFlag(
            _when(verdict, kind, words),
            measured.precision.get(kind.value),
            kind.value in measured.distrusted,
        )
        for verdict, kind in one.raises()
    )


def _when(verdict: Verdict | None, kind: FlagKind, words: Words) -> str:
    if verdict is None:
        return words("rules.flag_always", flag=_flag(kind, words))
    return words("rules.flag_when", verdict=_verdict(verdict, words), flag=_flag(kind, words))


def _verdict(verdict: Verdict, words: Words) -> str:
    return words.of_code("rules.verdict", verdict.value)


def _flag(kind: FlagKind, words: Words) -> str:
    return words.of_code("codes.flag", kind.value)
