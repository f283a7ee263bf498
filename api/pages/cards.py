"""Findings as cards: what each says, what it rests on, and what the visitor can do with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote

from sqlalchemy.orm import Session

from api.access.gate import Visitor
from api.pages.scene import Scene
from api.reviewing import requirements_of
from classify.deciding import allowed, is_about, objection_until, only_money
from core.access_settings import AccessSettings
from models.store.calls import rows_of_calls
from models.store.decisions import decisions_of
from models.vocabulary.access import Right
from models.vocabulary.review import Decision, DecisionKind, Finding
from models.vocabulary.verdict import Evidence, RequirementVerdict

_LEAD_IN = 1.0  # seconds that are played before the quote


@dataclass(frozen=True, slots=True)
class Shown:
    """One thing that a finding rests on, and where it is heard: `call` is the row of the call."""

    evidence: Evidence
    call: int | None

    @property
    def start(self) -> float:
        """From where it is played: a little before the words."""
        return max((self.evidence.start or 0.0) - _LEAD_IN, 0.0)

    @property
    def seconds(self) -> float:
        """For how long: as long as the words take to say, and some time around them."""
        return min(max(len(self.evidence.quote or "") / 12 + 2 * _LEAD_IN, 5.0), 30.0)

    @property
    def page(self) -> str | None:
        """The call at that second."""
        if self.call is None:
            return None
        return f"/calls/{self.call}#t={self.start:.1f}"


@dataclass(frozen=True, slots=True)
class Card:
    """A finding as one visitor sees it.

    `new` is whether it came since they were here last, `requirements` those that it is about,
    `objection_until` when a manager's time to object ends, `own` whether it is about the visitor.
    """

    finding: Finding
    manager: str | None
    history: tuple[Decision, ...]
    evidence: tuple[Shown, ...]
    requirements: tuple[RequirementVerdict, ...]
    allowed: frozenset[DecisionKind]
    own: bool
    objection_until: datetime | None
    new: bool = False

    def may(self, kind: str) -> bool:
        """Whether the visitor can decide so now."""
        return DecisionKind(kind) in self.allowed

    @property
    def last(self) -> Decision | None:
        """The decision that it stands by."""
        told = [one for one in self.history if one.kind is not DecisionKind.COMMENT]
        return told[-1] if told else None

    @property
    def comments(self) -> int:
        """How many comments there are."""
        return sum(one.kind is DecisionKind.COMMENT for one in self.history)

    @property
    def changed(self) -> bool:
        """Whether the machine says otherwise than when it was decided last."""
        return self.last is not None and self.last.digest != self.finding.digest

    @property
    def call(self) -> Shown | None:
        """What is played first."""
        return next((one for one in self.evidence if one.call is not None), None)

    @property
    def stamp(self) -> str:
        """What tells this finding, as it is shown, from what it may become."""
        return f"{self.finding.id}:{self.finding.version}:{self.finding.digest}"


def cards_of(  # noqa: PLR0913 - whose, by what, when
    session: Session,
    findings: Sequence[Finding],
    scene: Scene,
    visitor: Visitor,
    settings: AccessSettings,
    *,
    now: datetime,
    seen_at: datetime | None = None,
) -> list[Card]:
    """The cards of findings in their order; three queries, whatever their number."""
    histories = decisions_of(session, [one.id for one in findings], UTC)
    calls = calls_behind(session, scene.source, findings)
    may_decide = visitor.may(Right.DECIDE)
    behind = requirements_of(session, scene.run, findings) if may_decide else {}
    cards = []
    for one in findings:
        history = histories.get(one.id, [])
        can = allowed(
            visitor.account, one, history, now=now, objection_days=settings.objection_days
        )
        if only_money(behind.get(one.id, ())):
            can -= {DecisionKind.WAIVE}
        cards.append(
            Card(
                finding=one,
                manager=scene.user(one.user_id),
                history=tuple(told for told in history if not told.blind),
                evidence=shown_evidence(one, calls),
                requirements=behind.get(one.id, ()),
                allowed=can,
                own=is_about(visitor.account, one),
                objection_until=objection_until(history, settings.objection_days),
                new=seen_at is not None and one.raised_at > seen_at,
            )
        )
    return cards


def calls_behind(session: Session, source: str, findings: Sequence[Finding]) -> dict[str, int]:
    """By the call's own id, the row of each call that findings rest on."""
    calls = {e.id for one in findings for e in one.evidence if e.kind == "call"}
    calls |= {one.call_id for one in findings if one.call_id is not None}
    return rows_of_calls(session, calls, source)


def shown_evidence(finding: Finding, calls: Mapping[str, int]) -> tuple[Shown, ...]:
    """What a finding rests on; the call it is about stands for itself where nothing is quoted."""
    shown = tuple(
        Shown(one, calls.get(one.id) if one.kind == "call" else None)
        for one in dict.fromkeys(finding.evidence)
    )
    if finding.call_id is None or any(one.evidence.id == finding.call_id for one in shown):
        return shown
    whole = Evidence("call", finding.call_id, finding.at)
    return (*shown, Shown(whole, calls.get(finding.call_id)))


def deal_page(deal_id: str) -> str:
    """The address of a deal."""
    return f"/deals/{quote(deal_id, safe='')}"
