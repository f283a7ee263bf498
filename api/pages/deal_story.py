"""The time line of a deal: calls, records of the CRM, moves, promises and decisions in one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from api.pages import looks
from api.pages.deal_view import Naming, activity_in_words
from api.pages.wording import Words
from classify.corrected import as_corrected
from models.store.deal_file import CallOfDeal, DealFile
from models.vocabulary.action import Action, ActionType
from models.vocabulary.deal import Activity
from models.vocabulary.review import DecisionKind
from models.vocabulary.verdict import Promise, PromiseState

_COURTESIES = frozenset(
    {
        ActionType.GREETING,
        ActionType.SELF_INTRODUCTION,
        ActionType.COMPANY_INTRODUCTION,
        ActionType.FAREWELL,
    }
)
_PROMISE_LOOKS = {
    PromiseState.KEPT: "good",
    PromiseState.LATE: "warn",
    PromiseState.BROKEN: "bad",
    PromiseState.OPEN: "calm",
}


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened: `kind` is ``call``, ``record``, ``move``, ``promise``, ``decision``.

    `badge` is (words, look). `actions` are a call's, each with where it is played.
    """

    at: datetime
    kind: str
    title: str
    detail: str = ""
    who: str = ""
    link: str | None = None
    badge: tuple[str, str] | None = None
    quote: str | None = None
    actions: tuple[tuple[Action, str], ...] = ()


def story_of(file: DealFile, naming: Naming) -> list[tuple[date, list[Event]]]:
    """Everything that happened, by day, the latest first."""
    words, people = naming.words, naming.people
    events = [
        *(_call(one, people, words) for one in file.calls),
        *(_record(one, people, words) for one in file.activities),
        *_moves(file, naming),
        *(_promise(one, naming) for one in file.promises),
        *_decisions(file, words),
    ]
    events.sort(key=lambda one: one.at, reverse=True)
    by_day = groupby(events, key=lambda one: one.at.astimezone(naming.zone).date())
    return [(day, list(of_day)) for day, of_day in by_day]


def _call(one: CallOfDeal, people: Mapping[str, str], words: Words) -> Event:
    counts = as_corrected(one.judged, one.corrections, one.anew)
    call, outcome = counts.call, counts.outcome
    direction = call.direction.value if call.direction else None
    title = words(f"deals.call_{direction}") if direction else words("deals.call")
    who = people.get(call.user_id or "", call.agent_name or "")
    if not one.seen:
        return Event(call.started_at, "call", title, words("deals.not_yours"), who)
    badge = (words(f"codes.outcome.{outcome.value}"), "calm") if outcome else None
    if outcome is None:
        missing = one.recording is None and call.answered is not False
        key = "deals.no_recording" if missing else "deals.not_heard"
        badge = (words(key), "warn")
    link = f"/calls/{one.row}"
    actions = tuple(
        (action, f"{link}#t={action.start:g}" if action.start is not None else link)
        for action in counts.actions
        if action.type not in _COURTESIES
    )
    return Event(call.started_at, "call", title, "", who, link, badge, actions=actions)


def _record(activity: Activity, people: Mapping[str, str], words: Words) -> Event:
    done = activity.completed_at or activity.created_at
    detail = activity.result or (activity.text if activity.subject else "") or ""
    planned = activity.completed_at is None and activity.due_at is not None
    badge = (words("deals.planned"), "calm") if planned else None
    who = people.get(activity.user_id or "", "")
    return Event(done, "record", activity_in_words(activity, words), detail, who, badge=badge)


def _moves(file: DealFile, naming: Naming) -> Iterator[Event]:
    words, people = naming.words, naming.people
    columns = {id_: name for id_, name, _ in naming.board.columns}
    yield Event(file.deal.created_at, "move", words("deals.card_made"))
    for move in file.moves:
        to = columns.get(move.to_id, words("deals.lost_stage"))
        before = columns.get(move.from_id or "", "")
        key = "deals.moved" if before else "deals.moved_to"
        title = words(key, before=before, to=to) if before else words(key, to=to)
        yield Event(move.at, "move", title, who=people.get(move.by or "", ""))


def _promise(promise: Promise, naming: Naming) -> Event:
    words = naming.words
    what = words.of_code("codes.action", promise.type)
    title = words(f"deals.promise_{promise.by}", what=what)
    row = naming.rows.get(promise.call_id)
    due = words("deals.due", day=_due(promise, naming)) if promise.due else ""
    look = _PROMISE_LOOKS.get(promise.state, "")
    badge = (words(f"codes.promise.{promise.state.value}"), look)
    link = f"/calls/{row}" if row is not None else None
    return Event(promise.made_at, "promise", title, due, "", link, badge, promise.quote)


def _due(promise: Promise, naming: Naming) -> str:
    """A promise's day, or day and hour, as people write them."""
    at = datetime.fromisoformat(promise.due or "").replace(tzinfo=naming.zone)
    day = looks.day(at, naming.zone, naming.words.language, promise.made_at)
    return f"{day}, {at:%H:%M}" if "T" in (promise.due or "") else day


def _decisions(file: DealFile, words: Words) -> Iterator[Event]:
    for finding in file.findings:
        for one in file.decisions.get(finding.id, ()):
            if one.blind and one.kind is not DecisionKind.COMMENT:
                continue  # a blind review is not told to those who are reviewed
            flag = words(f"codes.flag.{finding.kind.value}")
            reason = words(f"codes.reason.{one.reason.value}") if one.reason else ""
            detail = ". ".join(part for part in (reason, one.note) if part)
            badge = (words(f"codes.decision.{one.kind.value}"), "calm")
            yield Event(one.at, "decision", flag, detail, one.who, f"/findings/{finding.id}", badge)
