"""Log-ins by an identity provider: which they are, and which came back already.

Revision: 0019, after 0018.
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Goes one step on."""
    op.create_table(
        "spent_errands",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_spent_errands")),
    )
    with op.batch_alter_table("sessions") as table:
        table.add_column(
            sa.Column("by_provider", sa.Boolean(), server_default=sa.false(), nullable=False)
        )


def downgrade() -> None:
    """Goes one step back."""
    with op.batch_alter_table("sessions") as table:
        table.drop_column("by_provider")
    op.drop_table("spent_errands")
