"""A process that writes into a fake amoCRM at the pace that all its processes share.

``python -m tests.fakes.crm.sending_process DATABASE CONNECTION ADDRESS TOKEN FIELDS RATE``: says
``ready`` when what takes long (the imports) is done, and begins with a line on its standard input.
"""

from __future__ import annotations

import json
import sys
import threading
import time

from core.settings import Settings
from crm.amocrm.adapter import AmoCrm
from crm.pace import pace_of
from crm.port import Adapter, CrmAccess
from flow.live.sending import Patience
from flow.live.writing import Writer
from models.session import connected
from models.vocabulary.crm import CrmKind, Tokens
from models.vocabulary.crm_write import OwnField
from tests.fakes.crm.amocrm_world import rules_of
from tests.fakes.crm.keeping import MemoryKeeper


def main() -> None:
    """Writes until the process is killed."""
    url, connection, base, token, fields, rate = sys.argv[1:]
    database, settings = connected(url), Settings(crm={"requests_per_s": float(rate)})

    def opened() -> Adapter:
        return AmoCrm(
            CrmAccess(
                name="belyslon",
                address=base,
                keeper=MemoryKeeper(Tokens(token)),
                pace=pace_of(database, base, CrmKind.AMOCRM, settings.crm),
                rules=rules_of(base),
                own_fields={OwnField(name): id_ for name, id_ in json.loads(fields).items()},
            )
        )

    writer = Writer(database, int(connection), opened, settings, Patience(beat_s=1.0))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    with writer.beating():
        while True:
            writer.turn(threading.Event())
            time.sleep(0.05)


if __name__ == "__main__":
    main()
