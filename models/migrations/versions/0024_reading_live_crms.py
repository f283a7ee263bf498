"""Who reads a live CRM, and what of it changed last."""

import sqlalchemy as sa
from alembic import op

from models.tables.base import AwareDateTime

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Goes one step on."""
    op.add_column("crm_connections", sa.Column("reader", sa.Text(), nullable=True))
    op.add_column(
        "crm_connections", sa.Column("reader_at", AwareDateTime(timezone=True), nullable=True)
    )
    op.add_column(
        "crm_connections",
        sa.Column("told_from", sa.Integer(), server_default=sa.text("0"), nullable=False),
    )
    op.create_table(
        "crm_changes",
        sa.Column("connection", sa.Integer(), nullable=False),
        sa.Column("thing", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("change", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("connection", "thing", "subject", name=op.f("pk_crm_changes")),
        sa.ForeignKeyConstraint(
            ["connection"],
            ["crm_connections.id"],
            name=op.f("fk_crm_changes_connection_crm_connections"),
            ondelete="CASCADE",
        ),
    )
    op.add_column("calls_heard", sa.Column("introduced", sa.Text(), nullable=True))
    op.create_index("ix_crm_changes_connection_change", "crm_changes", ["connection", "change"])


def downgrade() -> None:
    """Goes one step back."""
    with op.batch_alter_table("calls_heard") as batch_op:
        batch_op.drop_column("introduced")
    op.drop_table("crm_changes")
    with op.batch_alter_table("crm_connections") as batch_op:
        batch_op.drop_column("told_from")
        batch_op.drop_column("reader_at")
        batch_op.drop_column("reader")
