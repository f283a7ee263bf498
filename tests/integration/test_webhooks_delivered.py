"""Events reach other programs: signed, in order per deal, at least once, whatever they answer."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select, update

from core.clock import now
from core.settings import Settings
from core.webhook_settings import WebhookSettings
from flow.service.delivering import Deliverer, Post
from models.session import reading, transaction
from models.store.deliveries import claim_delivery, due_deliveries, last_deliveries
from models.store.endpoints import load_endpoints
from models.store.events import add_events, forget_events
from models.tables import AuditRow, EventRow, WebhookDeliveryRow, WebhookEndpointRow
from models.vocabulary.access import AuditEntry
from models.vocabulary.event import TOLD_TYPES, DeliveryState, Endpoint, EventType, News
from models.webhook_keys import webhook_keys
from models.webhooks import Desk, NoEndpointError, WrongAddressError
from tests.fakes.receiver import CUT, DRIP, HANG, MIDWAY, Got, Receiver, receiving, verified

NEVER = threading.Event()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as one:
        yield one


class Office:
    """A database with a desk for endpoints and a deliverer whose pauses are over at once."""

    def __init__(self, database: Engine, folder: Path, receiver: Receiver, **more: object) -> None:
        hooks = {"allow_networks": ["127.0.0.0/8"], "ports": [receiver.port, 443], "timeout_s": 2}
        self.settings = Settings.model_validate({"webhooks": hooks | more})
        self.database, self.receiver = database, receiver
        self.keys = webhook_keys(folder, WebhookSettings())
        self.deliverer = Deliverer(Post(database, self.settings, self.keys))

    @property
    def desk(self) -> Desk:
        entry = AuditEntry(now(), "root", "", "", "", "192.0.2.7", 1)
        return Desk(self.database, self.settings.webhooks, self.keys, entry)

    def add(self, *types: EventType) -> tuple[Endpoint, str]:
        return self.desk.add(self.receiver.url, types or TOLD_TYPES, quotes=False)

    def happen(self, *deals: str) -> list[str]:
        with transaction(self.database) as session:
            news = [
                News(EventType.VERDICT_CHANGED, f"deal:{deal}", {"deal": deal}, deal)
                for deal in deals
            ]
            return [one.uid for one in add_events(session, news, now())]

    def turns(self, count: int = 1) -> None:
        """Delivers what is due; then all pauses are over."""
        for _ in range(count):
            self.deliverer.turn(NEVER)
            self.deliverer.wait()
            for lane in self.deliverer._lanes.values():
                lane.rests_until_s = 0
            with transaction(self.database) as session:
                session.execute(
                    update(WebhookDeliveryRow)
                    .where(WebhookDeliveryRow.state == "waiting")
                    .values(due_at=now() - timedelta(seconds=1))
                )

    def states(self, endpoint: int = 1) -> list[tuple[str, int, int | None, str | None]]:
        with reading(self.database) as session:
            found = last_deliveries(session, endpoint)
        return [(one.state.value, one.tries, one.status, one.error) for one in reversed(found)]


@pytest.fixture
def office(database: Engine, tmp_path: Path, receiver: Receiver) -> Iterator[Office]:
    made = Office(database, tmp_path, receiver)
    yield made
    made.deliverer.close()


def test_an_event_arrives_signed_as_the_standard_says(office: Office) -> None:
    _, secret = office.add()
    [uid] = office.happen("d1")
    office.turns()
    [got] = office.receiver.got
    assert got.id == uid
    assert verified(secret, got)
    assert not verified("whsec_" + "A" * 44, got)
    assert got.headers["content-type"] == "application/json"
    assert got.body["type"] == "verdict.changed"
    assert got.body["version"] == 1
    assert got.body["data"] == {"deal": "d1"}
    assert got.headers["host"] == f"127.0.0.1:{office.receiver.port}"
    assert abs(int(got.headers["webhook-timestamp"]) - now().timestamp()) < 60
    assert office.states() == [("delivered", 1, 200, None)]


def test_both_secrets_sign_until_the_old_one_has_run_out(office: Office) -> None:
    endpoint, old = office.add()
    new = office.desk.rotate(endpoint.id)
    office.happen("d1")
    office.turns()
    assert verified(old, office.receiver.got[0])
    assert verified(new, office.receiver.got[0])
    with transaction(office.database) as session:
        session.execute(update(WebhookEndpointRow).values(old_until=now() - timedelta(seconds=1)))
    office.happen("d1")
    office.turns()
    assert not verified(old, office.receiver.got[1])
    assert verified(new, office.receiver.got[1])


def test_secrets_lie_nowhere_in_clear_and_the_key_is_private(office: Office) -> None:
    _, secret = office.add()
    with reading(office.database) as session:
        kept = session.scalars(select(WebhookEndpointRow.secret)).one()
        noted = session.scalars(select(AuditRow)).all()
    assert secret[6:] not in kept
    assert office.keys.path.stat().st_mode & 0o777 == 0o600
    assert [(one.event, one.subject, one.who) for one in noted] == [
        ("webhook added", "webhook:1", "root")
    ]
    assert not any(secret[6:] in one.detail for one in noted)


@pytest.mark.parametrize(
    ("answer", "status", "error"),
    [
        (500, 500, "status_500"),
        (404, 404, "status_404"),
        (302, 302, "status_302"),
        (HANG, None, "timeout"),
        (DRIP, None, "timeout"),
        (CUT, None, "broken_off"),
        (MIDWAY, None, "broken_off"),
    ],
)
def test_what_is_not_taken_is_sent_again_under_the_same_name(
    office: Office, answer: int, status: int | None, error: str
) -> None:
    office.receiver.location = f"{office.receiver.url}/elsewhere"
    office.receiver.answer = lambda _got: answer if len(office.receiver.got) < 2 else 204
    office.add()
    [uid] = office.happen("d1")
    office.turns()
    assert office.states() == [("waiting", 1, status, error)]
    office.turns(2)
    assert [one.id for one in office.receiver.got] == [uid] * 3
    assert office.states() == [("delivered", 3, 204, None)]


def test_nobody_listens_is_told_and_tried_again(office: Office, tmp_path: Path) -> None:
    with receiving() as other:
        port = other.port
    office.settings = Settings.model_validate(
        {"webhooks": {"allow_networks": ["127.0.0.0/8"], "ports": [port]}}
    )
    office.deliverer.post.settings = office.settings
    office.desk.add(f"http://127.0.0.1:{port}/", TOLD_TYPES, quotes=False)
    office.happen("d1")
    office.turns()
    assert office.states() == [("waiting", 1, None, "no_connection")]


def test_a_failing_delivery_holds_back_its_own_deal_only(office: Office) -> None:
    def answer(got: Got) -> int:
        return 500 if got.body["data"]["deal"] == "bad" and len(office.receiver.got) < 6 else 200

    office.receiver.answer = answer
    office.add()
    first, _, second, _ = office.happen("bad", "good", "bad", "good")
    office.turns()
    assert [one.body["data"]["deal"] for one in office.receiver.got] == ["bad", "good", "good"]
    office.turns(5)
    taken = [one.id for one in office.receiver.taken if one.body["data"]["deal"] == "bad"]
    assert taken == [first, second]


def test_events_of_a_deal_arrive_in_the_order_in_which_they_happened(office: Office) -> None:
    calls = iter(range(1000))
    office.receiver.answer = lambda _got: 503 if next(calls) % 3 == 0 else 200
    office.add()
    sent = [office.happen("d1", "d2") for _ in range(10)]
    for _ in range(60):
        office.turns()
        if len(office.receiver.taken) == 20:
            break
    for place, deal in enumerate(("d1", "d2")):
        taken = [one.id for one in office.receiver.taken if one.body["data"]["deal"] == deal]
        assert taken == [pair[place] for pair in sent]


def test_an_endpoint_that_says_that_it_is_gone_is_shut(office: Office) -> None:
    office.receiver.answer = lambda _got: 410
    endpoint, _ = office.add()
    office.happen("d1", "d2")
    office.turns(2)
    assert len(office.receiver.got) == 1
    with reading(office.database) as session:
        [now_shut] = load_endpoints(session)
    assert now_shut.shut_why == "gone"
    assert sorted(state for state, *_ in office.states()) == ["dead", "waiting"]
    office.happen("d3")
    assert len(office.states()) == 2  # nothing is put in line there any more
    office.receiver.answer = lambda _got: 200
    office.desk.open(endpoint.id)
    assert office.desk.replay(endpoint.id) == 1
    office.turns()
    assert {state for state, *_ in office.states()} == {"delivered"}


def test_after_three_days_it_is_given_up_and_can_be_sent_again(office: Office) -> None:
    office.receiver.answer = lambda _got: 500
    endpoint, _ = office.add()
    [first, second] = office.happen("d1", "d2")
    office.turns()
    with transaction(office.database) as session:
        session.execute(
            update(WebhookDeliveryRow).values(since=now() - timedelta(days=3, seconds=-1))
        )
    office.turns()
    assert [one[0] for one in office.states()] == ["dead", "dead"]
    office.turns(2)
    assert len(office.receiver.got) == 4
    office.receiver.answer = lambda _got: 200
    with reading(office.database) as session:
        dead = last_deliveries(session, endpoint.id, DeliveryState.DEAD)
    assert office.desk.replay(endpoint.id, dead[-1].id) == 1
    assert office.desk.replay(endpoint.id, dead[-1].id) == 0  # it is in line already
    office.turns()
    assert [one.id for one in office.receiver.taken] == [first]
    assert office.desk.replay(endpoint.id) == 1
    office.turns()
    assert [one.id for one in office.receiver.taken] == [first, second]


def test_what_never_had_its_turn_expires_too(office: Office) -> None:
    office.add()
    office.happen("d1")
    with transaction(office.database) as session:
        session.execute(update(WebhookDeliveryRow).values(since=now() - timedelta(days=4)))
    office.turns()
    assert office.states() == [("dead", 0, None, "expired")]


def test_only_wanted_types_are_sent_and_what_was_before_is_not(office: Office) -> None:
    office.happen("before")
    office.add(EventType.FLAG_RAISED)
    office.happen("d1")
    with transaction(office.database) as session:
        add_events(session, [News(EventType.FLAG_RAISED, "finding:1", {"finding": 1})], now())
    office.turns()
    assert [one.body["type"] for one in office.receiver.got] == ["flag.raised"]


def test_a_rolled_back_deed_tells_nothing(office: Office) -> None:
    office.add()

    def fails() -> None:
        with transaction(office.database) as session:
            add_events(session, [News(EventType.VERDICT_CHANGED, "deal:d1")], now())
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    office.turns()
    assert office.receiver.got == []
    with reading(office.database) as session:
        assert session.scalar(select(func.count(EventRow.id))) == 0


def test_several_senders_take_each_delivery_once(office: Office) -> None:
    office.add()
    sent = office.happen(*(f"d{n % 7}" for n in range(42)))
    others = [Deliverer(Post(office.database, office.settings, office.keys)) for _ in range(3)]
    for _ in range(12):
        for one in others:
            one.turn(NEVER)
        for one in others:
            one.wait()
        if len(office.receiver.got) >= 42:
            break
    for one in others:
        one.close()
    assert sorted(one.id for one in office.receiver.got) == sorted(sent)


def test_what_a_dead_sender_held_is_sent_by_another(office: Office) -> None:
    office.add()
    office.happen("d1")
    with transaction(office.database) as session:
        [delivery] = due_deliveries(session, 1, now(), 9)
        held = claim_delivery(session, delivery, "dead", now())
    assert held is not None
    office.turns()
    assert office.receiver.got == []
    with transaction(office.database) as session:
        session.execute(update(WebhookDeliveryRow).values(claimed_at=now() - timedelta(hours=1)))
    office.deliverer._next_sweep_s = 0
    office.turns()
    assert office.states() == [("delivered", 1, 200, None)]


def test_a_missing_key_is_told_and_nothing_is_lost(office: Office) -> None:
    office.add()
    office.happen("d1")
    office.keys.path.rename(office.keys.path.with_suffix(".away"))
    office.turns()
    assert office.states() == [("waiting", 1, None, "no_key")]
    office.keys.path.with_suffix(".away").rename(office.keys.path)
    office.turns()
    assert office.states() == [("delivered", 2, 200, None)]


def test_a_name_that_leads_home_is_not_sent_to(office: Office) -> None:
    answers = iter(["127.0.0.1", "10.0.0.1", "127.0.0.1"])
    office.deliverer.post.resolve = lambda *_: [next(answers)]
    office.desk.add(f"http://hooks.example:{office.receiver.port}/", TOLD_TYPES, quotes=False)
    office.happen("d1", "d2")
    office.turns(2)
    # What is allowed is sent, by the address that was looked at and under the name that was asked.
    [host] = {one.headers["host"] for one in office.receiver.got}
    assert host == f"hooks.example:{office.receiver.port}"
    with pytest.raises(WrongAddressError) as refused:
        office.desk.add("https://192.168.0.1/", TOLD_TYPES, quotes=False)
    assert refused.value.code == "address_refused"


def test_old_events_are_forgotten_unless_they_wait(office: Office) -> None:
    office.happen("untold")
    office.receiver.answer = lambda got: 200 if got.body["data"]["deal"] == "d1" else 500
    office.add()
    office.happen("d1", "d2")
    office.turns()
    with transaction(office.database) as session:
        assert forget_events(session, now() + timedelta(seconds=1)) == 2
    assert [one[0] for one in office.states()] == ["waiting"]


def test_removing_an_endpoint_removes_what_was_to_be_sent(office: Office) -> None:
    endpoint, _ = office.add()
    office.happen("d1")
    office.desk.remove(endpoint.id)
    office.turns()
    assert office.receiver.got == []
    for deed in (office.desk.remove, office.desk.rotate, office.desk.test, office.desk.open):
        with pytest.raises(NoEndpointError):
            deed(endpoint.id)


def test_no_proxy_of_the_environment_is_used(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    office.add()
    office.happen("d1")
    office.turns()
    assert len(office.receiver.taken) == 1
