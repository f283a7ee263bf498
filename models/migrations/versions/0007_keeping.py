"""How long things are kept: expiry of recordings and words, holds, tombstones, their audit.

Revision: 0007, after 0006.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_SQLITE_REFUSES = """
CREATE TRIGGER keeping_events_no_{what} BEFORE {what} ON keeping_events
BEGIN SELECT RAISE(ABORT, 'the audit only grows'); END
"""
_POSTGRES_REFUSES = (
    """
CREATE FUNCTION keeping_events_only_grow() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the audit only grows'; END $$
""",
    """
CREATE TRIGGER keeping_events_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON keeping_events
FOR EACH STATEMENT EXECUTE FUNCTION keeping_events_only_grow()
""",
)


def upgrade() -> None:
    """Goes one step on."""
    with op.batch_alter_table("recordings", schema=None) as batch_op:
        batch_op.add_column(sa.Column("removing", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("expired_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(
            sa.Column("words_expired_at", sa.DateTime(timezone=True), nullable=True)
        )
    with op.batch_alter_table("judge_answers", schema=None) as batch_op:
        batch_op.add_column(sa.Column("words", sa.Text(), nullable=True))
        batch_op.create_index(batch_op.f("ix_judge_answers_words"), ["words"], unique=False)
    op.create_table(
        "holds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("placed_by", sa.Text(), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holds")),
    )
    op.create_table(
        "tombstones",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("for_good", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_tombstones")),
    )
    op.create_table(
        "keeping_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("hashes", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_keeping_events")),
    )
    if op.get_bind().dialect.name == "postgresql":
        for statement in _POSTGRES_REFUSES:
            op.execute(statement)
    else:
        for what in ("UPDATE", "DELETE"):
            op.execute(_SQLITE_REFUSES.format(what=what))


def downgrade() -> None:
    """Goes one step back."""
    op.drop_table("keeping_events")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION keeping_events_only_grow()")
    op.drop_table("tombstones")
    op.drop_table("holds")
    with op.batch_alter_table("judge_answers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_judge_answers_words"))
        batch_op.drop_column("words")
    with op.batch_alter_table("recordings", schema=None) as batch_op:
        batch_op.drop_column("words_expired_at")
        batch_op.drop_column("expired_at")
        batch_op.drop_column("removing")
