"""When calls and deals' verdicts changed last, and recordings that programs sent.

Revision: 0015, after 0014.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_LONG_AGO = sa.text("'1970-01-01 00:00:00+00:00'")


def upgrade() -> None:
    """Goes one step on."""
    moment = sa.DateTime(timezone=True)
    op.add_column(
        "calls", sa.Column("updated_at", moment, server_default=_LONG_AGO, nullable=False)
    )
    op.create_index(op.f("ix_calls_updated_at"), "calls", ["updated_at"])
    op.add_column(
        "deal_verdicts", sa.Column("digest", sa.Text(), server_default="", nullable=False)
    )
    op.add_column(
        "deal_verdicts", sa.Column("changed_at", moment, server_default=_LONG_AGO, nullable=False)
    )
    op.create_table(
        "uploads",
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("owner", "key", name=op.f("pk_uploads")),
    )
    op.create_index(op.f("ix_uploads_created_at"), "uploads", ["created_at"])


def downgrade() -> None:
    """Goes one step back."""
    op.drop_table("uploads")
    with op.batch_alter_table("deal_verdicts") as batch_op:
        batch_op.drop_column("changed_at")
        batch_op.drop_column("digest")
    op.drop_index(op.f("ix_calls_updated_at"), table_name="calls")
    with op.batch_alter_table("calls") as batch_op:
        batch_op.drop_column("updated_at")
