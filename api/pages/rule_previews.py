"""What a draft of rules would turn over: how far the preview has come, and what it found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.responses import Response

from api.access.gate import Visitor, having
from api.pages.pages import Rendering
from api.pages.rule_book import InForce, checked, rules_in_force
from api.pages.rule_names import stage_name, title_of
from api.pages.rules import not_found, unreadable
from api.pages.wording import Words
from models.session import reading
from models.store.rule_previews import (
    count_flips,
    flips_of,
    is_set_aside,
    load_preview,
    newest_verdicts,
)
from models.store.rules import load_draft, text_digest
from models.tables import CallRow, CrmRow, DealRow
from models.vocabulary.access import Right
from models.vocabulary.errors import InvalidInputError
from models.vocabulary.rules import (
    PREVIEW_STEPS,
    Flip,
    FlipCount,
    FlipKind,
    PreviewState,
    RulePreview,
)

routes = APIRouter(include_in_schema=False)
Editing = Annotated[Visitor, Depends(having(Right.RULES))]
_PAGE = 100  # flips shown at a time


@dataclass(frozen=True, slots=True)
class ToldFlip:
    """A flip, or many alike, in words."""

    what: str
    before: str
    after: str
    kind: FlipKind
    flip: Flip | None = None
    count: FlipCount | None = None


@dataclass(frozen=True, slots=True)
class OfDeal:
    """What flips in one deal; `call` is the row of a call without a deal."""

    deal_id: str | None
    name: str
    call: int | None
    flips: list[ToldFlip]


@routes.get("/rules/{pipeline}/previews/{number}")
def preview_page(  # noqa: PLR0913 - which part of it
    request: Request,
    pages: Rendering,
    visitor: Editing,
    pipeline: str,
    number: int,
    *,
    after: Annotated[int, Query(ge=0)] = 0,
    decided: bool = False,
    part: bool = False,
) -> Response:
    """A preview; `part` is only the piece of it that is fetched again until it is done."""
    words = Words(pages.language(request, visitor))
    try:
        with reading(pages.service.database()) as session:
            one = rules_in_force(session, pages.service.settings).get(pipeline)
            preview = load_preview(session, number)
            if one is None or preview is None or preview.pipeline != pipeline:
                return not_found(request, pages)
            context = _found(session, visitor, one, preview, words, after=after, decided=decided)
    except InvalidInputError as error:
        return unreadable(request, pages, visitor, error)
    template = "rule_preview_part.html.j2" if part else "rule_preview.html.j2"
    return pages.page(
        request,
        template,
        visitor,
        section="rules",
        one=one,
        preview=preview,
        steps=PREVIEW_STEPS,
        after=after,
        decided=decided,
        **context,
    )


def _found(  # noqa: PLR0913 - whose view of what
    session: Session,
    visitor: Visitor,
    one: InForce,
    preview: RulePreview,
    words: Words,
    *,
    after: int,
    decided: bool,
) -> dict[str, Any]:
    """What the page shows of a preview: how it stands, and once it is done what flips."""
    draft = load_draft(session, one.pipeline)
    running = preview.state in (PreviewState.WAITING, PreviewState.RUNNING)
    found: dict[str, Any] = {
        "running": running,
        "aside": running and is_set_aside(session, preview.id),
        "stale": [],
        "counts": [],
        "deals": [],
        "further": None,
        "draft": draft,
    }
    if preview.state is not PreviewState.DONE:
        return found
    if preview.judged != newest_verdicts(session):
        found["stale"].append("rules.stale_verdicts")
    if preview.against != one.version:
        found["stale"].append("rules.stale_rules")
    if preview.follows_file:
        tried_now, stale = one.file, "rules.stale_file"
    else:
        tried_now, stale = (draft.text if draft else None), "rules.stale_draft"
    if tried_now is not None and text_digest(tried_now) != preview.digest:
        found["stale"].append(stale)
    names = _Names(one, preview, words)
    counts = count_flips(session, preview.id, visitor.reach)
    flips = flips_of(
        session, preview.id, visitor.reach, after=after, decided=decided, most=_PAGE + 1
    )
    found["counts"] = [names.told(each, count=each) for each in counts]
    found["flips"] = sum(each.flips for each in counts)
    found["of_decided"] = sum(each.decided for each in counts)
    found["further"] = flips[_PAGE - 1][0] if len(flips) > _PAGE else None
    found["deals"] = _by_deal(session, [flip for _, flip in flips[:_PAGE]], names, words)
    return found


class _Names:
    """What stages, requirements and flags are called in either text."""

    def __init__(self, one: InForce, preview: RulePreview, words: Words) -> None:
        drafted, _ = checked(preview.text)
        self._words = words
        self._stages: dict[str, str] = {}
        self._titles: dict[str, str] = {}
        for rules in (drafted, one.rules):
            for stage in rules.stages if rules else ():
                self._stages[stage.key] = stage_name(stage, words)
                self._titles |= {each.id: title_of(each, words) for each in stage.requirements}

    def told(self, one: Flip | FlipCount, **more: Any) -> ToldFlip:
        """A flip in words."""
        words = self._words
        values: Mapping[str, str]
        match one.kind:
            case FlipKind.STAGE:
                what, values = words("rules.kind.stage"), self._stages
            case FlipKind.REQUIREMENT:
                what = self._titles.get(one.subject, one.subject)
                values = self._codes("rules.verdict", one)
            case FlipKind.FLAG:
                what = words.of_code("codes.flag", one.subject)
                values = self._codes("rules.loudness", one)
        nothing = words("rules.nothing_there")
        before, after = (
            nothing if value is None else values.get(value, value)
            for value in (one.before, one.after)
        )
        return ToldFlip(what, before, after, one.kind, **more)

    def _codes(self, group: str, one: Flip | FlipCount) -> Mapping[str, str]:
        codes = [value for value in (one.before, one.after) if value is not None]
        return {code: self._words.of_code(group, code) for code in codes}


def _by_deal(session: Session, flips: Sequence[Flip], names: _Names, words: Words) -> list[OfDeal]:
    newest = select(CrmRow.id).order_by(CrmRow.as_of.desc()).limit(1).scalar_subquery()
    deals = sorted({flip.deal_id for flip in flips if flip.deal_id})
    named = select(DealRow.id, DealRow.name).where(DealRow.crm == newest, DealRow.id.in_(deals))
    called = dict(session.execute(named).all())
    calls = sorted({flip.call_id for flip in flips if flip.call_id and not flip.deal_id})
    numbered = select(CallRow.call_id, CallRow.id).where(
        CallRow.call_id.in_(calls), CallRow.current
    )
    rows = dict(session.execute(numbered).all())
    found = []
    for (deal, call), some in groupby(flips, key=lambda flip: (flip.deal_id, _strangers(flip))):
        name = called.get(deal, deal) if deal else words("rules.no_deal")
        told = [names.told(flip, flip=flip) for flip in some]
        found.append(OfDeal(deal, name, rows.get(call or ""), told))
    return found


def _strangers(flip: Flip) -> str | None:
    return None if flip.deal_id else flip.call_id
