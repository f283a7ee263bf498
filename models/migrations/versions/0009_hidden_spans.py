"""The seconds of a call in which personal numbers were said, and the agent's channel.

Revision: 0009, after 0008.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Goes one step on."""
    with op.batch_alter_table("transcripts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("agent_side", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("hidden", sa.JSON(), nullable=True))


def downgrade() -> None:
    """Goes one step back."""
    with op.batch_alter_table("transcripts", schema=None) as batch_op:
        batch_op.drop_column("hidden")
        batch_op.drop_column("agent_side")
