"""Deals by amount, the audit by person, passwords that have to be changed at first.

Revision: 0014, after 0013.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Goes one step on."""
    with op.batch_alter_table("accounts") as table:
        table.add_column(
            sa.Column("must_change", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
    op.create_index("ix_deals_crm_amount_position", "deals", ["crm", "amount", "position"])
    op.create_index("ix_audit_who_id", "audit", ["who", "id"])


def downgrade() -> None:
    """Goes one step back."""
    op.drop_index("ix_audit_who_id", "audit")
    op.drop_index("ix_deals_crm_amount_position", "deals")
    with op.batch_alter_table("accounts") as table:
        table.drop_column("must_change")
