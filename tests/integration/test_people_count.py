"""What people waive and correct counts in the verdicts, and what the machine says stays."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, update

from flow.run import run
from models.session import reading, transaction
from models.store.fading import expire_quotes
from models.store.holds import Held
from models.store.keeping import expire_words
from models.tables import CallRow, CorrectedHearingRow, RequirementVerdictRow, WaiverRow
from models.vocabulary.keys import Scope
from tests.fakes.api_office import make_key
from tests.fakes.heard_office import HeardOffice, heard_office
from tests.fakes.kept_office import LATER
from tests.fakes.small_service import work_off

IN_CRM, SAME_TIME, BOOKED = (
    f"meeting_scheduling.{name}" for name in ("crm_meeting", "slot_agrees", "booked")
)
WAIVED = ("crm_source", "deal_id", "stage", "requirement_id")
FIVE_WORDS = "segments/2"  # «Давайте встретимся в среду, одиннадцатого, в пятнадцать ноль-ноль?»


@pytest.fixture
def office(tmp_path: Path, database_url: str) -> Iterator[HeardOffice]:
    with heard_office(tmp_path / "office", database_url) as one:
        yield one


def waive(office: HeardOffice, *requirements: str) -> int:
    """Waives requirements with the finding that the card is ahead."""
    finding = office.finding("stage_ahead_of_reality")
    sent = office.send(
        f"/findings/{finding.id}/decide",
        kind="waive", version=finding.version, note="Старый клиент", requirement=requirements,
    )  # fmt: skip
    assert sent.status_code == 303
    return finding.id


def test_a_waiver_counts_until_it_is_taken_back(office: HeardOffice) -> None:
    assert office.stands() == ("meeting_scheduling", "ahead")
    finding = waive(office, IN_CRM, SAME_TIME)
    soon = office.browser.get("/deals/1001").text
    assert "Вердикт скоро пересчитается" in soon
    office.work()
    told = office.verdict(IN_CRM)
    word = told.waived or {}
    assert (told.verdict, word.get("verdict"), word.get("who")) == ("waived", "missing", "Olga")
    assert office.stands() == ("meeting", "none")
    gone = office.finding("stage_ahead_of_reality")
    assert (gone.state, gone.withdrawn_at is not None) == ("waived", True)
    page = office.browser.get("/deals/1001").text
    assert "Снято, Olga: Старый клиент" in page
    assert "Машина: не найдено." in page
    assert f'href="/findings/{finding}"' in page
    _, header = make_key(office.place.database, Scope.READ)
    body = office.browser.get("/api/v1/deals/file/1001/verification", headers=header).json()
    [waived] = [one for one in body["requirements"] if one["id"] == IN_CRM]
    assert waived["verdict"] == "waived"
    assert (waived["waived"]["verdict"], waived["waived"]["note"]) == ("missing", "Старый клиент")
    work_off(office.place)
    assert office.verdict(IN_CRM).verdict == "waived", "it holds over later looks"
    office.send(f"/findings/{finding}/decide", kind="reopen", version=gone.version)
    office.work()
    assert (office.verdict(IN_CRM).verdict, office.verdict(IN_CRM).waived) == ("missing", None)
    back = office.finding("stage_ahead_of_reality")
    assert (back.state, back.withdrawn_at) == ("open", None)


def test_what_is_left_after_a_waiver_waits_in_the_inbox(office: HeardOffice) -> None:
    first = waive(office, SAME_TIME)
    office.work()
    page = office.browser.get("/?kind=stage_ahead_of_reality").text
    assert f"finding-{first}" not in page
    assert 'id="finding-' in page


def test_nobody_waives_money(office: HeardOffice) -> None:
    with transaction(office.place.database) as session:
        session.execute(update(RequirementVerdictRow).values(waivable=False))
    finding = office.finding("stage_ahead_of_reality")
    assert 'data-panel="waive"' not in office.browser.get(f"/findings/{finding.id}").text
    form = {"kind": "waive", "version": 0, "note": "x", "requirement": IN_CRM}
    refused = office.send(f"/findings/{finding.id}/decide", **form)
    assert refused.status_code == 422
    assert "Оплату снять нельзя" in refused.text
    assert office.finding("stage_ahead_of_reality").state == "open"


def test_each_decision_takes_back_its_own_waiver(office: HeardOffice) -> None:
    first = waive(office, IN_CRM)
    with transaction(office.place.database) as session:
        [own] = session.scalars(select(WaiverRow))
        values = {name: getattr(own, name) for name in WAIVED}
        session.add(WaiverRow(**values, at=LATER, who="Anna", note="Договор уже есть"))
    state = office.finding("stage_ahead_of_reality")
    office.send(f"/findings/{first}/decide", kind="reopen", version=state.version)
    office.work()
    assert (office.verdict(IN_CRM).waived or {})["who"] == "Anna"


def test_corrected_actions_are_what_verdicts_count(office: HeardOffice) -> None:
    call = office.call("call-3")
    heard = office.action(call, "meeting_booked")
    address = f"/calls/{call}/actions/{heard.position}"
    assert office.verdict(BOOKED).verdict == "met"
    office.send(address, said="wrong")
    office.work()
    assert (office.verdict(BOOKED).verdict, office.verdict(BOOKED).evidence) == ("unknown", [])
    story = office.browser.get("/deals/1001").text.partition('id="story"')[2]
    assert "договорённость о встрече" not in story
    office.send(address, said="done")
    office.send(address, said="slots", day="2026-11-30", clock="16:30")
    office.work()
    [told] = office.verdict(BOOKED).evidence
    assert (told["corrected_by"], told["quote"]) == ("olga", heard.quote)
    assert "исправлено вручную: olga" in office.verdict(BOOKED).explanation
    assert "30.11.2026 16:30" in office.verdict(BOOKED).explanation
    deal = office.browser.get("/deals/1001").text
    assert "исправлено: olga" in deal
    assert f'href="/calls/{call}#t=' in deal.partition('id="story"')[2]
    work_off(office.place)
    assert office.verdict(BOOKED).evidence == [told], "it holds over later looks"
    machines = office.action(call, "meeting_booked")
    assert (machines.status, machines.slots) == (heard.status, heard.slots)
    office.send(address, said="")
    office.work()
    assert office.verdict(BOOKED).evidence[0]["corrected_by"] is None


def test_an_action_that_was_missed_counts(office: HeardOffice) -> None:
    call = office.call("call-3")
    assert office.verdict("meeting.needs").verdict == "missing"
    fields = {"type": "needs_clarified", "status": "done", "speaker": "agent", "start": "2"}
    assert office.send(f"/calls/{call}/missed", **fields, note="что за сайт").status_code == 200
    office.work()
    told = office.verdict("meeting.needs")
    assert told.verdict == "met"
    assert [(one["quote"], one["corrected_by"]) for one in told.evidence] == [(None, "olga")]
    office.send(f"/calls/{call}/missed/0")
    office.work()
    assert office.verdict("meeting.needs").verdict == "missing"
    assert office.send(f"/calls/{call}/missed/7").status_code == 404


def test_corrected_words_are_heard_anew(office: HeardOffice) -> None:
    call = office.call("call-3")
    heard = office.action(call, "meeting_booked")
    assert "11.11.2026 15:00" in office.verdict(BOOKED).explanation
    office.send(f"/calls/{call}/{FIVE_WORDS}", word="6", text="шестнадцать")
    office.work()
    assert "11.11.2026 16:00" in office.verdict(BOOKED).explanation
    assert office.verdict(BOOKED).evidence[0]["corrected_by"] == "olga"
    assert office.action(call, "meeting_booked").slots == heard.slots, "the machine's stays"
    page = office.browser.get(f"/calls/{call}").text
    assert "11.11.2026 16:00" in page
    assert "найдено в исправленных словах: olga" in page
    assert "когда: 11.11.2026 15:00</del>" in page, "the machine's stays visible"
    work_off(office.place)
    assert "11.11.2026 16:00" in office.verdict(BOOKED).explanation
    office.send(f"/calls/{call}/{FIVE_WORDS}", word="6", text="")
    office.work()
    assert "11.11.2026 15:00" in office.verdict(BOOKED).explanation
    assert "исправленных словах" not in office.browser.get(f"/calls/{call}").text


def test_what_was_corrected_outlives_its_words(office: HeardOffice) -> None:
    call = office.call("call-3")
    office.send(f"/calls/{call}/{FIVE_WORDS}", word="6", text="шестнадцать")
    action = office.action(call, "interest_expressed").position
    office.send(f"/calls/{call}/actions/{action}", said="wrong")
    office.work()
    with transaction(office.place.database) as session:
        expire_quotes(session, LATER, Held())
        expire_words(session, [session.get_one(CallRow, call).sha256 or ""], LATER)
    with reading(office.place.database) as session:
        kept = session.get_one(CorrectedHearingRow, call).actions
    assert {one["quote"] for one in kept} == {""}
    waive(office, IN_CRM)  # so that the deals are judged anew
    office.work()
    assert "11.11.2026 16:00" in office.verdict(BOOKED).explanation
    assert "этого не было: olga" in office.browser.get(f"/calls/{call}").text


def test_what_corrected_words_do_not_hold_is_shown_as_gone(office: HeardOffice) -> None:
    call = office.call("call-3")
    last = office.action(call, "meeting_booked").position
    before = office.browser.get(f"/calls/{call}").text
    stamp = before.split(f'/calls/{call}/actions/{last}"')[1].split('name="stamp" value="')[1][:16]
    office.send(f"/calls/{call}/segments/3", speaker="agent")
    office.work()
    assert office.verdict(BOOKED).verdict != "met"
    page = office.browser.get(f"/calls/{call}").text
    assert "в исправленных словах этого нет: olga" in page
    refused = office.send(f"/calls/{call}/actions/{last}", said="wrong", stamp=stamp)
    assert refused.status_code in {404, 422}, "what was shown is not there any more"


def test_the_command_line_counts_it_too_and_its_json_stays_in_the_contract(
    office: HeardOffice,
) -> None:
    waive(office, IN_CRM)
    call = office.call("call-3")
    office.send(f"/calls/{call}/{FIVE_WORDS}", word="6", text="шестнадцать")
    report = run(
        office.place.request,
        office.place.settings,
        engine_for=lambda _: office.place.ears.transcriber,
    )
    [deal] = [one for one in report.result["deals"] if one["id"] == "1001"]
    told = {one["id"]: one for one in deal["requirements"]}
    assert told[IN_CRM]["verdict"] == "waived"
    assert set(told[IN_CRM]) == {
        "stage", "id", "severity", "verdict", "evidence", "explanation",
    }  # fmt: skip
    assert "снято вручную (Olga, " in told[IN_CRM]["explanation"]
    assert "Без этого: В CRM нет встречи" in told[IN_CRM]["explanation"]
    assert "11.11.2026 16:00" in told[BOOKED]["explanation"]
    assert set(told[BOOKED]["evidence"][0]) == {"kind", "id", "at", "quote", "start"}


def test_what_no_database_can_hold_is_nobodys(office: HeardOffice) -> None:
    for number in (0, 2**31, 2**63, 2**80):
        for address in (f"/calls/{number}", f"/findings/{number}", f"/calls/{number}/audio"):
            assert office.browser.get(address).status_code == 404, address
        for address in ("actions/0", "missed/0", "segments/0", "deal"):
            assert office.send(f"/calls/{number}/{address}", said="wrong").status_code == 404
    call = office.call("call-3")
    action = {"type": "objection", "status": "done", "speaker": "client"}
    assert office.send(f"/calls/{call}/missed", **action, note="a\0b").status_code == 200
    sent = office.send(f"/findings/{office.finding('unregistered_lead').id}/decide",
                       kind="comment", version=0, note="a\0b")  # fmt: skip
    assert sent.status_code == 303
    for query in (
        {"until": "9999-12-31"},
        {"since": "0001-01-01"},
        {"deal": "a\0b", "user": "\0"},
        {"after": "0001-01-01T00:00:00+14:00~1"},
        {"after": "2026-11-09T00:00:00+00:00~99999999999"},
    ):
        assert office.browser.get("/calls", params=query).status_code == 200, query
    long = office.send("/inbox/decide", finding=f"1:{'9' * 5000}:x", kind="confirm")
    assert long.headers["location"] == "/?problem=nothing"


@pytest.mark.parametrize(
    "fields",
    [
        {"day": "2026-13-01"},
        {"day": "0001-01-01"},
        {"clock": "15:00"},
        {"day": "2026-11-30", "clock": "25:00"},
        {"day": "2026-11-30", "clock": "x" * 5000},
    ],
)
def test_nonsense_is_no_slot(tmp_path: Path, fields: dict[str, str]) -> None:
    from api.pages.call_slots import NonsenseError, Typed, slots_of
    from models.vocabulary.action import ActionType

    with pytest.raises(NonsenseError):
        slots_of(ActionType.MEETING_BOOKED, Typed(**fields), None)
