"""A CRM's activities are found by their contact: a deal's page shows those of its people."""

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Goes one step on."""
    op.create_index(op.f("ix_activities_contact_id"), "activities", ["contact_id"])


def downgrade() -> None:
    """Goes one step back."""
    op.drop_index(op.f("ix_activities_contact_id"), table_name="activities")
