"""What every CRM adapter must do when it reads, and when the CRM fails."""

from __future__ import annotations

import re
import threading
from contextlib import closing
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from crm.errors import CrmAwayError, CrmShutError
from crm.limits import limits_in
from crm.port import Adapter
from crm.registry import open_crm
from models.vocabulary.crm import Batch, Thing
from models.vocabulary.deal import ActivityType, StageKind
from tests.integration.crm.contracted import (
    Contracted,
    everything,
    gathered,
    tells_no_secret,
)
from tests.integration.crm.world import Can, CrmWorld

_PATIENCE_S = 60.0


class ReadingContract(Contracted):
    """Reading."""

    def test_the_account_says_whose_it_is_and_in_which_time(self, adapter: Adapter) -> None:
        account = adapter.account()
        assert account.name
        assert ZoneInfo(account.timezone)
        assert len(account.currency) == 3
        assert account.currency.isupper()
        assert "read" in account.may
        told = [limits_in(account, language) for language in ("ru", "en")]
        assert re.search("[а-я]", told[0])
        assert told[1]
        assert not re.search("[а-я]", told[1])

    def test_the_shape_has_stages_in_their_order_and_our_people(
        self, world: CrmWorld, adapter: Adapter
    ) -> None:
        shape = adapter.shape()
        pipeline = next(p for p in shape.pipelines if world.stages()[0] in {s.id for s in p.stages})
        assert pipeline.template == ""
        stages = [stage.id for stage in pipeline.stages if stage.kind is StageKind.OPEN]
        assert [one for one in stages if one in world.stages()] == list(world.stages())
        assert {StageKind.WON, StageKind.LOST} <= {stage.kind for stage in pipeline.stages}
        assert all(stage.name for stage in pipeline.stages)
        assert world.user() in {user.id for user in shape.users}

    def test_everything_is_read(self, world: CrmWorld, adapter: Adapter) -> None:
        company = world.add_company("Чайная лавка", "+74951112233")
        contact = world.add_contact("Светлана Чайкина", "+7 916 000 24 17", company)
        deal = world.add_deal("Интернет-магазин чая", amount=450000, contact=contact)
        due = world.now().replace(microsecond=0) + timedelta(days=1)
        world.add_task(deal, "Отправить КП", due)
        found = everything(adapter)
        (card,) = [one for one in found.deals if one.id == deal]
        assert (card.name, card.amount) == ("Интернет-магазин чая", 450000)
        assert card.stage_id == world.stages()[0]
        assert card.status is StageKind.OPEN
        assert card.contact_ids == (contact,)
        assert card.created_at.tzinfo is not None
        (person,) = [one for one in found.contacts if one.id == contact]
        assert person.name == "Светлана Чайкина"
        assert any(phone.replace(" ", "").endswith("9160002417") for phone in person.phones)
        assert person.company_id == company
        (firm,) = [one for one in found.companies if one.id == company]
        assert firm.name == "Чайная лавка"
        assert any(phone.endswith("4951112233") for phone in firm.phones)
        (task,) = [one for one in found.activities if one.type is ActivityType.TASK]
        assert task.deal_id == deal
        assert self.is_due(task.due_at, due)
        assert "Отправить КП" in f"{task.subject} {task.text}"
        assert task.kind.value == "proposal"
        assert task.completed_at is None

    def test_an_empty_crm_is_read_as_one(self, adapter: Adapter) -> None:
        for part in adapter.parts:
            pages = list(adapter.read(part))
            assert pages, part
            assert pages[-1].cursor is None
            assert all(not page.batch for page in pages)

    def test_pages_bring_each_deal_and_tell_where_they_go_on(
        self, world: CrmWorld, adapter: Adapter
    ) -> None:
        world.small_pages()
        deals = {world.add_deal(f"Сделка {number}") for number in range(8)}
        (part,) = [
            part for part in adapter.parts if any(page.batch.deals for page in adapter.read(part))
        ]
        pages = list(adapter.read(part))
        assert {deal.id for page in pages for deal in page.batch.deals} == deals
        assert pages[-1].cursor is None
        assert all(page.cursor for page in pages[:-1])

    def test_a_reading_that_broke_off_goes_on_where_it_was(
        self, world: CrmWorld, adapter: Adapter
    ) -> None:
        world.small_pages()
        deals = set()
        for number in range(8):
            deals.add(world.add_deal(f"Сделка {number}"))
            world.forward(1)
        for part in adapter.parts:
            before: set[str] = set()
            cursor = None
            while True:
                with closing(open_crm(world.kind, world.access())) as other:
                    page = next(iter(other.read(part, cursor=cursor)))
                before |= {deal.id for deal in page.batch.deals}
                cursor = page.cursor
                if cursor is None:
                    break
            whole = {deal.id for page in adapter.read(part) for deal in page.batch.deals}
            assert before == whole
            assert whole in (set(), deals)

    def test_what_is_renamed_while_it_is_read_is_not_missed(
        self, world: CrmWorld, adapter: Adapter
    ) -> None:
        self.needs(world, Can.SINCE)
        world.small_pages()
        deals = []
        for number in range(8):
            deals.append(world.add_deal(f"Сделка {number}"))
            world.forward(1)
        started = world.now()
        for part in adapter.parts:
            seen: set[str] = set()
            for page in adapter.read(part):
                if page.batch.deals and not seen:
                    world.forward(1)
                    world.rename(deals[0], "Переименована")
                    world.rename(deals[-1], "И эта")
                seen |= {deal.id for deal in page.batch.deals}
            if not seen:
                continue
            again = {d.id for p in adapter.read(part, since=started) for d in p.batch.deals}
            assert seen | again == set(deals)

    def test_since_a_moment_only_what_changed_comes(
        self, world: CrmWorld, adapter: Adapter
    ) -> None:
        self.needs(world, Can.SINCE)
        old = world.add_deal("Старая")
        moved = world.add_deal("Обновлённая")
        world.forward(3600)
        since = world.now()
        world.forward(5)
        world.rename(moved, "Обновлена")
        new = world.add_deal("Новая")
        found = gathered(
            page.batch for part in adapter.parts for page in adapter.read(part, since=since)
        )
        assert {deal.id for deal in found.deals} == {moved, new}
        assert old not in {deal.id for deal in found.deals}

    def test_moves_of_a_card_are_told(self, world: CrmWorld, adapter: Adapter) -> None:
        self.needs(world, Can.HISTORY)
        deal = world.add_deal("Лендинг")
        first, second, *_ = world.stages()
        world.forward(60)
        world.move(deal, second)
        at = world.now()
        for found in (everything(adapter), adapter.deals([deal])):
            moves = [one for one in found.stage_changes if one.to_id == second]
            assert len(moves) == 1
            assert (moves[0].deal_id, moves[0].from_id) == (deal, first)
            assert abs(moves[0].at - at) < timedelta(seconds=5)
            assert moves[0].id

    def test_a_call_keeps_the_id_that_the_telephone_system_gave_it(
        self, world: CrmWorld, adapter: Adapter
    ) -> None:
        self.needs(world, Can.CALLS)
        contact = world.add_contact("Анна", "+79160000001")
        deal = world.add_deal("Лендинг", contact=contact)
        world.add_call(contact, deal, "1786518930.42")
        found = [one for one in everything(adapter).activities if one.call_id]
        assert [one.call_id for one in found] == ["1786518930.42"]
        assert found[0].type is ActivityType.CALL
        assert deal == found[0].deal_id or contact == found[0].contact_id

    def test_one_deal_is_read_with_all_that_hangs_on_it(
        self, world: CrmWorld, adapter: Adapter
    ) -> None:
        deal = world.add_deal("Лендинг")
        other = world.add_deal("Другая")
        world.add_task(deal, "Позвонить клиенту", world.now() + timedelta(hours=1))
        world.add_task(other, "Позвонить другому", world.now() + timedelta(hours=1))
        found = adapter.deals([deal])
        assert [one.id for one in found.deals] == [deal]
        assert [one.deal_id for one in found.activities] == [deal]
        assert found.whole == {deal}
        same = [one for one in everything(adapter).activities if one.deal_id == deal]
        assert list(found.activities) == same

    def test_a_removed_deal_is_told_as_gone(self, world: CrmWorld, adapter: Adapter) -> None:
        self.needs(world, Can.REMOVALS)
        stays, goes = world.add_deal("Остаётся"), world.add_deal("Уйдёт")
        world.remove_deal(goes)
        found = adapter.deals([goes, stays])
        assert [one.id for one in found.deals] == [stays]
        assert found.gone == ((Thing.DEAL, goes),)
        assert goes not in {one.id for one in everything(adapter).deals}

    def test_a_removed_contact_is_told_as_gone(self, world: CrmWorld, adapter: Adapter) -> None:
        self.needs(world, Can.REMOVALS)
        stays = world.add_contact("Анна", "+79160000001")
        goes = world.add_contact("Борис", "+79160000002")
        company = world.add_company("Лавка", "+74951112233")
        world.remove_contact(goes)
        found = adapter.people([stays, goes], [company])
        assert [one.id for one in found.contacts] == [stays]
        assert [one.id for one in found.companies] == [company]
        assert found.gone == ((Thing.CONTACT, goes),)

    def test_nothing_asked_for_is_nothing_read(self, adapter: Adapter) -> None:
        assert not adapter.deals([])
        assert not adapter.people([], [])

    def test_parts_are_read_at_the_same_time(self, world: CrmWorld, adapter: Adapter) -> None:
        world.small_pages()
        for number in range(6):
            world.add_deal(f"Сделка {number}", contact=world.add_contact(f"К{number}", "+7916"))
        alone = everything(adapter)
        found: list[Batch] = []
        failed: list[BaseException] = []

        def read(part: str) -> None:
            try:
                found.extend(page.batch for page in adapter.read(part))
            except BaseException as error:  # noqa: BLE001 - told by the test
                failed.append(error)

        threads = [
            threading.Thread(target=read, args=(part,), daemon=True) for part in adapter.parts
        ]
        for one in threads:
            one.start()
        for one in threads:
            one.join(_PATIENCE_S)
        assert not any(one.is_alive() for one in threads)
        assert not failed
        together = gathered(iter(found))
        assert {one.id for one in together.deals} == {one.id for one in alone.deals}
        assert {one.id for one in together.contacts} == {one.id for one in alone.contacts}


