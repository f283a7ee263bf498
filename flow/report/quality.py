"""What the page says of how calls were led: per call the items, per manager the mean."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import mean
from typing import Any

from flow.report.words import words_of
from models.vocabulary.checklist import CallScore, CheckedItem, ItemVerdict

Json = Mapping[str, Any]
_SHOWN = (
    ItemVerdict.FAILED,
    ItemVerdict.CANNOT_TELL,
    ItemVerdict.PASSED,
)


@dataclass(frozen=True, slots=True)
class CallQuality:
    """One call: its score and the items that were asked of it, the failed ones first."""

    score: int | None
    capped_by: tuple[str, ...]
    items: tuple[CheckedItem, ...]


@dataclass(frozen=True, slots=True)
class ManagerQuality:
    """One manager: calls scored, the mean score, the item that failed most often and how often.

    `weakest_asked` is in how many calls that item could be judged.
    """

    name: str
    calls: int
    score: int
    weakest: str | None
    weakest_failed: int
    weakest_asked: int


def call_qualities(scores: Mapping[str, CallScore]) -> dict[str, CallQuality]:
    """What is shown of each recording's score; calls of which nothing was asked are left out."""
    shown = {}
    for recording, score in scores.items():
        items = [item for item in score.items if item.verdict in _SHOWN]
        if items:
            titles = {item.item_id: item.title for item in score.items}
            shown[recording] = CallQuality(
                score.score,
                tuple(titles[name] for name in score.capped_by),
                tuple(sorted(items, key=lambda item: _SHOWN.index(item.verdict))),
            )
    return shown


def manager_qualities(
    calls: Sequence[Json],
    scores: Mapping[str, CallScore],
    users: Mapping[str, str],
    language: str = "ru",
) -> tuple[ManagerQuality, ...]:
    """The managers whose calls have scores, the lowest mean first."""
    nobody = words_of(language)["page"]["nobody"]
    of_user: dict[str, list[CallScore]] = defaultdict(list)
    for call in calls:
        score = scores.get(call["recording"])
        if score is not None and score.score is not None:
            of_user[users.get(call["user_id"] or "", "")].append(score)
    rows = [_manager(name or nobody, own) for name, own in of_user.items()]
    return tuple(sorted(rows, key=lambda row: (row.score, row.name)))


def _manager(name: str, own: Sequence[CallScore]) -> ManagerQuality:
    failed: dict[str, int] = defaultdict(int)
    asked: dict[str, int] = defaultdict(int)
    for item in (item for score in own for item in score.items):
        failed[item.title] += item.verdict is ItemVerdict.FAILED
        asked[item.title] += item.verdict in (ItemVerdict.FAILED, ItemVerdict.PASSED)
    weakest = max(failed, key=lambda title: (failed[title], title), default=None)
    if weakest is None or not failed[weakest]:
        weakest = None
    points = [score.score for score in own if score.score is not None]
    return ManagerQuality(
        name=name,
        calls=len(own),
        score=round(mean(points)),
        weakest=weakest,
        weakest_failed=failed[weakest] if weakest else 0,
        weakest_asked=asked[weakest] if weakest else 0,
    )
