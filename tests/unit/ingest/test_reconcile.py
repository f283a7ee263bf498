"""The account of calls, recordings and transcripts names every gap, and no other."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from classify.verification.worktime import WorkCalendar
from core.settings import PbxSettings
from ingest.parties import our_side
from ingest.reconcile import Terms, reconcile
from models.vocabulary.call import Call, CdrRow, Direction, Disposition, MetadataSource
from models.vocabulary.reconciliation import (
    Gap,
    GapKind,
    ReceivedRecording,
    Reconciliation,
    Selection,
    Tally,
)
from tests.fakes.recordings_folder import USERS

MOSCOW, URAL = ZoneInfo("Europe/Moscow"), ZoneInfo("Asia/Yekaterinburg")
CLIENT, OTHER = "+79161234567", "+79261112233"
NOW = datetime(2026, 11, 20, 18, tzinfo=MOSCOW)
OURS = our_side(PbxSettings(), USERS)
TERMS = Terms(
    {"": OURS, "ural": OURS},
    {"": MOSCOW, "ural": URAL},
    WorkCalendar("RU", MOSCOW),
    timedelta(hours=9),
)


def at(day: int, hour: int = 12) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=MOSCOW)


def row(
    uid: str, when: datetime, *, talk: float = 60.0, client: str = CLIENT, account: str = ""
) -> CdrRow:
    return CdrRow(
        call_id=uid,
        linked_id=None,
        started_at=when,
        answered_at=when if talk else None,
        ended_at=when + timedelta(seconds=talk),
        source_number=client,
        destination_number="101",
        channel="PJSIP/trunk-0000002a",
        destination_channel="PJSIP/101-0000002b",
        duration_s=talk,
        talk_s=talk,
        disposition=Disposition.ANSWERED if talk else Disposition.NO_ANSWER,
        account=account,
    )


def file(
    uid: str,
    when: datetime,
    *,
    state: str = "transcribed",
    judged: bool = True,
    error: str | None = None,
    account: str = "",
    client: str = CLIENT,
) -> ReceivedRecording:
    call = Call(
        call_id=uid,
        recording=f"{uid}.wav",
        sha256=uid,
        started_at=when,
        direction=Direction.IN,
        metadata_from=MetadataSource.FILENAME,
        client_number=client,
        account=account,
    )
    return ReceivedRecording(call, when + timedelta(hours=1), state, error, judged)


def account(
    rows: list[CdrRow], files: list[ReceivedRecording], selection: Selection | None = None
) -> Reconciliation:
    return reconcile(rows, files, TERMS, NOW, selection)


def gaps(found: Reconciliation) -> list[tuple[GapKind, str | None]]:
    return [(gap.kind, gap.call_id) for gap in found.gaps]


def test_a_call_that_was_recorded_transcribed_and_judged_has_no_gap() -> None:
    found = account([row("1.1", at(19))], [file("1.1", at(19))])
    assert found.gaps == ()
    whole = Tally(calls=1, answered=1, recordings=1, transcribed=1, judged=1)
    assert [(one.day, one.tally) for one in found.days] == [(date(2026, 11, 19), whole)]
    assert [(one.number, one.tally) for one in found.numbers] == [(CLIENT, whole)]
    assert [one.tally for one in found.sources] == [whole]


@pytest.mark.parametrize(
    ("one", "kind", "since", "detail"),
    [
        (
            file("1.1", at(19), state="arrived", judged=False),
            GapKind.NOT_TRANSCRIBED,
            at(19, 13),
            None,
        ),
        (file("1.1", at(19), judged=False), GapKind.NOT_JUDGED, at(19, 13), None),
        (
            file("1.1", at(19), state="unusable", judged=False, error="truncated"),
            GapKind.UNUSABLE,
            at(19, 13),
            "truncated",
        ),
    ],
    ids=["waiting", "not judged", "unusable"],
)
def test_each_step_that_is_missing_is_named_with_its_age(
    one: ReceivedRecording, kind: GapKind, since: datetime, detail: str | None
) -> None:
    (gap,) = account([row("1.1", at(19))], [one]).gaps
    assert gap == Gap(
        kind,
        "",
        since,
        (NOW - since).total_seconds(),
        False,
        date(2026, 11, 19),
        "1.1",
        CLIENT,
        "1.1.wav",
        detail,
    )


def test_calls_without_recordings_and_the_other_way_round_are_normal() -> None:
    found = account([row("1.1", at(18))], [file("2.2", at(19), client=OTHER)])
    assert gaps(found) == [(GapKind.NO_RECORDING, "1.1"), (GapKind.NOT_IN_CDR, "2.2")]
    assert all(gap.normal for gap in found.gaps)
    assert found.gaps[0].since == at(18) + timedelta(seconds=60)


def test_nobody_expects_a_recording_of_a_call_that_nobody_answered() -> None:
    assert account([row("1.1", at(19), talk=0)], []).gaps == ()


def test_nor_of_an_internal_one() -> None:
    inside = replace(row("1.1", at(19)), channel="PJSIP/102-0000002a", source_number="102")
    found = account([inside], [])
    assert found.gaps == ()
    assert found.days[0].tally == Tally(calls=1, internal=1)


def test_without_any_ledger_no_recording_lacks_its_row() -> None:
    assert account([], [file("1.1", at(19)), file("2.2", at(18))]).gaps == ()


def test_a_row_finds_its_recording_by_time_and_client_too() -> None:
    found = account([row("1786518930.42", at(19))], [file("2026-11-19 Ivanov", at(19))])
    assert found.gaps == ()
    assert found.days[0].tally.calls == found.days[0].tally.recordings == 1


def test_a_day_without_the_ledger_between_days_with_it() -> None:
    rows = [row("1.1", at(9)), row("2.2", at(12)), row("3.3", at(16))]
    files = [file("1.1", at(9)), file("2.2", at(12)), file("3.3", at(16)), file("4.4", at(10))]
    holes = [gap for gap in account(rows, files).gaps if gap.kind is GapKind.DAY_WITHOUT_CDR]
    assert [(gap.day.day, gap.normal) for gap in holes] == [(10, False), (11, True), (13, True)]


def test_a_system_that_stopped_sending() -> None:
    rows = [
        row(f"{day}.{hour}", at(day, hour)) for day in (9, 10, 11, 12, 13) for hour in (10, 13, 16)
    ]
    rows += [
        row(f"9{day}.{hour}", at(day, hour), account="ural")
        for day in (16, 17, 18, 19, 20)
        for hour in (10, 13, 16)
    ]
    found = account(rows, [])
    silent = [gap for gap in found.gaps if gap.kind is GapKind.SOURCE_SILENT]
    assert [(gap.account, gap.since, gap.normal) for gap in silent] == [("", at(13, 16), False)]


def test_the_day_is_that_of_the_systems_zone() -> None:
    found = account(
        [row("1.1", at(19, 23), account="ural")], [file("1.1", at(19, 23), account="ural")]
    )
    assert [(one.day.day, one.account) for one in found.days] == [(20, "ural")]


def test_systems_are_held_apart_and_the_common_ledger_serves_all() -> None:
    rows = [row("1.1", at(19), account="ural"), row("2.2", at(18))]
    files = [file("1.1", at(19), client=OTHER), file("2.2", at(18), account="ural")]
    found = account(rows, files)
    assert sorted(gaps(found)) == [(GapKind.NO_RECORDING, "1.1"), (GapKind.NOT_IN_CDR, "1.1")]


def test_a_day_or_a_client_can_be_chosen() -> None:
    rows = [row("1.1", at(18)), row("2.2", at(19)), row("3.3", at(19), client=OTHER)]
    day = account(rows, [], Selection(date(2026, 11, 19), date(2026, 11, 19)))
    assert [one.day.day for one in day.days] == [19]
    assert [call for _, call in gaps(day)] == ["2.2", "3.3"]
    client = account(rows, [], Selection(number=OTHER))
    assert [one.number for one in client.numbers] == [OTHER]
    assert gaps(client) == [(GapKind.NO_RECORDING, "3.3")]
    since = account(rows, [], Selection(since=date(2026, 11, 20)))
    assert (since.days, since.gaps) == ((), ())
