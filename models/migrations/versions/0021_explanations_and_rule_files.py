"""Explanations in English as well; pipelines given back to their rule files; steps of previews.

Revision: 0021, after 0020. What was judged before is explained in English once it is judged again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_EXPLAINED = ("requirement_verdicts", "flags", "findings")
_OF_FILES = ("rule_editions", "rule_previews")
_COUNTS = ("done", "of")


def upgrade() -> None:
    """Goes one step on."""
    for table in _EXPLAINED:
        op.add_column(
            table, sa.Column("explanation_en", sa.Text(), server_default="", nullable=False)
        )
    for table in _OF_FILES:
        op.add_column(
            table,
            sa.Column("follows_file", sa.Boolean(), server_default=sa.false(), nullable=False),
        )
    for name in _COUNTS:
        op.add_column(
            "rule_previews", sa.Column(name, sa.Integer(), server_default="0", nullable=False)
        )


def downgrade() -> None:
    """Goes one step back."""
    with op.batch_alter_table("rule_previews") as batch_op:
        for name in _COUNTS:
            batch_op.drop_column(name)
    for table in _OF_FILES:
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_column("follows_file")
    for table in _EXPLAINED:
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_column("explanation_en")
