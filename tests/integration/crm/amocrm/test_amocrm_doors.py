"""How amoCRM lets us in, shuts us out, and what we say then."""

from __future__ import annotations

import threading
from contextlib import closing
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from crm.amocrm.adapter import AmoCrm
from crm.amocrm.oauth import authorize_url, exchange_code
from crm.errors import (
    CrmAwayError,
    CrmBusyError,
    CrmError,
    CrmExpiredError,
    CrmRefusedError,
    CrmShutError,
)
from crm.port import CrmAccess
from models.vocabulary.crm import Tokens
from models.vocabulary.crm_write import NoteText, Write, WriteKind
from tests.fakes.crm.amocrm import FakeAmo, amo_running
from tests.fakes.crm.amocrm_world import AmoWorld, rules_of
from tests.fakes.crm.keeping import CountingPace, MemoryKeeper


def _told(world: AmoWorld, error: BaseException) -> str:
    sentence = str(error)
    assert not [
        one for one in world.secrets() if one in f"{sentence} {error!r} {error.__cause__!r}"
    ]
    return sentence


def test_a_person_allows_us_in_and_the_code_becomes_tokens(fake: FakeAmo, world: AmoWorld) -> None:
    asked = urlsplit(authorize_url(fake.tokens.client_id, "state-1"))
    assert asked.hostname == "www.amocrm.ru"
    assert parse_qs(asked.query)["state"] == ["state-1"]
    access = world.oauth()
    got = exchange_code(access, fake.tokens.new_code(fake.store.now))
    assert got.refresh == fake.tokens.refresh
    assert got.expires_at is not None
    assert (got.expires_at - fake.now()).total_seconds() == 24 * 3600
    with closing(AmoCrm(replace(access, keeper=MemoryKeeper(got)))) as amo:
        assert amo.account().name == "Студия «Белый слон»"


def test_a_code_is_good_once_and_for_twenty_minutes(fake: FakeAmo, world: AmoWorld) -> None:
    access = world.oauth()
    code = fake.tokens.new_code(fake.store.now)
    exchange_code(access, code)
    late = fake.tokens.new_code(fake.store.now)
    fake.forward(21 * 60)
    for bad in (code, late, "made up"):
        with pytest.raises(CrmShutError, match="20 minutes") as raised:
            exchange_code(access, bad)
        _told(world, raised.value)


def test_an_access_that_is_over_is_renewed_once_for_all_threads(
    fake: FakeAmo, world: AmoWorld
) -> None:
    lead = fake.store.add_lead("Лендинг")
    with closing(AmoCrm(world.oauth())) as amo:
        assert world.keeper is not None
        before = world.keeper.tokens()
        fake.forward(25 * 3600)
        found: list[str] = []
        threads = [
            threading.Thread(
                target=lambda: found.extend(d.id for d in amo.deals([str(lead)]).deals), daemon=True
            )
            for _ in range(6)
        ]
        for one in threads:
            one.start()
        for one in threads:
            one.join(60)
        assert found == [str(lead)] * 6
        assert world.keeper.renewals == 1
        assert world.keeper.tokens().refresh != before.refresh
        assert world.keeper.tokens().expires_at is not None


def test_a_write_is_not_lost_when_the_access_is_over(fake: FakeAmo, world: AmoWorld) -> None:
    lead = str(fake.store.add_lead("Лендинг"))
    with closing(AmoCrm(world.oauth())) as amo:
        fake.tokens.end_access()
        amo.write(Write("k", WriteKind.NOTE, lead, NoteText("Проверено")))
        assert len(world.notes_of(lead)) == 1


def test_tokens_that_another_process_renewed_are_taken(fake: FakeAmo, world: AmoWorld) -> None:
    with closing(AmoCrm(world.oauth())) as amo, closing(AmoCrm(world.access())) as other:
        fake.tokens.end_access()
        amo.account()
        other.account()
        assert world.keeper is not None
        assert world.keeper.renewals == 1


def test_a_refresh_token_that_is_over_needs_a_person(fake: FakeAmo, world: AmoWorld) -> None:
    with closing(AmoCrm(world.oauth())) as amo:
        fake.tokens.revoke()
        with pytest.raises(CrmExpiredError, match="stagecheck crm connect") as raised:
            amo.account()
        _told(world, raised.value)


def test_a_renewal_that_gets_no_answer_is_tried_later(fake: FakeAmo, world: AmoWorld) -> None:
    lead = str(fake.store.add_lead("Лендинг"))
    with closing(AmoCrm(world.oauth())) as amo:
        fake.tokens.end_access()
        write = Write("k", WriteKind.NOTE, lead, NoteText("Проверено"))
        fake.renewals_fail += [502]
        with pytest.raises(CrmAwayError) as raised:
            amo.write(write)
        # The note itself was never sent: it is not uncertain.
        assert type(raised.value).__name__ == "CrmAwayError"
        amo.write(write)
        assert len(world.notes_of(lead)) == 1


