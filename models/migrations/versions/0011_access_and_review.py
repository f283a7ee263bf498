"""Accounts, log-ins, keys and audit; findings, decisions, waivers and corrections.

Revision: 0011, after 0010.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _text(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _by() -> sa.Column[object]:
    return sa.Column("account", sa.Integer(), nullable=True)


def _of_account(table: str, ondelete: str = "SET NULL") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["account"], ["accounts.id"], name=op.f(f"fk_{table}_account_accounts"), ondelete=ondelete
    )


def upgrade() -> None:
    """Goes one step on."""
    op.create_table(
        "accounts",
        sa.Column("id", sa.Integer(), nullable=False),
        _text("login"),
        _text("name"),
        _text("password", nullable=True),
        sa.Column("roles", sa.JSON(), nullable=False),
        _text("crm_user", nullable=True),
        sa.Column("team", sa.JSON(), nullable=False),
        _text("language"),
        _text("subject", nullable=True),
        _moment("created_at"),
        _moment("disabled_at", nullable=True),
        _moment("inbox_seen_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("login", name=op.f("uq_accounts_login")),
        sa.UniqueConstraint("subject", name=op.f("uq_accounts_subject")),
    )
    op.create_table(
        "sessions",
        _text("digest"),
        sa.Column("account", sa.Integer(), nullable=False),
        _text("csrf"),
        _moment("created_at"),
        _moment("seen_at"),
        _text("address"),
        _of_account("sessions", "CASCADE"),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_sessions")),
    )
    op.create_index(op.f("ix_sessions_account"), "sessions", ["account"])
    op.create_table(
        "failed_logins",
        sa.Column("id", sa.Integer(), nullable=False),
        _text("subject"),
        _moment("at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_failed_logins")),
    )
    op.create_index("ix_failed_logins_subject_at", "failed_logins", ["subject", "at"])
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), nullable=False),
        _moment("at"),
        _by(),
        _text("who"),
        _text("event"),
        _text("subject"),
        _text("detail"),
        _text("address"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    for column in ("at", "account", "event", "subject"):
        op.create_index(op.f(f"ix_audit_{column}"), "audit", [column])
    op.create_table(
        "api_keys",
        sa.Column("id", sa.Integer(), nullable=False),
        _text("name"),
        _text("prefix"),
        _text("digest"),
        sa.Column("scopes", sa.JSON(), nullable=False),
        _text("created_by"),
        _moment("created_at"),
        _moment("expires_at", nullable=True),
        _moment("revoked_at", nullable=True),
        _moment("used_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("prefix", name=op.f("uq_api_keys_prefix")),
    )
    op.create_table(
        "findings",
        sa.Column("id", sa.Integer(), nullable=False),
        _text("source"),
        _text("crm_source"),
        _text("key"),
        _text("kind"),
        _text("severity"),
        _text("explanation"),
        _text("deal_id", nullable=True),
        _text("call_id", nullable=True),
        _text("user_id", nullable=True),
        _moment("at", nullable=True),
        sa.Column("evidence", sa.JSON(), nullable=False),
        _text("pipeline_id", nullable=True),
        _text("stage", nullable=True),
        sa.Column("amount", sa.Double(), nullable=True),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("weight", sa.Double(), nullable=False),
        _text("state"),
        _moment("raised_at"),
        sa.Column("seen_run", sa.Integer(), nullable=True),
        _moment("withdrawn_at", nullable=True),
        _moment("sent_at", nullable=True),
        _moment("updated_at"),
        sa.Column("version", sa.Integer(), nullable=False),
        _text("digest"),
        sa.ForeignKeyConstraint(
            ["seen_run"], ["runs.id"], name=op.f("fk_findings_seen_run_runs"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_findings")),
        sa.UniqueConstraint(
            "source", "crm_source", "key", name=op.f("uq_findings_source_crm_source_key")
        ),
    )
    for column in ("kind", "deal_id", "call_id", "user_id", "raised_at", "updated_at"):
        op.create_index(op.f(f"ix_findings_{column}"), "findings", [column])
    op.create_index(
        "ix_findings_state_withdrawn_at_weight", "findings", ["state", "withdrawn_at", "weight"]
    )
    op.create_table(
        "decisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("finding", sa.Integer(), nullable=False),
        _text("kind"),
        _moment("at"),
        _by(),
        _text("who"),
        _text("reason", nullable=True),
        _text("note"),
        sa.Column("shown", sa.JSON(), nullable=False),
        sa.Column("blind", sa.Boolean(), server_default=sa.false(), nullable=False),
        _of_account("decisions"),
        sa.ForeignKeyConstraint(
            ["finding"],
            ["findings.id"],
            name=op.f("fk_decisions_finding_findings"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
    )
    for column in ("finding", "at", "account"):
        op.create_index(op.f(f"ix_decisions_{column}"), "decisions", [column])
    op.create_table(
        "waivers",
        sa.Column("id", sa.Integer(), nullable=False),
        _text("crm_source"),
        _text("deal_id"),
        _text("stage"),
        _text("requirement_id"),
        _moment("at"),
        _by(),
        _text("who"),
        _text("note"),
        _of_account("waivers"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waivers")),
        sa.UniqueConstraint(
            "crm_source",
            "deal_id",
            "stage",
            "requirement_id",
            name=op.f("uq_waivers_crm_source_deal_id_stage_requirement_id"),
        ),
    )
    op.create_index(op.f("ix_waivers_deal_id"), "waivers", ["deal_id"])
    op.create_table(
        "corrections",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call", sa.Integer(), nullable=False),
        _text("kind"),
        sa.Column("place", sa.JSON(), nullable=False),
        sa.Column("machine", sa.JSON(), nullable=False),
        sa.Column("corrected", sa.JSON(), nullable=False),
        _moment("at"),
        _by(),
        _text("who"),
        _of_account("corrections"),
        sa.ForeignKeyConstraint(
            ["call"], ["calls.id"], name=op.f("fk_corrections_call_calls"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_corrections")),
    )
    op.create_index(op.f("ix_corrections_call"), "corrections", ["call"])


def downgrade() -> None:
    """Goes one step back."""
    for table in (
        "corrections",
        "waivers",
        "decisions",
        "findings",
        "api_keys",
        "audit",
        "failed_logins",
        "sessions",
        "accounts",
    ):
        op.drop_table(table)
