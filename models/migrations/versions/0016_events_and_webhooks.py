"""Events, endpoints of web-hooks and what was delivered to them; gaps that were told.

Revision: 0016, after 0015.
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _text(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _number(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Integer(), nullable=nullable)


def upgrade() -> None:
    """Goes one step on."""
    op.create_table(
        "events",
        _number("id"),
        _text("uid"),
        _text("type"),
        _text("subject"),
        _text("deal_id", nullable=True),
        _text("user_id", nullable=True),
        sa.Column("payload", sa.JSON(), nullable=False),
        _moment("at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
        sa.UniqueConstraint("uid", name=op.f("uq_events_uid")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_events_deal_id"), "events", ["deal_id"])
    op.create_index(op.f("ix_events_at"), "events", ["at"])
    op.create_table(
        "webhook_endpoints",
        _number("id"),
        _text("url"),
        sa.Column("types", sa.JSON(), nullable=False),
        sa.Column("quotes", sa.Boolean(), nullable=False),
        _text("secret"),
        _text("old_secret", nullable=True),
        _moment("old_until", nullable=True),
        _text("created_by"),
        _moment("created_at"),
        _moment("shut_at", nullable=True),
        _text("shut_why", nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_endpoints")),
    )
    op.create_table(
        "webhook_deliveries",
        _number("id"),
        _number("endpoint"),
        _number("event"),
        _text("line"),
        _text("state"),
        _number("tries"),
        _moment("created_at"),
        _moment("due_at"),
        _moment("since"),
        _text("token", nullable=True),
        _moment("claimed_at", nullable=True),
        _moment("tried_at", nullable=True),
        _number("took_ms", nullable=True),
        _number("status", nullable=True),
        _text("error", nullable=True),
        sa.ForeignKeyConstraint(
            ["endpoint"],
            ["webhook_endpoints.id"],
            name=op.f("fk_webhook_deliveries_endpoint_webhook_endpoints"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["event"],
            ["events.id"],
            name=op.f("fk_webhook_deliveries_event_events"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_deliveries")),
    )
    op.create_index(op.f("ix_webhook_deliveries_event"), "webhook_deliveries", ["event"])
    op.create_index(
        "ix_webhook_deliveries_state_due_at", "webhook_deliveries", ["state", "due_at"]
    )
    op.create_index(
        "ix_webhook_deliveries_endpoint_line_state",
        "webhook_deliveries",
        ["endpoint", "line", "state"],
    )
    op.create_index(
        "ix_webhook_deliveries_endpoint_id", "webhook_deliveries", ["endpoint", "id"]
    )
    op.create_table(
        "coverage_gaps",
        _text("digest"),
        _text("kind"),
        _text("account"),
        sa.Column("day", sa.Date(), nullable=False),
        _moment("told_at"),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_coverage_gaps")),
    )


def downgrade() -> None:
    """Goes one step back."""
    for table in ("coverage_gaps", "webhook_deliveries", "webhook_endpoints", "events"):
        op.drop_table(table)
