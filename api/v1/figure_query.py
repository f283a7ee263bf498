"""Any figure that a program asks for: measures cut by dimensions, of a closed set of words."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field
from starlette.responses import Response

from api.v1.describing import told
from api.v1.examples import page as page_of
from api.v1.figure_asking import Asked, AsOf, From, To, about, address, facts_of, wrong
from api.v1.figure_files import FileFormat, FormatOf, Table, file_answer, format_of, told_file
from api.v1.figure_shapes import PeriodOf, ShareOf
from api.v1.figures import row
from api.v1.keys import Caller, Reads
from api.v1.listing import Paged, Text, answered
from api.v1.reading import Json
from api.v1.shapes import Item, Page, Shape, Time
from core.columns import Column, ColumnKind
from figures.dimensions import DIMENSIONS
from figures.measures import MEASURES, Unit
from figures.query import Answer, Behind, Part, Question, QuestionError, answer, asked, behind
from figures.scope import NOBODY
from models.vocabulary.figures import Facts
from models.vocabulary.keys import Scope

routes = APIRouter(prefix="/api/v1/figures", tags=["sales"])
_MOST = 2000  # parts of one answer as JSON


class PartOf(Shape):
    """The numbers of one part."""

    key: dict[str, str | None] = Field(description="by dimension; `null`: there is none")
    numbers: dict[str, int | float | dict[str, float]] = Field(
        description="by measure; money by currency"
    )
    rows: dict[str, str] = Field(description="by measure, where its rows are listed")


class Answered(Shape):
    """The answer of a question."""

    as_of: Time
    period: PeriodOf
    rules: dict[str, str] = Field(description="the version of the rules of each pipeline")
    heard: ShareOf = Field(description="answered calls of the deals that were understood")
    overlapping: bool = Field(description="whether parts share rows and need not add up to `total`")
    parts: list[PartOf]
    total: PartOf


class Word(Shape):
    """A dimension or a measure."""

    name: str
    about: str
    of: list[str] = Field(description="what it counts, or may cut: deals, checks, calls...")
    unit: Unit | None = Field(description="what the number is; `null` of a dimension")
    overlapping: bool = Field(description="whether one thing may belong to several parts")


class Words(Shape):
    """All that may be asked with."""

    dimensions: list[Word]
    measures: list[Word]


class QueryRow(Item):
    """A row behind a number of an answer."""

    id: str
    deal_id: str | None
    deal: str | None
    calls: str | None
    call_id: str | None
    call: str | None
    what: str | None = Field(description="the requirement, or what was promised")
    amount: float | None
    currency: str | None


class AskedOf(Asked):
    """As of when, of which time, and only what has these values."""

    def __init__(  # noqa: PLR0913, PLR0917 - parameters of an address
        self,
        as_of: AsOf = None,
        begins: From = None,
        ends: To = None,
        pipeline: Text = None,
        stage: Text = None,
        verified_stage: Text = None,
        standing: Text = None,
        status: Text = None,
        currency: Text = None,
        manager: Text = None,
        role: Text = None,
        source: Text = None,
        week: Text = None,
        month: Text = None,
        requirement: Text = None,
        verdict: Text = None,
        outcome: Text = None,
        promise: Text = None,
        promised_by: Text = None,
        state: Text = None,
    ) -> None:
        super().__init__(as_of, begins, ends)
        given = {name: value for name, value in locals().items() if name in DIMENSIONS}
        self.where = {name: value for name, value in given.items() if value is not None}


Wheres = Annotated[AskedOf, Depends()]
Measures = Annotated[
    str,
    Query(
        max_length=300,
        description="names of measures, with commas",
        examples=["deals,proved,unproved,unknown"],
    ),
]
By = Annotated[
    str,
    Query(max_length=100, description="names of dimensions, with commas", examples=["manager"]),
]
_EXAMPLE: Json = {
    "as_of": "2026-11-20T18:00:00+03:00",
    "period": {"start": "2026-08-24T00:00:00+03:00", "end": "2026-11-20T18:00:00+03:00"},
    "rules": {"p1": "9f1c0a9be37d"},
    "heard": {"count": 38, "of": 40, "value": 0.95, "interval": [0.835, 0.986]},
    "overlapping": False,
    "parts": [
        {
            "key": {"manager": "u101"},
            "numbers": {"deals": 12, "money": {"RUB": 3600000.0}},
            "rows": {"deals": "/api/v1/figures/rows?measure=deals&manager=u101"},
        }
    ],
    "total": {"key": {}, "numbers": {"deals": 12, "money": {"RUB": 3600000.0}}, "rows": {}},
}
_WORD: Json = {"of": ["deals"], "unit": None, "overlapping": False}
_WORDS: Json = {
    "dimensions": [{"name": "manager", "about": "the CRM's id of who works on it", **_WORD}],
    "measures": [{"name": "deals", "about": "deals, each once", **_WORD, "unit": "count"}],
}
_ROW: Json = {
    "id": "1001",
    "deal_id": "1001",
    "deal": "/api/v1/deals/amocrm/1001",
    "calls": "/api/v1/calls?deal_id=1001",
    "call_id": None,
    "call": None,
    "what": None,
    "amount": 300000.0,
    "currency": "RUB",
}


@routes.get("/query", **told_file(told(Scope.READ, Answered, _EXAMPLE, problems=["no_room"])))
def read_query(  # noqa: PLR0913, PLR0917 - parameters of an address
    request: Request,
    caller: Reads,
    where: Wheres,
    measures: Measures,
    by: By = "",
    format: FormatOf = None,  # noqa: A002 - the address's word
) -> Response:
    """Answers a question: measures, cut by dimensions, of what happened in a period.

    Deals and their requirements lie in a period by the first contact, calls by their beginning,
    promises by when they were made, payments by when they came in. A filter is a dimension with
    its value; `-` asks for what has none.
    """
    wanted = format_of(request, format)
    facts, given = _answered(caller, where, _names(measures), _names(by))
    if wanted is not FileFormat.JSON:
        return file_answer(caller, _table(given), wanted)
    if len(given.parts) > _MOST:
        raise wrong("by", f"gives {len(given.parts)} parts; ask for less, or as a CSV file")
    period = given.question.period
    assert period is not None  # noqa: S101 - a question of the API always has one
    here = where.link(period) | where.where
    body = about(facts, period) | {
        "overlapping": given.overlapping,
        "parts": [_part(one, given, here) for one in given.parts],
        "total": _part(given.total, given, here),
    }
    return answered(request, body)


@routes.get("/rows", **told(Scope.READ, Page[QueryRow], page_of(_ROW)))
def list_rows_behind(
    caller: Reads,
    page: Paged,
    where: Wheres,
    measure: Annotated[str, Query(max_length=40, examples=["deals"])],
) -> Response:
    """Lists what a number of an answer was counted from, each thing once."""
    question = _question(where, (measure,), ())
    facts, crm = facts_of(caller, where)
    period = where.period(facts.zone)
    found = behind(facts, Question(question.measures, (), period, question.where))
    shown, last = page.part(found, lambda one: (one.id,), page.after([str]))
    return page.answer(QueryRow, [_row(crm, one) for one in shown], last)


@routes.get("/dimensions", **told(Scope.READ, Words, _WORDS))
def read_dimensions(request: Request, caller: Reads) -> Response:  # noqa: ARG001 - the key is asked
    """Gives all dimensions and measures that may be asked with."""
    dimensions = [
        {
            "name": one.name,
            "about": one.about,
            "of": sorted(subject.value for subject in one.of),
            "unit": None,
            "overlapping": one.value is None,
        }
        for one in DIMENSIONS.values()
    ]
    measures = [
        {
            "name": one.name,
            "about": one.about,
            "of": [one.subject.value],
            "unit": one.unit.value,
            "overlapping": False,
        }
        for one in MEASURES.values()
    ]
    return answered(request, {"dimensions": dimensions, "measures": measures})


def _answered(
    caller: Caller, where: AskedOf, measures: tuple[str, ...], by: tuple[str, ...]
) -> tuple[Facts, Answer]:
    question = _question(where, measures, by)
    facts, _ = facts_of(caller, where)
    period = where.period(facts.zone)
    return facts, answer(facts, Question(question.measures, by, period, question.where))


def _question(where: AskedOf, measures: tuple[str, ...], by: tuple[str, ...]) -> Question:
    try:
        return asked(Question(measures, by, None, where.where))
    except QuestionError as error:
        raise wrong(error.part, str(error)) from error


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _part(one: Part, given: Answer, here: dict[str, str]) -> Json:
    key = dict(zip(given.question.by, one.key, strict=False))
    values = {name: value if value is not None else NOBODY for name, value in key.items()}
    return {
        "key": key,
        "numbers": dict(one.numbers),
        "rows": {
            name: address("rows", {**here, **values, "measure": name}) for name in one.numbers
        },
    }


def _row(crm: str, one: Behind) -> Json:
    return row(crm, one.deal_id, one.call_id) | {
        "id": one.id,
        "what": one.what,
        "amount": one.amount,
        "currency": one.currency,
    }


def _table(given: Answer) -> Table:
    """An answer as a table: a column for each dimension and number, of money for each currency."""
    question = given.question
    columns = [Column(name, ColumnKind.TEXT, DIMENSIONS[name].about) for name in question.by]
    reads: list[tuple[str, str | None]] = []
    for name in question.measures:
        measure, total = MEASURES[name], given.total.numbers[name]
        if isinstance(total, dict):
            for currency in total:
                columns.append(Column(f"{name}_{currency}", ColumnKind.NUMBER, measure.about))
                reads.append((name, currency))
            continue
        kind = ColumnKind.WHOLE if measure.unit is Unit.COUNT else ColumnKind.NUMBER
        columns.append(Column(name, kind, measure.about))
        reads.append((name, None))
    rows = [
        (*one.key, *(_cell(one.numbers[name], currency) for name, currency in reads))
        for one in given.parts
    ]
    return Table("query", tuple(columns), lambda: iter(rows))


def _cell(number: Any, currency: str | None) -> int | float:
    found: int | float = number if currency is None else number.get(currency, 0.0)
    return found
