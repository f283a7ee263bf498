"""Whoever writes into a CRM is killed at every step: each note, task and field is there once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from core.clock import now
from core.settings import Settings
from flow.live.writing import Writer
from models.session import reading, transaction
from models.store.crm_writes import mark_undoing, writes_to_undo
from models.tables import CrmWriteRow
from models.vocabulary.review import DecisionKind
from models.vocabulary.verdict import Gap
from tests.fakes.crm.judged_crm import a_verdict, connect, decided, judge
from tests.fakes.crm.notebook import Notebook, in_memory, served

HERE = Path(__file__).parents[2]
SOON_S = 240.0
SENDING, WRITING = "flow.live.sending", "flow.live.writing"
STEPS = [
    "flow.live.enqueuing:add_write:after",
    f"{WRITING}:enqueue:after",
    f"{SENDING}:claim_write:before",
    f"{SENDING}:claim_write:after",
    f"{SENDING}:mark_written:before",
    f"{SENDING}:mark_written:after",
    f"{SENDING}:mark_absent:after",
    f"{WRITING}:free_silent:after",
]
IN_FLIGHT = ["fields:after", "notes:before", "notes:after", "tasks:before", "tasks:after"]


@contextmanager
def dying_writers(
    folder: Path, url: str, connection: int, address: str, steps: list[str]
) -> Iterator[Callable[[], str]]:
    """Two writers that die at each step once; gives what is left of the steps."""
    kill = folder / "kill"
    kill.write_text("".join(f"{step}\n" for step in steps))
    path = os.pathsep.join([str(HERE / "tests" / "fakes" / "ears"), str(HERE)])
    environment = {**os.environ, "PYTHONPATH": path, "STAGECHECK_TEST_EARS": str(folder)}
    command = [sys.executable, "-m", "tests.fakes.crm.writing_process"]
    processes = []
    with (folder / "writers.log").open("ab") as log:
        try:
            processes += [
                subprocess.Popen(
                    [*command, url, str(connection), address],
                    env=environment,
                    cwd=folder,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
                for _ in range(2)
            ]
            yield kill.read_text
        finally:
            for one in processes:
                os.killpg(one.pid, signal.SIGKILL)
                one.wait(60)


def wait_for(folder: Path, database: Engine, what: str, holds: Callable[[], bool]) -> None:
    until = time.monotonic() + SOON_S
    while not holds():
        if time.monotonic() > until:
            log = (folder / "writers.log").read_text(errors="replace")[-4000:]
            steps = (folder / "kill").read_text()
            with reading(database) as session:
                rows = session.scalars(select(CrmWriteRow).order_by(CrmWriteRow.id))
                told = [
                    (
                        one.id,
                        one.kind,
                        one.deal_id,
                        one.state,
                        one.detail,
                        one.tries,
                        str(one.uncertain_at),
                        str(one.due_at),
                        str(one.claimed_at),
                        one.token,
                    )
                    for one in rows
                    if one.state != "written"
                ]
            raise AssertionError(f"{what}: it never came so far.\n{steps}\n{told}\n{log}")
        time.sleep(0.05)


def left(database: Engine, *states: str) -> int:
    with reading(database) as session:
        chosen = select(CrmWriteRow.id).where(CrmWriteRow.state.in_(states))
        return len(list(session.scalars(chosen)))


def laid_out(database: Engine, notebook: Notebook) -> list[str]:
    deals = [str(number) for number in range(1, 7)]
    for deal in deals:
        notebook.add_deal(deal)
    judge(database, [a_verdict(deal) for deal in deals])
    for deal in deals[:3]:
        decided(database, deal, DecisionKind.CONFIRM)
    return deals


@pytest.mark.slow
def test_writers_killed_at_every_step(tmp_path: Path, database: Engine, database_url: str) -> None:
    notebook = Notebook(kills=list(IN_FLIGHT), lose=["notes", "tasks", "fields"])
    connection = connect(database)
    deals = laid_out(database, notebook)
    with (
        served(notebook) as address,
        dying_writers(tmp_path, database_url, connection, address, STEPS) as steps,
    ):

        def all_written() -> bool:
            done = left(database, "written") == 2 * len(deals) + 3
            return done and not steps().strip() and not notebook.kills

        wait_for(tmp_path, database, "everything written", all_written)
        again = [a_verdict(deal, Gap.NONE, "proposal") for deal in deals]
        judge(database, again)
        wait_for(
            tmp_path, database, "all over", lambda: left(database, "written") == 4 * len(deals) + 3
        )
        asked = len(notebook.done)
    for deal in deals:
        ops = [op for op, of in notebook.done if of == deal]
        tasks = ["tasks"] if deal in deals[:3] else []
        # Fields may be set twice to the same; what is added never is.
        assert [op for op in ops if op != "fields"] == ["notes", *tasks, "notes"]
        first, second = notebook.texts("notes", deal)
        assert "доказан только этап" in first
        assert "больше не действует" in second
        assert notebook.deals[deal]["fields"]["gap"] == "CRM и разговоры сходятся"
        assert notebook.deals[deal]["stage"] == "s3"
    assert asked == len(notebook.done)


@pytest.mark.slow
def test_writers_killed_while_they_take_everything_back(
    tmp_path: Path, database: Engine, database_url: str
) -> None:
    notebook = Notebook()
    connection = connect(database)
    deals = laid_out(database, notebook)
    writer = Writer(database, connection, lambda: in_memory(notebook), Settings())
    writer.turn(threading.Event())
    assert left(database, "written") == 2 * len(deals) + 3
    notebook.kills += ["remove:before", "remove:after", "fields:after"]
    with transaction(database) as session:
        mark_undoing(session, writes_to_undo(session, connection)[0], now())
    steps_ = [f"{SENDING}:mark_undone:before", f"{SENDING}:mark_undone:after"]
    with (
        served(notebook) as address,
        dying_writers(tmp_path, database_url, connection, address, steps_) as steps,
    ):

        def all_undone() -> bool:
            done = left(database, "undone") == 2 * len(deals) + 3
            return done and not steps().strip() and not notebook.kills

        wait_for(tmp_path, database, "everything taken back", all_undone)
    for deal in deals:
        assert notebook.texts("notes", deal) == notebook.texts("tasks", deal) == []
        assert not any(notebook.deals[deal]["fields"].values())
