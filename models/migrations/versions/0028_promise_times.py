"""When a promise's time is over and when it was done; which facts were closed last."""

import sqlalchemy as sa
from alembic import op

from models.tables.base import AwareDateTime

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Goes one step on."""
    op.add_column("promises", sa.Column("deadline", AwareDateTime(), nullable=True))
    op.add_column("promises", sa.Column("done_at", AwareDateTime(), nullable=True))
    op.create_index("ix_call_facts_valid", "call_facts", ["crm_source", "valid_until"])


def downgrade() -> None:
    """Goes one step back."""
    op.drop_index("ix_call_facts_valid", table_name="call_facts")
    op.drop_column("promises", "done_at")
    op.drop_column("promises", "deadline")
