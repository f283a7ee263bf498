"""The ledger keeps each line once, by telephone system, in its latest state; calls say which.

Revision: 0006, after 0005.
"""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_LINES = sa.table(
    "cdr_rows",
    sa.column("id", sa.Integer),
    sa.column("digest", sa.Text),
    sa.column("call_id", sa.Text),
    sa.column("started_at", sa.DateTime(timezone=True)),
    sa.column("ended_at", sa.DateTime(timezone=True)),
    sa.column("source_number", sa.Text),
    sa.column("destination_number", sa.Text),
    sa.column("channel", sa.Text),
    sa.column("destination_channel", sa.Text),
    sa.column("duration_s", sa.Double),
    sa.column("talk_s", sa.Double),
)


def upgrade() -> None:
    """Goes one step on."""
    with op.batch_alter_table("cdr_rows", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_cdr_rows_source_digest"), type_="unique")
        batch_op.drop_column("source")
        batch_op.add_column(sa.Column("account", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("content", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("sequence", sa.Integer(), nullable=True))
    _settle()
    with op.batch_alter_table("cdr_rows", schema=None) as batch_op:
        batch_op.alter_column("account", existing_type=sa.Text(), server_default=None)
        batch_op.alter_column("content", existing_type=sa.Text(), server_default=None)
        batch_op.create_unique_constraint(batch_op.f("uq_cdr_rows_digest"), ["digest"])
    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.add_column(sa.Column("account", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(
            sa.Column("in_cdr", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    op.execute("UPDATE calls SET in_cdr = true WHERE metadata_from = 'cdr' OR recording = ''")
    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.alter_column("account", existing_type=sa.Text(), server_default=None)
        batch_op.alter_column("in_cdr", existing_type=sa.Boolean(), server_default=None)


def downgrade() -> None:
    """Goes one step back; the lines are then of no folder in particular."""
    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.drop_column("in_cdr")
        batch_op.drop_column("account")
    with op.batch_alter_table("cdr_rows", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_cdr_rows_digest"), type_="unique")
        batch_op.drop_column("sequence")
        batch_op.drop_column("content")
        batch_op.drop_column("account")
        batch_op.add_column(sa.Column("source", sa.Text(), nullable=False, server_default=""))
        batch_op.create_unique_constraint(
            batch_op.f("uq_cdr_rows_source_digest"), ["source", "digest"]
        )


def _settle() -> None:
    """Gives each line its identity; of several states of one the latest stays."""
    connection = op.get_bind()
    latest: dict[str, sa.Row[Any]] = {}
    superseded = []
    for line in connection.execute(sa.select(_LINES).order_by(_LINES.c.id)).all():
        digest = _identity(line)
        known = latest.get(digest)
        if known is not None and _age(known) >= _age(line):
            superseded.append(line.id)
            continue
        if known is not None:
            superseded.append(known.id)
        latest[digest] = line
    if superseded:
        connection.execute(
            sa.delete(_LINES).where(_LINES.c.id == sa.bindparam("gone")),
            [{"gone": id_} for id_ in superseded],
        )
    if latest:
        connection.execute(
            sa.update(_LINES)
            .where(_LINES.c.id == sa.bindparam("line"))
            .values(digest=sa.bindparam("identity")),
            [{"line": line.id, "identity": digest} for digest, line in latest.items()],
        )


def _identity(line: sa.Row[Any]) -> str:
    """What models.vocabulary.ledger.identity_of gives for a line without account and sequence."""
    named = ["", line.call_id, None, _utc(line.started_at).isoformat()]
    named += [line.source_number, line.destination_number, line.channel, line.destination_channel]
    return hashlib.sha256(json.dumps(named, ensure_ascii=True).encode("ascii")).hexdigest()


def _age(line: sa.Row[Any]) -> tuple[datetime, float, float]:
    return _utc(line.ended_at or line.started_at), line.duration_s, line.talk_s


def _utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