def test_an_account_that_moved_is_found_by_its_refresh_token(
    fake: FakeAmo, world: AmoWorld
) -> None:
    fake.store.add_lead("Лендинг")
    access = world.oauth()
    new = FakeAmo(store=fake.store, tokens=fake.tokens)
    with amo_running(new), closing(AmoCrm(_reaching(access, new))) as amo:
        fake.gone_to = new.base
        account = amo.account()
        assert account.address == new.base
        assert len([d for page in amo.read("deals") for d in page.batch.deals]) == 1


def test_an_account_that_moved_into_a_strangers_house_is_not_followed(
    fake: FakeAmo, world: AmoWorld
) -> None:
    with closing(AmoCrm(world.oauth())) as amo:
        fake.gone_to = "http://evil.example"
        with pytest.raises(CrmExpiredError):
            amo.account()


def test_what_shuts_us_out_says_what_to_do(fake: FakeAmo, world: AmoWorld) -> None:
    with closing(AmoCrm(world.access())) as amo:
        fake.unpaid = True
        with pytest.raises(CrmShutError, match="not paid"):
            amo.account()
        fake.unpaid = False
        fake.any_fail.append(403)
        with pytest.raises(CrmShutError, match="requests_per_s"):
            amo.account()
        fake.any_fail.append(301)
        with pytest.raises(CrmShutError, match="another address"):
            amo.account()


def test_an_address_that_is_no_amocrm_is_told_as_such(fake: FakeAmo, world: AmoWorld) -> None:
    fake.store.account = {"hello": "world"}
    with closing(AmoCrm(world.access())) as amo, pytest.raises(CrmError, match="no amoCRM"):
        amo.account()


def test_a_refusal_names_the_fields_and_not_their_values(fake: FakeAmo, world: AmoWorld) -> None:
    lead = str(fake.store.add_lead("Лендинг"))
    with closing(AmoCrm(world.access())) as amo:
        write = Write("k", WriteKind.NOTE, lead, NoteText("Проверено"))
        fake.paths.refuse_notes = True
        with pytest.raises(CrmRefusedError, match=r"0\.params\.text: NotBlank") as raised:
            amo.write(write)
        assert "Проверено" not in str(raised.value)


def test_below_the_limit_nobody_is_refused_and_above_it_all_are(
    fake: FakeAmo, world: AmoWorld
) -> None:
    fake.limit.per_s = 20
    world.pace = CountingPace(rate_per_s=15)
    for number in range(5):
        fake.store.add_lead(f"Сделка {number}")
    with closing(AmoCrm(world.access())) as amo:
        threads = [
            threading.Thread(target=lambda part=part: list(amo.read(part)), daemon=True)
            for part in amo.parts
        ]
        for one in threads:
            one.start()
        for one in threads:
            one.join(60)
    assert fake.limit.worst <= 20
    assert world.pace.held == []


def test_who_is_told_to_slow_down_holds_all_and_is_shut_out_in_the_end(
    fake: FakeAmo, world: AmoWorld
) -> None:
    fake.limit.per_s = 0
    with closing(AmoCrm(world.access())) as amo:
        for _ in range(2):
            with pytest.raises(CrmBusyError) as raised:
                amo.account()
            _told(world, raised.value)
        assert world.pace.held
        with pytest.raises(CrmShutError, match="shut out"):
            amo.account()


def test_a_write_that_came_too_soon_is_not_done_and_holds_all(
    fake: FakeAmo, world: AmoWorld
) -> None:
    lead = str(fake.store.add_lead("Лендинг"))
    with closing(AmoCrm(world.access())) as amo:
        fake.any_fail.append(429)
        with pytest.raises(CrmBusyError):
            amo.write(Write("k", WriteKind.NOTE, lead, NoteText("Проверено")))
    assert world.notes_of(lead) == []
    assert world.pace.held == [1.0]


def _reaching(access: CrmAccess, other: FakeAmo) -> CrmAccess:
    ports = (*access.rules.ports, *rules_of(other.base).ports)
    return replace(access, rules=replace(access.rules, ports=ports))


def test_a_token_is_no_part_of_what_an_access_prints(world: AmoWorld) -> None:
    access = world.oauth()
    tokens: Tokens = access.keeper.tokens()
    assert tokens.access not in f"{access!r} {tokens!r}"
