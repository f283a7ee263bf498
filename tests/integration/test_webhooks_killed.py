"""Whoever delivers is killed at any step: nothing is lost, and what comes twice has its old name."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select

from core.clock import now
from core.settings import Settings
from models.session import reading, transaction
from models.store.events import add_events
from models.tables import WebhookDeliveryRow
from models.vocabulary.access import AuditEntry
from models.vocabulary.event import TOLD_TYPES, EventType, News
from models.webhook_keys import webhook_keys
from models.webhooks import Desk
from tests.fakes.receiver import Receiver, receiving, verified
from tests.integration.service_house import SOON_S, House, house

pytestmark = pytest.mark.slow

STEPS = [
    "flow.service.delivering:claim_delivery:before",
    "flow.service.delivering:claim_delivery:after",
    "flow.service.delivering:send:before",
    "flow.service.delivering:send:after",
    "flow.service.delivering:mark_delivered:before",
    "flow.service.delivering:mark_delivered:after",
    "flow.service.delivering:free_lost:after",
]


def add_endpoint(place: House, receiver: Receiver) -> str:
    hooks = Settings.model_validate(
        {"webhooks": {"allow_networks": ["127.0.0.0/8"], "ports": [receiver.port]}}
    ).webhooks
    keys = webhook_keys(place.state, hooks)
    desk = Desk(place.engine, hooks, keys, AuditEntry(now(), "root", "", ""))
    return desk.add(receiver.url, TOLD_TYPES, quotes=False)[1]


def happen(place: House, count: int) -> list[str]:
    with transaction(place.engine) as session:
        news = [
            News(EventType.VERDICT_CHANGED, f"deal:{n % 3}", {"n": n}, str(n % 3))
            for n in range(count)
        ]
        return [one.uid for one in add_events(session, news, now())]


def waiting(place: House) -> int:
    with reading(place.engine) as session:
        chosen = select(func.count()).select_from(WebhookDeliveryRow)
        return session.scalar(chosen.where(WebhookDeliveryRow.state != "delivered")) or 0


def hooks_of(receiver: Receiver) -> dict[str, str]:
    return {
        "STAGECHECK_WEBHOOKS__ALLOW_NETWORKS": '["127.0.0.0/8"]',
        "STAGECHECK_WEBHOOKS__PORTS": f"[{receiver.port}]",
        "STAGECHECK_WEBHOOKS__TIMEOUT_S": "1",
    }


def test_a_deliverer_killed_at_every_step(tmp_path: Path) -> None:
    with receiving() as receiver, house(tmp_path, quickly=True, **hooks_of(receiver)) as place:
        secret = add_endpoint(place, receiver)
        sent = happen(place, 9)
        (place.ears / "kill").write_text("".join(f"{step}\n" for step in STEPS))
        place.start("scheduler")

        def all_delivered() -> bool:
            if place.processes["scheduler"].poll() is not None:
                place.start("scheduler")
            return not waiting(place) and not (place.ears / "kill").read_text()

        place.wait_for("everything delivered", all_delivered, 4 * SOON_S)
    assert {one.id for one in receiver.got} == set(sent)
    assert len(receiver.got) > len(sent)  # what was sent before a death came once more
    first = list(dict.fromkeys(one.id for one in receiver.got))
    for deal in range(3):
        assert [one for one in first if sent.index(one) % 3 == deal] == sent[deal::3]
    assert all(verified(secret, one) for one in receiver.got)


def test_a_receiver_that_is_away_gets_everything_when_it_comes_back(tmp_path: Path) -> None:
    with receiving() as gone:
        port = gone.port
    with house(tmp_path, quickly=True, **hooks_of(gone)) as place:
        gone.port = port
        add_endpoint(place, gone)
        sent = happen(place, 4)
        place.start("scheduler")
        place.wait_for("a try", lambda: "not delivered" in place.log("scheduler"))
        with receiving(port) as back:
            place.wait_for("everything delivered", lambda: not waiting(place))
        assert sorted(one.id for one in back.got) == sorted(sent)
