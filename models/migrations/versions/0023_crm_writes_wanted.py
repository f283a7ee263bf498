"""Writes into CRMs: since when nobody found one wanted any more."""

import sqlalchemy as sa
from alembic import op

from models.tables.base import LONG_AGO, AwareDateTime

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Goes one step on."""
    op.add_column(
        "crm_writes",
        sa.Column(
            "wanted_at",
            AwareDateTime(timezone=True),
            server_default=sa.text(LONG_AGO),
            nullable=False,
        ),
    )


def downgrade() -> None:
    """Goes one step back."""
    with op.batch_alter_table("crm_writes") as table:
        table.drop_column("wanted_at")
