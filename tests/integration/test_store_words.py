"""What is written into rows comes back as it was, on both databases."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, func, select

from models.session import reading, transaction
from models.store.calls import (
    load_calls,
    mark_transcribed,
    mark_unusable,
    save_calls,
    save_recordings,
)
from models.store.hearing import (
    forget_hearing,
    load_judged,
    load_understood,
    save_hearing,
    save_match,
)
from models.store.ledger import load_cdr, save_cdr
from models.store.runs import fail_run, finish_run, load_verification, save_verification, start_run
from models.store.snapshots import load_snapshot, save_snapshot
from models.store.transcripts import (
    TranscriptKey,
    add_transcript,
    find_transcript,
    load_transcript,
)
from models.tables import (
    ActionRow,
    CallRow,
    CdrEntryRow,
    DealRow,
    DealVerdictRow,
    PipelineRow,
    RecordingRow,
    Row,
    RunRow,
)
from models.vocabulary.action import Action, ActionStatus, ActionType, HeardCall, Outcome
from models.vocabulary.call import (
    Call,
    CdrRow,
    Direction,
    Disposition,
    MetadataSource,
    RecordingProblem,
)
from models.vocabulary.deal import (
    Activity,
    ActivityKind,
    ActivityType,
    Company,
    Contact,
    CrmSnapshot,
    Deal,
    Pipeline,
    Stage,
    StageChange,
    StageKind,
    User,
)
from models.vocabulary.ledger import settled_rows
from models.vocabulary.transcript import Segment, Speaker, Transcript, Word
from models.vocabulary.verdict import (
    DealMatch,
    DealVerdict,
    Evidence,
    Flag,
    FlagKind,
    FlagSeverity,
    Gap,
    Grade,
    JudgedCall,
    Promise,
    PromiseState,
    RequirementVerdict,
    Severity,
    Verdict,
    Verification,
)

MOSCOW = ZoneInfo("Europe/Moscow")
MORNING = datetime(2026, 11, 9, 10, 12, 40, tzinfo=MOSCOW)

ANDREY_CALLS = Call(
    call_id="1794208360.18",
    recording="2026/11/09/Лаптев.wav",
    sha256="a" * 64,
    started_at=MORNING,
    direction=Direction.IN,
    metadata_from=MetadataSource.CDR,
    client_number="+79160001301",
    extension="101",
    user_id="u101",
    agent_channel=0,
    answered=True,
    talk_s=75.5,
)
NEVER_RECORDED = replace(ANDREY_CALLS, call_id="1794208999.20", recording=None, sha256=None)

WORDS = Transcript(
    segments=(
        Segment(
            Speaker.AGENT, "Синий Кедр, Ирина", 1.0, 3.8, 0.91, (Word(1.0, 1.4, "Синий", 0.9),)
        ),
        Segment(Speaker.CLIENT, "Да, жду", 5.0, 5.9, 0.8),
    ),
    language="ru",
    model="base int8",
    duration_s=75.14,
    speech_s=50.2,
    channels=2,
)
KEY = TranscriptKey("a" * 64, "whisper base int8 beam 5", "ru", 0)
HEARD = HeardCall(
    Outcome.CONVERSATION,
    (
        Action(
            ActionType.MEETING_BOOKED,
            ActionStatus.DONE,
            Speaker.CLIENT,
            "Да, жду",
            0.9,
            5.0,
            5.9,
            {"datetime": "2026-11-11T15:00:00+03:00", "amount": 300000.5, "online": False},
            ("accepted at once",),
        ),
        Action(ActionType.FAREWELL, ActionStatus.DONE, Speaker.AGENT, "До свидания", 1.0),
    ),
)
MATCH = DealMatch("1001", 0.97, "phone", ("number of Андрей",), (("1002", 0.4),))


def store_call(engine: Engine, call: Call = ANDREY_CALLS) -> int:
    with transaction(engine) as session:
        if call.sha256:
            save_recordings(session, {call.sha256: ["/records/Лаптев.wav"]}, MORNING)
        [id_] = save_calls(session, "/records", [call])
    return id_


def test_a_call_comes_back_with_its_files(database: Engine) -> None:
    recorded, unrecorded = store_call(database), store_call(database, NEVER_RECORDED)
    with reading(database) as session:
        first, second = load_calls(session, [recorded, unrecorded], MOSCOW)
    assert first.call == ANDREY_CALLS
    assert first.call.started_at.utcoffset() == timedelta(hours=3)
    assert first.files == ("/records/Лаптев.wav",)
    assert (second.call, second.files) == (NEVER_RECORDED, ())


def test_a_call_that_comes_again_is_the_same_row_with_the_new_facts(database: Engine) -> None:
    before = store_call(database)
    after = store_call(database, replace(ANDREY_CALLS, deal_id="1001"))
    with reading(database) as session:
        assert before == after
        assert session.scalar(select(func.count()).select_from(CallRow)) == 1
        [stored] = load_calls(session, [after], MOSCOW)
    assert stored.call.deal_id == "1001"


def test_every_field_of_a_word_has_its_column() -> None:
    pairs: list[tuple[type[object], type[Row]]] = [
        (Call, CallRow),
        (CdrRow, CdrEntryRow),
        (Action, ActionRow),
        (Deal, DealRow),
    ]
    for word, row in pairs:
        missing = {one.name for one in fields(word)} - set(row.__table__.columns.keys())  # type: ignore[arg-type] # all four are dataclasses
        assert not missing, f"{row.__name__} lacks {missing}"


def test_the_ledger_keeps_each_line_once(database: Engine) -> None:
    line = CdrRow(
        call_id="1794208360.18",
        linked_id=None,
        started_at=MORNING,
        answered_at=MORNING + timedelta(seconds=9),
        ended_at=None,
        source_number="79160001301",
        destination_number="101",
        channel="PJSIP/trunk-0000002a",
        destination_channel="PJSIP/101-0000002b",
        duration_s=84,
        talk_s=75,
        disposition=Disposition.ANSWERED,
        direction=Direction.IN,
    )
    second_leg = replace(line, destination_channel="PJSIP/102-0000002c")
    for lines in ([line], [line, second_leg]):
        with transaction(database) as session:
            save_cdr(session, lines)
    with reading(database) as session:
        assert load_cdr(session, MOSCOW) == settled_rows([line, second_leg])


def test_a_transcript_is_found_by_content_transcriber_and_side(database: Engine) -> None:
    store_call(database)
    with transaction(database) as session:
        id_ = add_transcript(session, KEY, WORDS, MORNING)
    with reading(database) as session:
        assert find_transcript(session, KEY) == id_
        assert find_transcript(session, replace(KEY, transcriber="whisper small")) is None
        assert find_transcript(session, replace(KEY, language=None)) is None
        assert find_transcript(session, replace(KEY, agent_channel=None)) is None
        assert load_transcript(session, id_) == WORDS


def test_what_a_recording_turned_out_to_be_is_kept(database: Engine) -> None:
    store_call(database)
    with transaction(database) as session:
        mark_unusable(session, "a" * 64, "corrupt", "damaged; send it again")
    with transaction(database) as session:
        row = session.get_one(RecordingRow, "a" * 64)
        assert (row.state, row.error, row.detail) == (
            "unusable",
            "corrupt",
            "damaged; send it again",
        )
        mark_transcribed(
            session, "a" * 64, duration_s=75.14, codec="pcm_s16le", notes=("dual mono",)
        )
    with reading(database) as session:
        row = session.get_one(RecordingRow, "a" * 64)
        assert (row.state, row.error, row.notes) == ("transcribed", None, ["dual mono"])


def test_a_judged_call_comes_back_with_actions_and_deal(database: Engine) -> None:
    id_ = store_call(database)
    with transaction(database) as session:
        transcript = add_transcript(session, KEY, WORDS, MORNING)
        save_hearing(session, id_, transcript, HEARD)
        save_match(session, id_, MATCH)
    with reading(database) as session:
        judged = load_judged(session, id_, MOSCOW)
        [understood] = load_understood(session, [id_], MOSCOW)
    assert judged == JudgedCall(
        ANDREY_CALLS, Outcome.CONVERSATION, HEARD.actions, MATCH, True, 75.14
    )
    assert (understood.judged, understood.transcript) == (judged, WORDS)


def test_hearing_again_replaces_what_was_heard(database: Engine) -> None:
    id_ = store_call(database)
    with transaction(database) as session:
        transcript = add_transcript(session, KEY, WORDS, MORNING)
        save_hearing(session, id_, transcript, HEARD)
        save_match(session, id_, MATCH)
    with transaction(database) as session:
        save_hearing(session, id_, transcript, replace(HEARD, actions=HEARD.actions[1:]))
        save_match(session, id_, None)
    with reading(database) as session:
        judged = load_judged(session, id_, MOSCOW)
    assert (judged.actions, judged.match) == (HEARD.actions[1:], None)


@pytest.mark.parametrize("forgotten", [True, False])
def test_a_call_nobody_understood_is_told_apart(database: Engine, forgotten: bool) -> None:
    id_ = store_call(database)
    with transaction(database) as session:
        transcript = add_transcript(session, KEY, WORDS, MORNING)
        save_hearing(session, id_, transcript, HeardCall(Outcome.UNINTELLIGIBLE, ()))
        if forgotten:
            forget_hearing(session, id_)
    with reading(database) as session:
        assert not load_judged(session, id_, MOSCOW).understood
        assert len(load_understood(session, [id_], MOSCOW)) == (0 if forgotten else 1)


def small_snapshot() -> CrmSnapshot:
    return CrmSnapshot(
        as_of=MORNING,
        timezone="Europe/Moscow",
        crm="file",
        pipelines=(
            Pipeline(
                "p1",
                "Веб",
                "web_studio",
                (Stage("7100", "Заявка", StageKind.OPEN, "lead_received"),),
            ),
        ),
        users=(User("u101", "Ирина Соколова", ("101",), ("+7 495 000-11-01",), "hunter"),),
        companies=(Company("co01", "Белый слон", (), {"employees": 40}),),
        contacts=(Contact("k01", "Андрей Лаптев", "co01", ("8 916 000-13-01",), (), True),),
        deals=(
            Deal(
                id="1001",
                name="Сайт",
                pipeline_id="p1",
                stage_id="7100",
                status=StageKind.OPEN,
                created_at=MORNING,
                amount=320000.0,
                contact_ids=("k01",),
                updated_at=MORNING + timedelta(days=1),
                fields={"order_type": "Сайт", "needs": None},
            ),
        ),
        stage_changes=(StageChange("1001", "7100", MORNING, None, "u101"),),
        activities=(Activity("a1", ActivityType.TASK, ActivityKind.CLASSIFY, MORNING, "1001"),),
    )


def test_a_snapshot_comes_back_whole_and_replaces_the_one_before(database: Engine) -> None:
    first = small_snapshot()
    later = replace(first, as_of=MORNING + timedelta(days=1), deals=(), activities=())
    with transaction(database) as session:
        save_snapshot(session, "crm.json", first)
        save_snapshot(session, "other.json", first)
    with transaction(database) as session:
        assert load_snapshot(session, "crm.json") == first
        save_snapshot(session, "crm.json", later)
    with reading(database) as session:
        assert load_snapshot(session, "crm.json") == later
        assert load_snapshot(session, "other.json") == first
        assert load_snapshot(session, "never.json") is None


def test_deals_and_pipelines_keep_since_when_they_are_as_they_are(database: Engine) -> None:
    first = small_snapshot()
    [deal] = first.deals
    other = replace(deal, id="1002", responsible_id=None)

    def since() -> dict[str, datetime]:
        with reading(database) as session:
            rows = [*session.scalars(select(DealRow)), *session.scalars(select(PipelineRow))]
            return {row.id: row.changed_at for row in rows}

    with transaction(database) as session:
        save_snapshot(session, "crm.json", replace(first, deals=(deal, other)))
    before = since()
    with transaction(database) as session:
        moved = replace(deal, amount=1.0, updated_at=MORNING - timedelta(days=9))
        save_snapshot(session, "crm.json", replace(first, deals=(other, moved)))
    after = since()
    assert {id_ for id_ in before if after[id_] != before[id_]} == {"1001"}
    assert after["1001"] > before["1001"], "also where the CRM's own clock says otherwise"


def test_verdicts_come_back_in_their_order(database: Engine) -> None:
    quote = Evidence("call", "1794208360.18", MORNING, "Да, жду", 5.0)
    verification = Verification(
        as_of=MORNING,
        deals=(
            DealVerdict(
                "1002",
                "p1",
                "meeting",
                "classified",
                Gap.AHEAD,
                (
                    RequirementVerdict(
                        "classified",
                        "ws-07",
                        Severity.CRITICAL,
                        Verdict.MISSING,
                        Grade.NOTHING,
                        "Сумма не заполнена.",
                        (quote, Evidence("crm", "field:amount")),
                        "abc",
                    ),
                ),
                (
                    Promise(
                        "proposal_sent",
                        "agent",
                        MORNING,
                        PromiseState.OPEN,
                        "1",
                        "пришлю",
                        "2026-11-12",
                    ),
                ),
            ),
            DealVerdict("1001", "p1", None, None, Gap.UNKNOWN),
        ),
        flags=(
            Flag(
                FlagKind.SLOT_MISMATCH,
                FlagSeverity.HIGH,
                "Другое время.",
                "1002",
                at=MORNING,
                evidence=(quote,),
            ),
            Flag(FlagKind.MISSING_RECORDING, FlagSeverity.LOW, "Нет записи.", call_id="2"),
        ),
    )
    with transaction(database) as session:
        run = start_run(session, source="/records", crm_source="crm.json", now=MORNING)
        save_verification(session, run, verification, MORNING)
    with reading(database) as session:
        assert load_verification(session, run, MOSCOW) == verification


def test_a_deal_told_in_one_more_language_stands_as_before(database: Engine) -> None:
    told = RequirementVerdict(
        "meeting", "meeting.held", Severity.CRITICAL, Verdict.MET, Grade.AGENT_SAID,
        "Встреча состоялась.", explanation_en="The meeting took place.",
    )  # fmt: skip
    silent = replace(told, explanation_en="")

    def since(requirement: RequirementVerdict, day: int) -> datetime:
        at = MORNING + timedelta(days=day)
        deal = DealVerdict("d1", "p1", "meeting", "meeting", Gap.NONE, (requirement,))
        with transaction(database) as session:
            run = start_run(session, source="/r", crm_source="/c", now=at)
            save_verification(session, run, Verification(at, (deal,), ()), at)
            finish_run(session, run, now=at, transcriber=None, errors=[])
            session.flush()
            return session.get_one(DealVerdictRow, (run, "d1")).changed_at

    first = since(silent, 0)
    assert since(told, 1) == first
    assert since(replace(told, explanation="Встреча не состоялась."), 2) > first
    with reading(database) as session:
        digests = {row.digest for row in session.scalars(select(RunRow))}
    assert len(digests) == 3, "a run writes what is told in one more language"


def test_a_run_that_was_killed_is_found_interrupted(database: Engine) -> None:
    with transaction(database) as session:
        killed = start_run(session, source="/records", crm_source="crm.json", now=MORNING)
    problem = RecordingProblem("пусто.wav", "empty", "nothing in it")
    with transaction(database) as session:
        given_up = start_run(session, source="/records", crm_source="crm.json", now=MORNING)
        fail_run(session, given_up, MORNING)
        done = start_run(session, source="/records", crm_source="crm.json", now=MORNING)
        finish_run(session, done, now=MORNING, transcriber="whisper", errors=[problem])
    with reading(database) as session:
        states = [session.get_one(RunRow, run).state for run in (killed, given_up, done)]
        assert states == ["interrupted", "failed", "done"]
        assert session.get_one(RunRow, done).errors == [
            {"recording": "пусто.wav", "error": "empty", "detail": "nothing in it"}
        ]


def test_a_time_without_a_zone_is_refused(database: Engine) -> None:
    naive = replace(ANDREY_CALLS, started_at=datetime(2026, 11, 9, 10, 12))  # noqa: DTZ001 - the case
    with pytest.raises(Exception, match="has no time zone"):
        store_call(database, naive)


def test_times_come_back_in_utc_from_a_row(database: Engine) -> None:
    id_ = store_call(database)
    with reading(database) as session:
        assert session.get_one(CallRow, id_).started_at == MORNING.astimezone(UTC)
        assert session.get_one(CallRow, id_).started_at.tzinfo is UTC
