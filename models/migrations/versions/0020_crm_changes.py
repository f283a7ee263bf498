"""Since when pipelines and deals of the CRM are known as they are.

Revision: 0020, after 0019.
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_LONG_AGO = sa.text("'1970-01-01 00:00:00+00:00'")


def upgrade() -> None:
    """Goes one step on."""
    moment = sa.DateTime(timezone=True)
    for table in ("pipelines", "deals"):
        column = sa.Column("changed_at", moment, server_default=_LONG_AGO, nullable=False)
        op.add_column(table, column)


def downgrade() -> None:
    """Goes one step back."""
    for table in ("deals", "pipelines"):
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_column("changed_at")
