"""Deals for tests of figures: the least that tells them apart."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from figures.scope import Period
from models.vocabulary.deal import StageKind
from models.vocabulary.figures import DealFact, Facts, Line, LineRequirement, LineStage
from models.vocabulary.verdict import Gap, Severity

START = datetime(2026, 9, 7, tzinfo=UTC)
NOW = START + timedelta(days=60)
MONTH = Period(START, START + timedelta(days=30))


def line(*keys: str, free: tuple[str, ...] = ()) -> Line:
    """A line in which every stage demands something, but for the free ones."""
    return Line("p1", "Студия", "web_studio", tuple(_stage(key, key in free) for key in keys))


def _stage(key: str, is_free: bool) -> LineStage:
    demand = LineRequirement(
        f"{key}.done", Severity.CRITICAL, f"{key} есть", f"{key} is there",
        f"{key} нет", f"{key} is not there", f"hash-{key}",
    )  # fmt: skip
    return LineStage(key, key.title(), key.title(), () if is_free else (demand,))


def deal(number: int, reached: int | None, verified: int | None, **more: object) -> DealFact:
    """An open deal of the month whose card stands as far as it ever came."""
    given = DealFact(
        deal_id=f"d{number:04}", name="", pipeline_id="p1", user_id="u1", roles=("hunter",),
        source="Сайт", client=f"c{number}", amount=100.0, currency="RUB", status=StageKind.OPEN,
        created_at=START, closed_at=None, first_contact_at=START + timedelta(hours=number % 700),
        recorded=reached, reached=reached, verified=verified, blocked=None, unsure=None,
        gap=Gap.NONE,
    )  # fmt: skip
    return replace(given, **more)  # type: ignore[arg-type]  # fields of a deal by name


def facts(deals: list[DealFact], of: Line) -> Facts:
    """All that is known, which is these deals."""
    return Facts(NOW, UTC, (of,), {}, tuple(deals))


def thirty_fifteen_three(**more: object) -> list[DealFact]:
    """Thirty at the first stage, fifteen of them at the second, three at the third; rest lost."""
    lost = {"status": StageKind.LOST, "recorded": None, **more}
    first = [deal(n, 0, 0, **lost) for n in range(15)]
    second = [deal(n, 1, 1, **lost) for n in range(15, 27)]
    return [*first, *second, *(deal(n, 2, 2, **more) for n in range(27, 30))]