class FailingContract(Contracted):
    """What goes wrong."""

    def test_a_crm_that_is_out_of_order_for_a_moment_is_asked_again(
        self, world: CrmWorld, adapter: Adapter
    ) -> None:
        self.needs(world, Can.FAILURES)
        deal = world.add_deal("Лендинг")
        world.out_of_order(2)
        assert [one.id for one in everything(adapter).deals] == [deal]

    def test_a_crm_that_is_busy_is_given_a_pause(self, world: CrmWorld, adapter: Adapter) -> None:
        self.needs(world, Can.FAILURES)
        deal = world.add_deal("Лендинг")
        world.busy(2)
        assert [one.id for one in everything(adapter).deals] == [deal]
        assert len(world.pace.held) == 2

    def test_a_crm_that_stays_out_of_order_is_told_as_away(
        self, world: CrmWorld, adapter: Adapter
    ) -> None:
        self.needs(world, Can.FAILURES)
        world.out_of_order(1000)
        with pytest.raises(CrmAwayError) as raised:
            adapter.account()
        assert world.access().name in str(raised.value)

    def test_a_crm_that_cannot_be_reached_is_told_as_away(
        self, world: CrmWorld, adapter: Adapter
    ) -> None:
        self.needs(world, Can.FAILURES)
        with world.away(), pytest.raises(CrmAwayError) as raised:
            adapter.account()
        tells_no_secret(world, raised.value)

    def test_a_token_that_is_refused_needs_a_person(
        self, world: CrmWorld, adapter: Adapter, capfd: pytest.CaptureFixture[str]
    ) -> None:
        self.needs(world, Can.FAILURES)
        world.refuse_tokens()
        for part in adapter.parts[:2]:
            with pytest.raises(CrmShutError) as raised:
                list(adapter.read(part))
            tells_no_secret(world, raised.value)
        told = "".join(capfd.readouterr())
        assert not [secret for secret in world.secrets() if secret in told]

    def test_no_token_shows_where_an_adapter_is_printed(
        self, world: CrmWorld, adapter: Adapter
    ) -> None:
        told = f"{adapter!r} {vars(adapter) if hasattr(adapter, '__dict__') else ''}"
        assert not [secret for secret in world.secrets() if secret in told]

    def test_every_request_waits_for_its_turn(self, world: CrmWorld, adapter: Adapter) -> None:
        world.add_deal("Лендинг", contact=world.add_contact("Анна", "+79160000001"))
        turns, asked = world.pace.turns, world.asked()
        adapter.account()
        adapter.shape()
        everything(adapter)
        assert world.pace.turns - turns == world.asked() - asked > 0
