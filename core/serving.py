"""What `stagecheck serve` is told, handed to the app through the environment.

The command may not import the app (they stand on one floor of the house): the server loads it by
its name, in the same process.
"""

from __future__ import annotations

import ipaddress
import json
import os
import threading
from dataclasses import dataclass
from pathlib import Path

APP = "api.app:make_app"
_VARIABLE = "STAGECHECK_SERVE"
# Set when the server was told to end: answers that would go on for ever end then.
ENDING = threading.Event()


@dataclass(frozen=True, slots=True)
class ServePlan:
    """Where the app listens and where its data is; `db` is an address given on the command line."""

    host: str
    state: Path
    db: str | None

    @property
    def only_this_machine(self) -> bool:
        """Whether nobody else can reach it."""
        return is_loopback(self.host)


def is_loopback(host: str) -> bool:
    """Whether an address is one of this machine alone."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def tell_plan(plan: ServePlan) -> None:
    """Puts the plan where the app finds it."""
    told = {"host": plan.host, "state": str(plan.state.resolve()), "db": plan.db}
    os.environ[_VARIABLE] = json.dumps(told)


def told_plan() -> ServePlan:
    """The plan of this process; the defaults of the command where none was told."""
    told = json.loads(os.environ.get(_VARIABLE, "{}"))
    return ServePlan(
        told.get("host", "127.0.0.1"), Path(told.get("state", ".stagecheck")), told.get("db")
    )
