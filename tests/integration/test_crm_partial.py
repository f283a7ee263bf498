"""What a CRM does not keep is kept by us: moves of a card that were seen once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, select

from models.session import reading, transaction
from models.store.mirror import open_mirror, write_batch
from models.tables import ActivityRow, StageChangeRow
from models.vocabulary.crm import Batch, Thing
from models.vocabulary.deal import (
    Activity,
    ActivityKind,
    ActivityType,
    Deal,
    StageChange,
    StageKind,
)
from tests.fakes.crm.connected import connect

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
DEAL = Deal("d1", "Сайт", "p1", "s2", StageKind.OPEN, AT)
TASK = Activity("a1", ActivityType.TASK, ActivityKind.CALL, AT, deal_id="d1")


def test_of_a_whole_deal_only_kinds_that_the_crm_tells_wholly_go(database: Engine) -> None:
    connection = connect(database)
    moves = [StageChange("d1", f"s{n}", AT + timedelta(hours=n), id=f"m{n}") for n in (1, 2, 3)]
    read = [
        Batch(deals=(DEAL,), stage_changes=(moves[0],), activities=(TASK,)),
        Batch(deals=(DEAL,), stage_changes=(moves[1],), whole=frozenset({"d1"}),
              partial=frozenset({Thing.STAGE_CHANGE})),
    ]  # fmt: skip
    assert kept(database, connection, read) == (["m1", "m2"], [])
    whole = Batch(deals=(DEAL,), stage_changes=(moves[2],), whole=frozenset({"d1"}))
    assert kept(database, connection, [whole]) == (["m3"], [])


def kept(database: Engine, connection: int, batches: list[Batch]) -> tuple[list[str], list[str]]:
    """Ids of the moves and activities that are known after some batches."""
    with transaction(database) as session:
        target = open_mirror(session, connection, AT)
        assert target is not None
        for batch in batches:
            write_batch(session, target, batch)
    with reading(database) as session:
        moves = session.scalars(select(StageChangeRow.id).order_by(StageChangeRow.id))
        activities = session.scalars(select(ActivityRow.id))
        return [str(one) for one in moves], [str(one) for one in activities]
