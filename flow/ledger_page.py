"""The account of the ledger as lines on the screen and as JSON (docs/formats.md, section 5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from models.vocabulary.reconciliation import Gap, GapKind, Reconciliation, Tally

VERSION = 1
_MOST_ON_SCREEN = 40
_COLUMNS = ("calls", "internal", "answered", "recordings", "transcribed", "judged")
_WORDS = {
    GapKind.NO_RECORDING: "answered call without a recording",
    GapKind.NOT_IN_CDR: "recording without a line in the ledger",
    GapKind.NOT_TRANSCRIBED: "recording not transcribed yet",
    GapKind.UNUSABLE: "recording that cannot be used",
    GapKind.NOT_JUDGED: "transcript not judged yet",
    GapKind.DAY_WITHOUT_CDR: "day without the ledger",
    GapKind.SOURCE_SILENT: "nothing came since",
}


def account_lines(account: Reconciliation) -> Iterator[str]:
    """The account as a person reads it: days, clients, gaps; the JSON has all of them."""
    yield f"The ledger as of {account.as_of:%Y-%m-%d %H:%M} ({account.as_of:%Z})"
    for one in account.sources:
        in_cdr, recorded = _short(one.last_in_cdr), _short(one.last_recording)
        yield f"  {one.account or 'PBX'}: last in the ledger {in_cdr}, last recorded {recorded}"
    if not account.days:
        yield "No calls here."
    else:
        named = any(one.account for one in account.sources)
        days = [
            (f"{one.day} {one.account}" if named else f"{one.day}", one.tally)
            for one in account.days
        ]
        yield from _table("day", days, _MOST_ON_SCREEN)
        numbers = [(one.number or "hidden or internal", one.tally) for one in account.numbers]
        yield from _table("client", numbers, _MOST_ON_SCREEN)
    yield from _gap_lines(account.gaps)


def account_json(account: Reconciliation) -> dict[str, Any]:
    """The account for programs."""
    return {
        "version": VERSION,
        "as_of": account.as_of.isoformat(timespec="seconds"),
        "sources": [
            {
                "source": one.account,
                "last_in_cdr": _iso(one.last_in_cdr),
                "last_recording": _iso(one.last_recording),
                **_counts(one.tally),
            }
            for one in account.sources
        ],
        "days": [
            {"day": one.day.isoformat(), "source": one.account, **_counts(one.tally)}
            for one in account.days
        ],
        "numbers": [{"number": one.number, **_counts(one.tally)} for one in account.numbers],
        "gaps": [_gap(one) for one in account.gaps],
    }


def _gap(gap: Gap) -> dict[str, Any]:
    return {
        "kind": gap.kind.value,
        "normal": gap.normal,
        "source": gap.account,
        "since": _iso(gap.since),
        "age_s": round(gap.age_s),
        "day": gap.day.isoformat(),
        "call_id": gap.call_id,
        "number": gap.number,
        "recording": gap.recording,
        "detail": gap.detail,
    }


def _counts(tally: Tally) -> dict[str, int]:
    return {name: getattr(tally, name) for name in _COLUMNS}


def _table(title: str, rows: Sequence[tuple[str, Tally]], most: int) -> Iterator[str]:
    shown = rows[-most:] if title == "day" else rows[:most]
    total = ("all", sum((tally for _, tally in rows), Tally()))
    width = max(len(title), *(len(name) for name, _ in [*shown, total]))
    yield ""
    yield "  ".join([title.ljust(width), *_COLUMNS])
    for name, tally in [*shown, total]:
        cells = (str(getattr(tally, column)).rjust(len(column)) for column in _COLUMNS)
        yield "  ".join([name.ljust(width), *cells])
    if len(rows) > most:
        yield f"({len(rows) - most} more; --json has them all)"


def _gap_lines(gaps: Sequence[Gap]) -> Iterator[str]:
    for normal, title in ((False, "To look at"), (True, "Normal, as every site has them")):
        found = [gap for gap in gaps if gap.normal is normal]
        yield ""
        yield f"{title}: {len(found) or 'none'}"
        yield from _shown(found[-_MOST_ON_SCREEN:])
        if len(found) > _MOST_ON_SCREEN:
            yield f"  ({len(found) - _MOST_ON_SCREEN} older ones; --json has them all)"


def _shown(gaps: Iterable[Gap]) -> Iterator[str]:
    for gap in gaps:
        about = [gap.account, gap.number, gap.call_id, gap.recording, gap.detail]
        facts = ", ".join(fact for fact in about if fact)
        yield f"  {_age(gap.age_s):>8}  {_short(gap.since)}  {_WORDS[gap.kind]}: {facts}".rstrip(
            ": "
        )


def _age(seconds: float) -> str:
    minutes = int(seconds // 60)
    if minutes < 60:
        return f"{minutes} min"
    hours = minutes // 60
    return f"{hours} h" if hours < 48 else f"{hours // 24} d"


def _short(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment else "never"


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None
