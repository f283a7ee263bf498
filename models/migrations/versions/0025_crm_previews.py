"""CRMs: what would be written into some deals, as it was looked at last."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Goes one step on."""
    op.add_column(
        "crm_connections",
        sa.Column("preview", sa.JSON(), server_default=sa.text("'{}'"), nullable=False),
    )


def downgrade() -> None:
    """Goes one step back."""
    with op.batch_alter_table("crm_connections") as table:
        table.drop_column("preview")
