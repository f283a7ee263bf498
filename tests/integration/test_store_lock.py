"""Two runs do not work on one database at once; a killed one leaves it free."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Engine

from models.session import open_database, sqlite_url
from models.store.lock import alone
from models.vocabulary.errors import StagecheckError

_HOLD = """
import sys, time
from models.session import open_database
from models.store.lock import alone
with alone(open_database(sys.argv[1])):
    print("held", flush=True)
    time.sleep(600)
"""
_REFUSAL = "another run of stagecheck is working here"


def test_the_second_run_is_refused_until_the_first_has_ended(
    database: Engine, database_url: str
) -> None:
    second = open_database(database_url)
    with alone(database), pytest.raises(StagecheckError, match=_REFUSAL), alone(second):
        pytest.fail("two at once")
    with alone(second):
        pass
    second.dispose()


def test_a_killed_run_leaves_the_database_free(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path / "stagecheck.db")
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            _HOLD,
            url,
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    with holder.stdout:
        assert holder.stdout.readline() == "held\n"
        engine = open_database(url)
        with pytest.raises(StagecheckError), alone(engine):
            pass
        holder.kill()
        holder.wait(60)
    with alone(engine):
        pass
    engine.dispose()
