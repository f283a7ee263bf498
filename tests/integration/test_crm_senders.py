"""Four processes write into one amoCRM at once: it never has to refuse, and nothing comes twice."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from core.clock import now
from core.settings import Settings
from crm.registry import open_crm
from flow.live.enqueuing import enqueue
from models.session import reading
from models.tables import CrmWriteRow
from models.vocabulary.crm_write import OwnField
from tests.fakes.crm.amocrm import amo_running
from tests.fakes.crm.amocrm_door import Limit
from tests.fakes.crm.amocrm_world import AmoWorld
from tests.fakes.crm.judged_crm import a_verdict, connect, judge

HERE = Path(__file__).parents[2]
SENDERS, DEALS = 4, 110
# As amoCRM's 7 a second stand to our 5, ten times as fast.
OURS_PER_S, THEIRS_PER_S = 50, 70
SOON_S = 240.0
TITLES = {one: f"Сверка: {one.value}" for one in OwnField}


@contextmanager
def sending(words: Sequence[str], tokens: Sequence[str], log: Path) -> Iterator[None]:
    """A sender for each token; all begin at the same moment."""
    command = [sys.executable, "-m", "tests.fakes.crm.sending_process"]
    url, connection, base, fields = words
    with ExitStack() as stack:
        errors = stack.enter_context(log.open("ab"))
        processes = []
        for token in tokens:
            one = subprocess.Popen(
                [*command, url, connection, base, token, fields, str(OURS_PER_S)],
                env={**os.environ, "PYTHONPATH": str(HERE)},
                cwd=log.parent,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
            stack.callback(one.communicate)  # waits for its end, and closes what leads to it
            stack.callback(one.kill)
            processes.append(one)
        for one in processes:
            assert one.stdout is not None
            assert one.stdout.readline() == "ready\n", log.read_text()
        for one in processes:
            assert one.stdin is not None
            one.stdin.write("\n")
            one.stdin.flush()
        yield


def by_state(database: Engine) -> dict[str, int]:
    with reading(database) as session:
        counted = select(CrmWriteRow.state, func.count()).group_by(CrmWriteRow.state)
        return dict(session.execute(counted).all())


def wait_until_written(database: Engine, writes: int, limit: Limit, log: Path) -> None:
    until = time.monotonic() + SOON_S
    while (found := by_state(database)) != {"written": writes}:
        assert not limit.refusals, "the CRM had to refuse us"
        assert time.monotonic() < until, f"{found}\n{log.read_text()[-4000:]}"
        time.sleep(0.1)


@pytest.mark.slow
def test_four_senders_share_a_few_hundred_writes_within_the_limit(
    tmp_path: Path, database: Engine, database_url: str
) -> None:
    with amo_running() as fake:
        world = AmoWorld(fake)
        with closing(open_crm(world.kind, world.access())) as adapter:
            world.keep_fields(dict(adapter.make_fields(TITLES)))
        made = {one.value: id_ for one, id_ in world.made.items()}
        connection = connect(database, own_fields=made)
        deals = [world.add_deal(f"Сделка {number}") for number in range(DEALS)]
        judge(database, [a_verdict(deal) for deal in deals])
        assert enqueue(database, connection, Settings(), now()).added == 2 * DEALS
        tokens = [
            fake.tokens.new(fake.store.now, fake.domain)["access_token"] for _ in range(SENDERS)
        ]
        fake.limit, before = Limit(per_s=THEIRS_PER_S), len(fake.asked)
        words = [database_url, str(connection), fake.base, json.dumps(made)]
        log = tmp_path / "senders.log"
        with sending(words, tokens, log):
            wait_until_written(database, 2 * DEALS, fake.limit, log)
        asked = fake.asked[before:]
        wrote = [one for one in fake.wrote() if one.authorization.removeprefix("Bearer ") in tokens]

    assert (fake.limit.refusals, fake.limit.blocked) == (0, False)
    assert fake.limit.worst <= THEIRS_PER_S
    for deal in deals:
        (note,) = world.notes_of(deal)
        assert "доказан только этап «Назначаем встречу»" in note
        assert world.field_of(deal, world.made[OwnField.GAP]) == "CRM опережает разговоры"
    assert len(wrote) == 2 * DEALS
    shares = Counter(one.authorization for one in wrote)
    assert len(shares) == SENDERS
    assert min(shares.values()) >= 2 * DEALS / SENDERS / 4, shares
    # Nobody asks more than each write needs: a card is looked at before its fields are set.
    assert len(asked) <= 4 * DEALS
