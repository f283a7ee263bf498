"""Calls are listed newest first: of a source, of a person, of an outcome.

Revision: 0013, after 0012.
"""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_FIRST = ("source", "user_id", "outcome")


def upgrade() -> None:
    """Goes one step on."""
    for column in _FIRST:
        op.create_index(
            op.f(f"ix_calls_{column}_started_at_id"), "calls", [column, "started_at", "id"]
        )


def downgrade() -> None:
    """Goes one step back."""
    for column in _FIRST:
        op.drop_index(op.f(f"ix_calls_{column}_started_at_id"), "calls")
