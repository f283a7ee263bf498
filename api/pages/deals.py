"""The pages of deals: the list, and one deal with all that is known of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request, status
from starlette.responses import Response

from api.access.gate import Visitor, having
from api.pages.crm_written import WriteTeller
from api.pages.deal_story import story_of
from api.pages.deal_view import Board, Naming, board_of, coverage_of, demands_of, strip_of
from api.pages.failing import failed
from api.pages.pages import Pages, Rendering, current_run
from api.pages.rule_book import rules_in_force
from api.pages.wording import Words
from models.session import reading
from models.store.connection_figures import written_into
from models.store.deal_file import call_rows, load_deal_file
from models.store.deals import (
    BoardPipeline,
    Cursor,
    DealFilters,
    find_judging,
    list_deals,
    load_board,
    load_people,
)
from models.vocabulary.access import Right
from models.vocabulary.review import FindingState
from models.vocabulary.verdict import Gap

routes = APIRouter(include_in_schema=False)
Seeing = Annotated[Visitor, Depends(having(Right.SEE))]


@routes.get("/deals")
def deals(  # noqa: PLR0913, PLR0917 - one parameter per filter
    request: Request,
    pages: Rendering,
    visitor: Seeing,
    name: str = "",
    gap: str = "",
    pipeline: str = "",
    stage: str = "",
    person: str = "",
    after: Annotated[str, Query(max_length=64)] = "",
) -> Response:
    """The deals within reach, the most valuable first."""
    database, words = pages.service.database(), Words(pages.language(request, visitor))
    wanted = {"name": name.strip(), "gap": gap, "pipeline": pipeline, "stage": stage}
    wanted["person"] = person
    run = current_run(database)
    with reading(database) as session:
        judging = find_judging(session, run)
        if judging is None:
            return pages.page(request, "deals.html.j2", visitor, section="deals", lines=None)
        lines, more = list_deals(
            session, judging, _filters(wanted), visitor.reach, after=_cursor(after), most=50
        )
        board = load_board(session, judging.crm)
        names = load_people(session, judging.crm)
        people = load_people(session, judging.crm, visitor.reach)
    boards = _boards(pages, board, words)
    asked = {key: value for key, value in wanted.items() if value}
    going_on = asked | {"after": _written(lines[-1].cursor)} if more else None
    return pages.page(
        request,
        "deals.html.j2",
        visitor,
        section="deals",
        lines=lines,
        boards=boards,
        pipelines=board,
        names=names,
        people=people,
        gaps=list(Gap),
        wanted=wanted,
        filtered=bool(asked),
        begun=bool(after),
        first=f"/deals?{urlencode(asked)}",
        further=f"/deals?{urlencode(going_on)}" if going_on else None,
    )


def _filters(wanted: Mapping[str, str]) -> DealFilters:
    """What of the list is wanted; a word that there is not means all."""
    gap = wanted["gap"]
    return DealFilters(
        wanted["name"],
        Gap(gap) if gap in list(Gap) else None,
        wanted["pipeline"] or None,
        wanted["stage"] or None,
        wanted["person"] or None,
    )


@routes.get("/deals/{deal_id}")
def deal(request: Request, pages: Rendering, visitor: Seeing, deal_id: str) -> Response:
    """One deal: stages, requirements, what happened, what was not heard."""
    database, words = pages.service.database(), Words(pages.language(request, visitor))
    run, zone = current_run(database), pages.zone()
    region = pages.service.settings.pbx.region
    with reading(database) as session:
        judging = find_judging(session, run)
        file = None
        if judging is not None:
            file = load_deal_file(session, judging, deal_id, visitor.reach, zone, region=region)
        if judging is None or file is None:
            return failed(pages, request, status.HTTP_404_NOT_FOUND, "errors.not_found")
        named = [e.id for r in file.requirements for e in r.evidence if e.kind == "call"]
        named += [promise.call_id for promise in file.promises]
        rows = call_rows(session, judging, named, visitor.reach)
        pipelines = load_board(session, judging.crm)
        people = load_people(session, judging.crm)
        written = written_into(session, judging.crm_source, deal_id)
    board = _boards(pages, pipelines, words)[file.deal.pipeline_id]
    naming = Naming(board, people, rows, words, zone)
    teller = WriteTeller(words, people, pages.moment_words(request, visitor))
    newest, earlier = teller.told(written)
    to_look_at = [
        one
        for one in file.findings
        if one.withdrawn_at is None and one.state in (FindingState.OPEN, FindingState.OBJECTED)
    ]
    return pages.page(
        request,
        "deal.html.j2",
        visitor,
        section="deals",
        zone=zone,
        file=file,
        pipeline_name=next(one.name for one in pipelines if one.id == file.deal.pipeline_id),
        board=board,
        lost=file.deal.stage_id in board.lost,
        steps=strip_of(file, board),
        stages=demands_of(file, naming),
        story=story_of(file, naming),
        coverage=coverage_of(file),
        findings=to_look_at,
        settled=[one for one in file.findings if one not in to_look_at],
        people=people,
        written=newest,
        written_before=earlier,
        written_in=pages.service.settings.crm.language,
    )


def _boards(pages: Pages, pipelines: list[BoardPipeline], words: Words) -> dict[str, Board]:
    with reading(pages.service.database()) as session:
        in_force = rules_in_force(session, pages.service.settings)
    templates = {name: one.rules for name, one in in_force.items()}
    return {one.id: board_of(one, templates, words) for one in pipelines}


def _written(cursor: Cursor) -> str:
    return f"{'' if cursor.amount is None else repr(cursor.amount)}_{cursor.position}"


def _cursor(text: str) -> Cursor | None:
    """Where the list goes on; from the start where the address was meddled with."""
    amount, _, position = text.rpartition("_")
    try:
        return Cursor(float(amount) if amount else None, int(position))
    except ValueError:
        return None
