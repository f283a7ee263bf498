"""How calls were led: scores and the items behind them.

Revision: 0003, after 0002.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Goes one step on."""
    op.create_table(
        "call_scores",
        sa.Column("call", sa.Integer(), nullable=False),
        sa.Column("checklist", sa.Text(), nullable=False),
        sa.Column("rule_hash", sa.Text(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("capped_by", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["call"], ["calls.id"], name=op.f("fk_call_scores_call_calls"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("call", name=op.f("pk_call_scores")),
    )
    op.create_table(
        "checked_items",
        sa.Column("call", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("critical", sa.Boolean(), nullable=False),
        sa.Column("weight", sa.Double(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("quote", sa.Text(), nullable=True),
        sa.Column("speaker", sa.Text(), nullable=True),
        sa.Column("start", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(
            ["call"],
            ["call_scores.call"],
            name=op.f("fk_checked_items_call_call_scores"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("call", "position", name=op.f("pk_checked_items")),
    )
    with op.batch_alter_table("checked_items", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_checked_items_item_id"), ["item_id"], unique=False)


def downgrade() -> None:
    """Goes one step back."""
    op.drop_table("checked_items")
    op.drop_table("call_scores")
