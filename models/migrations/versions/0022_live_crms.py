"""Live CRMs: connections, how far they were read, what is written into them."""

import sqlalchemy as sa
from alembic import op

from models.tables.base import AwareDateTime

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Goes one step on."""
    op.create_table(
        "crm_connections",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("secrets", sa.Text(), nullable=False),
        sa.Column("renewing", sa.Text(), nullable=True),
        sa.Column("renewing_at", AwareDateTime(timezone=True), nullable=True),
        sa.Column("hook", sa.Text(), nullable=True),
        sa.Column("hook_token", sa.Text(), nullable=True),
        sa.Column("stages", sa.JSON(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("own_fields", sa.JSON(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("options", sa.JSON(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("writes", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("paused", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("change", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("refused", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("error_at", AwareDateTime(timezone=True), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", AwareDateTime(timezone=True), nullable=False),
        sa.Column("loaded_at", AwareDateTime(timezone=True), nullable=True),
        sa.Column("read_at", AwareDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_connections")),
        sa.UniqueConstraint("name", name=op.f("uq_crm_connections_name")),
        sa.UniqueConstraint("hook", name=op.f("uq_crm_connections_hook")),
    )
    op.create_table(
        "crm_passes",
        _connection(),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("since", AwareDateTime(timezone=True), nullable=True),
        sa.Column("cursor", sa.Text(), nullable=True),
        sa.Column("started_at", AwareDateTime(timezone=True), nullable=True),
        sa.Column("ended_at", AwareDateTime(timezone=True), nullable=True),
        sa.Column("whole_at", AwareDateTime(timezone=True), nullable=True),
        sa.Column("things", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("connection", "part", name=op.f("pk_crm_passes")),
        _of_connection("crm_passes"),
    )
    op.create_table(
        "crm_bells",
        sa.Column("id", sa.Integer(), nullable=False),
        _connection(),
        sa.Column("thing", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("rung_at", AwareDateTime(timezone=True), nullable=False),
        sa.Column("rings", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_bells")),
        sa.UniqueConstraint("connection", "thing", "subject", name=op.f("uq_crm_bells_connection_thing_subject")),
        _of_connection("crm_bells"),
    )
    op.create_table(
        "crm_writes",
        sa.Column("id", sa.Integer(), nullable=False),
        _connection(),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("deal_id", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("created_at", AwareDateTime(timezone=True), nullable=False),
        sa.Column("due_at", AwareDateTime(timezone=True), nullable=False),
        sa.Column("since", AwareDateTime(timezone=True), nullable=False),
        sa.Column("token", sa.Text(), nullable=True),
        sa.Column("claimed_at", AwareDateTime(timezone=True), nullable=True),
        sa.Column("uncertain_at", AwareDateTime(timezone=True), nullable=True),
        sa.Column("written_at", AwareDateTime(timezone=True), nullable=True),
        sa.Column("remote", sa.Text(), nullable=True),
        sa.Column("before", sa.JSON(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_writes")),
        sa.UniqueConstraint("key", name=op.f("uq_crm_writes_key")),
        sa.UniqueConstraint(
            "connection", "kind", "deal_id", "about", name=op.f("uq_crm_writes_connection_kind_deal_id_about")
        ),
        _of_connection("crm_writes"),
    )
    op.create_index(
        "ix_crm_writes_connection_state_due_at", "crm_writes", ["connection", "state", "due_at"]
    )
    op.create_index(
        "ix_crm_writes_connection_deal_id_id", "crm_writes", ["connection", "deal_id", "id"]
    )
    op.create_table(
        "crm_paces",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("free_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_crm_paces")),
    )
    op.add_column("stage_changes", sa.Column("id", sa.Text(), nullable=True))
    op.create_index(op.f("ix_stage_changes_id"), "stage_changes", ["id"])


def downgrade() -> None:
    """Goes one step back."""
    op.drop_index(op.f("ix_stage_changes_id"), table_name="stage_changes")
    with op.batch_alter_table("stage_changes") as batch_op:
        batch_op.drop_column("id")
    for table in ("crm_paces", "crm_writes", "crm_bells", "crm_passes", "crm_connections"):
        op.drop_table(table)


def _connection() -> sa.Column[int]:
    return sa.Column("connection", sa.Integer(), nullable=False)


def _of_connection(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["connection"],
        ["crm_connections.id"],
        name=op.f(f"fk_{table}_connection_crm_connections"),
        ondelete="CASCADE",
    )
