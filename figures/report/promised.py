"""The promises' part of a report: how each person keeps them, and what is due."""

from __future__ import annotations

from figures.promise_results import BoardLine, PersonPromises, PromiseBoard, Standing
from figures.report.document import Cell, Kind, Section, section, table
from figures.report.names import money_said, person_name
from figures.report.words import word
from models.vocabulary.figures import Facts

_MOST_LINES = 40
_PEOPLE: dict[str, Kind] = {
    "who": "text",
    "kept": "count",
    "late": "count",
    "broken": "count",
    "due_today": "count",
    "open": "count",
    "unknown": "count",
    "kept_share": "share",
    "low": "share",
    "high": "share",
    "sample": "count",
}
_NOW: dict[str, Kind] = {
    "state": "text",
    "deadline": "moment",
    "who": "text",
    "deal": "text",
    "promise": "text",
    "quote": "text",
    "amount": "money",
    "currency": "text",
}
_TOLD = (Standing.BROKEN, Standing.DUE_TODAY, Standing.OPEN)


def promise_section(board: PromiseBoard, facts: Facts, language: str) -> Section:
    """How promises are kept, and our own that are broken, due today or have a day to come."""
    ours = [one for one in board.people if one.by == "agent"]
    rows = [_person(one, person_name(facts, one.user_id, language)) for one in ours]
    if len(rows) != 1:
        rows.append(_person(board.ours, word("team", language)))
    told = [one for one in board.lines if one.promise.by == "agent" and one.standing in _TOLD]
    notes = []
    if board.money:
        notes.append(word("broken_money", language, money=money_said(board.money, language)))
    if len(told) > _MOST_LINES:
        notes.append(word("promises_cut", language, shown=_MOST_LINES, of=len(told)))
    lines = [_line(one, facts, language) for one in told[:_MOST_LINES]]
    return section(
        "promises",
        word("promises", language),
        notes=notes,
        tables=[
            table("promises_by", language, _PEOPLE, rows),
            table("promises_now", language, _NOW, lines),
        ],
    )


def _person(one: PersonPromises, name: str) -> list[Cell]:
    low, high = one.kept.interval or (None, None)
    order = ("KEPT", "LATE", "BROKEN", "DUE_TODAY", "OPEN", "UNKNOWN")
    counts = [one.counts.get(Standing[each], 0) for each in order]
    return [name, *counts, one.kept.value, low, high, one.kept.of]


def _line(one: BoardLine, facts: Facts, language: str) -> list[Cell]:
    promise = one.promise
    at = promise.deadline.astimezone(facts.zone) if promise.deadline is not None else None
    return [
        word(one.standing.value, language),
        at.isoformat(timespec="minutes") if at is not None else None,
        person_name(facts, promise.user_id, language),
        one.deal_name or promise.deal_id,
        promise_said(promise.type, language),
        promise.quote,
        promise.amount,
        promise.currency,
    ]


_PROMISED = {
    "follow_up_agreed": ("перезвонить", "call back"),
    "meeting_booked": ("встреча", "meeting"),
    "proposal_sent": ("прислать предложение", "send the proposal"),
    "contract_sent": ("прислать договор", "send the contract"),
    "contract_signed": ("подписать договор", "sign the contract"),
    "invoice_sent": ("выставить счёт", "send the invoice"),
    "payment": ("оплата", "payment"),
}


def promise_said(kind: str, language: str) -> str:
    """What was promised, in words; the code itself where it is another."""
    ru, en = _PROMISED.get(kind, (kind, kind))
    return en if language == "en" else ru
