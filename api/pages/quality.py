"""How right the machine is, and how far reviewers agree: measured from decisions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from api.access.gate import Visitor, having
from api.pages.pages import Rendering
from classify.precision import Trust, agreement, trust_of, wilson
from models.session import reading
from models.store.blind import blind_pairs
from models.store.decisions import (
    Precision,
    distrusted_kinds,
    measured_precision,
)
from models.vocabulary.access import Right
from models.vocabulary.verdict import FlagKind

routes = APIRouter(include_in_schema=False)
Knowing = Annotated[Visitor, Depends(having(Right.DECIDE, Right.RULES, Right.TEAM))]


@dataclass(frozen=True, slots=True)
class KindQuality:
    """How right one kind of finding is: its share with the 95 % interval, and what follows."""

    kind: FlagKind
    precision: Precision
    low: float
    high: float
    trust: Trust


@routes.get("/quality")
def quality(request: Request, pages: Rendering, visitor: Knowing) -> Response:
    """Precision of each kind, and the agreement of two reviewers who do not know each other's."""
    settings = pages.service.settings.access
    with reading(pages.service.database()) as session:
        measured = measured_precision(session)
        pairs = blind_pairs(session)
    distrusted = distrusted_kinds(
        measured, trusted=settings.trusted_precision, after=settings.trusted_after
    )
    return pages.page(
        request,
        "quality.html.j2",
        visitor,
        section="inbox",
        kinds=[
            _quality(kind, measured.get(kind.value), settings.trusted_after, distrusted)
            for kind in FlagKind
        ],
        kappa=agreement(pairs),
        pairs=len(pairs),
        same=sum(one == other for one, other in pairs),
        settings=settings,
    )


def _quality(
    kind: FlagKind, measured: Precision | None, after: int, distrusted: frozenset[str]
) -> KindQuality:
    precision = measured or Precision(0, 0)
    low, high = wilson(precision.right, precision.decided)
    trust = trust_of(decided=precision.decided, after=after, distrusted=kind.value in distrusted)
    return KindQuality(kind, precision, low, high, trust)
