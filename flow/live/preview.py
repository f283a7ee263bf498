"""What would be written into a CRM: nothing is sent, and nothing stored."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from core.settings import Settings
from flow.live.facts import Templates, rules_in_force
from flow.live.plan import Plan
from flow.live.planning import Planning, manner_of, planned, with_words
from flow.live.told import DealFacts
from models.session import reading
from models.store.crm_facts import Judged, Outlet, judged_by, load_outlet, telling_deals
from models.store.crm_writes import last_fields, lines_of, stale_before
from models.store.mapping import plain
from models.vocabulary.crm_write import (
    CallWords,
    Content,
    FieldValues,
    NoteText,
    TagName,
    TaskText,
    WriteKind,
    WriteOptions,
)
from models.vocabulary.errors import InvalidInputError
from models.vocabulary.outbox import WrittenLine

_MOST_SHOWN = 100  # deals


@dataclass(frozen=True, slots=True)
class PreviewedWrite:
    """One thing that would be written; `instead` is what our fields say there now, by name."""

    kind: WriteKind
    content: Content
    instead: dict[str, Any]
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PreviewedDeal:
    """What would be written into one deal, and which earlier writes would be taken back."""

    deal_id: str
    name: str
    writes: tuple[PreviewedWrite, ...]
    taken_back: tuple[WrittenLine, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be written into some deals; `unknown` were asked for and are not judged."""

    deals: tuple[PreviewedDeal, ...]
    unknown: tuple[str, ...] = ()

    @property
    def lines(self) -> list[str]:
        """The same for people."""
        return list(_lines(self))

    def as_json(self) -> dict[str, Any]:
        """The same for programs."""
        return {
            "deals": [
                {
                    "id": deal.deal_id,
                    "name": deal.name,
                    "writes": [
                        {
                            "kind": one.kind.value,
                            "content": plain(one.content),
                            "instead": plain(one.instead),
                        }
                        for one in deal.writes
                    ],
                    "taken_back": [
                        {"write": one.id, "kind": one.kind.value, "content": plain(one.content)}
                        for one in deal.taken_back
                    ],
                }
                for deal in self.deals
            ],
            "unknown": list(self.unknown),
        }


def preview(  # noqa: PLR0913 - which deals, and how
    database: Engine,
    connection: int,
    settings: Settings,
    *,
    deals: Sequence[str] = (),
    most: int = 10,
    options: WriteOptions | None = None,
    now: datetime,
) -> Preview:
    """What would be written into a CRM if writing were on.

    Args:
        database: only read.
        connection: whose number it is.
        settings: of the service.
        deals: the CRM's ids; where none are named, those that show most.
        most: how many of these.
        options: tried instead of those of the connection.
        now: the moment.

    Raises:
        InvalidInputError: there is no such connection, or its deals were never judged.
        StagecheckError: the database cannot be used, or a rule file is wrong.
    """
    templates = rules_in_force(database, settings)
    with reading(database) as session:
        outlet = load_outlet(session, connection)
        if outlet is None:
            raise InvalidInputError(str(connection), "is no connected CRM", "See `crm status`.")
        judged = judged_by(session, outlet.name)
        if judged is None:
            raise InvalidInputError(
                outlet.name,
                "its deals were not judged yet",
                f"Start the service or a run with --crm {outlet.name} first.",
            )
        chosen = list(dict.fromkeys(deals)) or telling_deals(session, judged, most)
        reader = _Previewing(session, connection, settings, templates, now)
        shown = reader.preview(outlet, judged, chosen[:_MOST_SHOWN], options)
    known = {one.deal_id for one in shown}
    return Preview(tuple(shown), tuple(one for one in deals if one not in known))


@dataclass(frozen=True, slots=True)
class _Previewing:
    """What a preview is made with."""

    session: Session
    connection: int
    settings: Settings
    templates: Templates
    now: datetime

    def preview(
        self, outlet: Outlet, judged: Judged, deals: Sequence[str], options: WriteOptions | None
    ) -> list[PreviewedDeal]:
        """What would be written into some deals."""
        session, stale = self.session, stale_before(self.now)
        manner = manner_of(outlet, judged, self.settings, self.now, options)
        by = Planning(session, self.connection, judged, self.templates, manner, stale)
        before = last_fields(session, self.connection, deals)
        return [
            self._deal(facts, plan, outlet, before.get(facts.deal.id))
            for facts, plan in planned(by, deals)
        ]

    def _deal(
        self, facts: DealFacts, plan: Plan, outlet: Outlet, before: WrittenLine | None
    ) -> PreviewedDeal:
        writes = []
        for one in plan.add:
            content = one.wanted.content
            if isinstance(content, CallWords):
                content = with_words(self.session, facts, content)
                if not content.lines:
                    continue
            instead = (
                _standing_values(facts, outlet, before) if isinstance(content, FieldValues) else {}
            )
            lines_ = tuple(_of_write(content, instead))
            writes.append(PreviewedWrite(one.wanted.kind, content, instead, lines_))
        taken_back = tuple(lines_of(self.session, plan.take_back))
        return PreviewedDeal(facts.deal.id, facts.deal.name, tuple(writes), taken_back)


def _standing_values(
    facts: DealFacts, outlet: Outlet, before: WrittenLine | None
) -> dict[str, Any]:
    """What our fields say in the CRM: as it was read, or else as we wrote it last."""
    known: dict[str, Any] = dict(before.content) if before is not None else {}
    for name, theirs in outlet.own_fields.items():
        for key in (str(theirs), name):
            if key in facts.deal.fields:
                known[name] = facts.deal.fields[key]
    return {name: value for name, value in known.items() if value not in (None, "")}


def _lines(preview: Preview) -> Iterator[str]:
    for deal in preview.deals:
        yield f"{deal.deal_id} {deal.name}".rstrip()
        if not deal.writes and not deal.taken_back:
            yield "  nothing"
        for one in deal.writes:
            yield from (f"  {line}" for line in one.lines)
        for line in deal.taken_back:
            text = str(line.content.get("text", "")).replace("\n", " / ")
            yield f"  {line.kind.value} taken back: {text}"
    for unknown in preview.unknown:
        yield f"{unknown}: is no deal that was judged"


def _of_write(content: Content, instead: dict[str, Any]) -> Iterator[str]:
    if isinstance(content, FieldValues):
        for name, value in plain(content).items():
            was, is_ = _shown(name, instead.get(name)), _shown(name, value)
            if was == is_:
                continue
            yield f"field {name}: {is_}" + (f" (instead of {was})" if name in instead else "")
    elif isinstance(content, NoteText):
        first, *rest = content.text.split("\n")
        yield f"note: {first}"
        yield from (f"      {line}" for line in rest)
    elif isinstance(content, TaskText):
        due = content.due_at.isoformat(sep=" ", timespec="minutes")
        yield f"task for {content.user_id or 'nobody'} until {due}: {content.text}"
    elif isinstance(content, TagName):
        yield f"tag {'on' if content.present else 'off'}: {content.name}"
    else:
        yield f"words of the call {content.call_id}: {len(content.lines)} lines"


def _shown(name: str, value: Any) -> str:
    if value in (None, ""):
        return "empty"
    if name == "confidence" and isinstance(value, int | float):
        return f"{100 * value:.0f} %" if value <= 1 else f"{value:g} %"
    if name == "checked_at" and isinstance(value, str):
        return value[: len("2026-11-20T18:00")].replace("T", " ")
    return str(value)
