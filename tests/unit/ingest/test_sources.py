"""Several telephone systems in one recordings folder, and rows that came at other times."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from core.settings import PbxSettings, Settings
from core.sources import source_settings
from ingest.calls import Gathered, gather_calls
from models.vocabulary.call import CdrRow, Direction, MetadataSource
from tests.fakes.recordings_folder import USERS, RecordingsFolder, cdr_row

MOSCOW = ZoneInfo("Europe/Moscow")
CLIENT, OTHER = "79161234567", "79261112233"
TRUNK, IRINA, PAVEL = "PJSIP/trunk-0000002a", "PJSIP/101-0000002d", "PJSIP/102-0000002c"
UID = "1786518930.42"


def gathered(
    recordings: RecordingsFolder, *, known: tuple[CdrRow, ...] = (), **sources: dict[str, object]
) -> Gathered:
    settings = Settings.model_validate({"sources": sources})
    return gather_calls(
        recordings.folder,
        pbx=settings.pbx,
        timezone="Europe/Moscow",
        users=USERS,
        sources=source_settings(settings),
        known=known,
    )


def rows_of(folder: Path, *lines: str) -> tuple[CdrRow, ...]:
    """Rows as the ledger keeps them, whose file is gone."""
    other = RecordingsFolder(folder)
    other.wav("other.wav")
    other.cdr(*lines)
    return other.gather().cdr


def test_ids_of_two_systems_may_collide(recordings: RecordingsFolder) -> None:
    for account in ("centre", "branch"):
        recordings.wav(f"{account}/{UID}.wav")
    recordings.cdr(cdr_row(CLIENT, "101", TRUNK, IRINA), place="centre/Master.csv")
    recordings.cdr(cdr_row(OTHER, "102", TRUNK, PAVEL), place="branch/cdr/Master.csv")
    found = gathered(recordings, centre={}, branch={})
    calls = {one.call.account: one.call for one in found.arrived}
    assert calls["centre"].client_number == "+79161234567"
    assert calls["branch"].client_number == "+79261112233"
    assert found.unrecorded == ()
    assert len({one.call.call_id for one in found.arrived}) == 2


def test_unrecorded_calls_of_two_systems_stay_two(recordings: RecordingsFolder) -> None:
    recordings.wav("centre/1786518931.50.wav")
    recordings.cdr(cdr_row(CLIENT, "101", TRUNK, IRINA), place="centre/Master.csv")
    recordings.cdr(cdr_row(OTHER, "102", TRUNK, PAVEL), place="branch/Master.csv")
    calls = gathered(recordings, centre={}, branch={}).unrecorded
    assert sorted((one.account, one.client_number) for one in calls) == [
        ("branch", "+79261112233"),
        ("centre", "+79161234567"),
    ]
    assert len({one.call_id for one in calls}) == 2


def test_one_systems_rows_explain_no_other_ones_recordings(recordings: RecordingsFolder) -> None:
    recordings.wav(f"branch/2026-08-12__10-15-32__{CLIENT}__Ivanov.mp3")
    recordings.cdr(cdr_row(CLIENT, "101", TRUNK, IRINA), place="centre/Master.csv")
    found = gathered(recordings, centre={}, branch={})
    assert [one.call.in_cdr for one in found.arrived] == [False]
    assert [one.account for one in found.unrecorded] == ["centre"]


@pytest.mark.parametrize("sources", [{}, {"centre": {}}])
def test_folders_without_settings_share_their_rows(
    recordings: RecordingsFolder, sources: dict[str, dict[str, object]]
) -> None:
    recordings.wav(f"branch/{UID}.wav")
    recordings.cdr(cdr_row(CLIENT, "101", TRUNK, IRINA), place="elsewhere/Master.csv")
    (arrived,) = gathered(recordings, **sources).arrived  # type: ignore[arg-type]  # names of systems
    assert (arrived.call.metadata_from, arrived.call.account) == (MetadataSource.CDR, "")


def test_rows_beside_the_folders_explain_what_a_systems_own_do_not(
    recordings: RecordingsFolder,
) -> None:
    recordings.wav(f"centre/{UID}.wav")
    recordings.wav("centre/1786522530.50.wav")
    recordings.cdr(cdr_row(CLIENT, "101", TRUNK, IRINA), place="Master.csv")
    late = cdr_row(OTHER, "101", TRUNK, IRINA, uid="1786522530.50", start="2026-08-12 11:15:30")
    recordings.cdr(late, place="centre/Master.csv")
    found = gathered(recordings, centre={})
    assert [one.call.in_cdr for one in found.arrived] == [True, True]
    assert found.unrecorded == ()


def test_each_system_has_its_clock_its_numbers_and_its_channels(
    recordings: RecordingsFolder,
) -> None:
    recordings.wav("ural/a.wav")
    recordings.wav(f"ural/2026-08-12__10-15-30__{OTHER}__Ivanov.mp3")
    row = cdr_row(
        CLIENT, "7001234", "", "", uid="0b5f1c1e-7", userfield="audio:a.wav", context="public"
    )
    recordings.cdr(row, place="ural/Master.csv")
    recordings.wav(f"2026-08-12__10-15-30__{OTHER}__Petrov.mp3")
    ural = {
        "timezone": "Asia/Yekaterinburg",
        "cdr_timezone": "UTC",
        "agent_channel": 1,
        "extension_max_digits": 7,
        "own_numbers": ["+7 343 200-00-00"],
    }
    calls = {one.call.recording: one.call for one in gathered(recordings, ural=ural).arrived}
    told = calls["ural/a.wav"]
    assert told.started_at == datetime(2026, 8, 12, 13, 15, 30, tzinfo=MOSCOW)
    assert (told.direction, told.agent_channel) == (Direction.IN, 1)
    named = [
        calls[f"{at}2026-08-12__10-15-30__{OTHER}__{who}.mp3"]
        for at, who in (("ural/", "Ivanov"), ("", "Petrov"))
    ]
    assert named[0].started_at == datetime(2026, 8, 12, 8, 15, 30, tzinfo=MOSCOW)
    assert named[1].started_at == datetime(2026, 8, 12, 10, 15, 30, tzinfo=MOSCOW)
    assert (named[0].agent_channel, named[1].agent_channel) == (1, None)


def test_a_system_takes_from_the_common_settings_what_it_does_not_set() -> None:
    settings = Settings.model_validate(
        {
            "pbx": {"timezone": "Europe/Moscow", "area_code": "495"},
            "sources": {"ural": {"timezone": "Asia/Yekaterinburg"}},
        }
    )
    assert source_settings(settings) == {
        "ural": PbxSettings(timezone="Asia/Yekaterinburg", area_code="495")
    }


@pytest.mark.parametrize("name", ["", "a/b", "..", ".hidden", " x"])
def test_a_system_is_named_like_a_folder(name: str) -> None:
    with pytest.raises(ValueError, match="sources"):
        Settings.model_validate({"sources": {name: {}}})


def test_rows_known_from_before_explain_a_recording_that_comes_late(
    recordings: RecordingsFolder, tmp_path_factory: pytest.TempPathFactory
) -> None:
    line = cdr_row(CLIENT, "101", TRUNK, IRINA)
    known = rows_of(tmp_path_factory.mktemp("before"), line)
    recordings.wav(f"{UID}.wav")
    found = gathered(recordings, known=known)
    recordings.cdr(line)
    both = gathered(recordings, known=known)
    only_file = gathered(recordings)
    assert found.arrived == both.arrived == only_file.arrived
    assert found.cdr == both.cdr == only_file.cdr
    assert (found.unrecorded, found.arrived[0].call.in_cdr) == ((), True)


def test_a_row_known_before_its_system_was_set_up_is_not_a_second_call(
    recordings: RecordingsFolder, tmp_path_factory: pytest.TempPathFactory
) -> None:
    line = cdr_row(CLIENT, "101", TRUNK, IRINA)
    known = rows_of(tmp_path_factory.mktemp("before"), line)
    recordings.wav(f"centre/{UID}.wav")
    recordings.cdr(line, place="centre/Master.csv")
    found = gathered(recordings, known=known, centre={})
    assert [row.account for row in found.cdr] == ["centre"]
    assert found.unrecorded == ()


def test_rows_of_a_system_that_is_no_longer_set_apart_are_common(
    recordings: RecordingsFolder, tmp_path_factory: pytest.TempPathFactory
) -> None:
    from dataclasses import replace

    known = rows_of(tmp_path_factory.mktemp("before"), cdr_row(CLIENT, "101", TRUNK, IRINA))
    recordings.wav(f"centre/{UID}.wav")
    found = gathered(recordings, known=tuple(replace(row, account="centre") for row in known))
    assert [one.call.in_cdr for one in found.arrived] == [True]


def test_of_a_call_that_went_on_the_later_row_stays(
    recordings: RecordingsFolder, tmp_path_factory: pytest.TempPathFactory
) -> None:
    early = cdr_row(CLIENT, "101", TRUNK, IRINA, talk=20, end="2026-08-12 10:16:01")
    known = rows_of(tmp_path_factory.mktemp("before"), early)
    recordings.wav(f"{UID}.wav")
    recordings.cdr(cdr_row(CLIENT, "101", TRUNK, IRINA))
    assert [row.talk_s for row in gathered(recordings, known=known).cdr] == [148]
    assert gathered(recordings, known=known).arrived[0].call.talk_s == 148
