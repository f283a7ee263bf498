"""Indexes in whose order the inbox is read.

Revision: 0012, after 0011.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Goes one step on."""
    op.create_index(
        "ix_findings_of_deal", "findings", ["source", "crm_source", "deal_id", "weight"]
    )
    only = sa.text("withdrawn_at IS NULL")
    op.create_index(
        "ix_findings_inbox",
        "findings",
        ["source", "crm_source", "weight", "id"],
        postgresql_where=only,
        sqlite_where=only,
    )


def downgrade() -> None:
    """Goes one step back."""
    op.drop_index("ix_findings_inbox", "findings")
    op.drop_index("ix_findings_of_deal", "findings")
