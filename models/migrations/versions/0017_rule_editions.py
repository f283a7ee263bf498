"""Rules as editions: drafts, published editions, previews on history.

Revision: 0017, after 0016.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def _text(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _number(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Integer(), nullable=nullable)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _of_account(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["account"], ["accounts.id"], name=op.f(f"fk_{table}_account_accounts"), ondelete="SET NULL"
    )


def upgrade() -> None:
    """Goes one step on."""
    op.create_table(
        "rule_drafts",
        _text("pipeline"),
        _text("text"),
        _number("version"),
        _number("base"),
        _number("account", nullable=True),
        _text("who"),
        _moment("at"),
        _of_account("rule_drafts"),
        sa.PrimaryKeyConstraint("pipeline", name=op.f("pk_rule_drafts")),
    )
    op.create_table(
        "rule_editions",
        _number("id"),
        _text("pipeline"),
        _number("version"),
        _text("text"),
        _text("digest"),
        _number("account", nullable=True),
        _text("who"),
        _text("note"),
        _moment("at"),
        _number("restores", nullable=True),
        _of_account("rule_editions"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_editions")),
        sa.UniqueConstraint("pipeline", "version", name=op.f("uq_rule_editions_pipeline_version")),
    )
    op.create_table(
        "rule_previews",
        _number("id"),
        _text("pipeline"),
        _text("text"),
        _text("digest"),
        _number("account", nullable=True),
        _text("who"),
        _moment("asked_at"),
        _text("state"),
        _number("step"),
        _number("against"),
        _text("judged", nullable=True),
        _number("deals"),
        _moment("finished_at", nullable=True),
        _text("problem", nullable=True),
        _of_account("rule_previews"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_previews")),
    )
    op.create_index(op.f("ix_rule_previews_pipeline"), "rule_previews", ["pipeline"])
    op.create_table(
        "rule_flips",
        _number("preview"),
        _number("position"),
        _text("kind"),
        _text("deal_id", nullable=True),
        _text("call_id", nullable=True),
        _text("user_id", nullable=True),
        _text("subject"),
        _text("before", nullable=True),
        _text("after", nullable=True),
        _number("finding", nullable=True),
        _text("decided", nullable=True),
        _text("key", nullable=True),
        sa.ForeignKeyConstraint(
            ["preview"],
            ["rule_previews.id"],
            name=op.f("fk_rule_flips_preview_rule_previews"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("preview", "position", name=op.f("pk_rule_flips")),
    )
    op.create_index("ix_rule_flips_preview_decided", "rule_flips", ["preview", "decided"])


def downgrade() -> None:
    """Goes one step back."""
    op.drop_table("rule_flips")
    op.drop_table("rule_previews")
    op.drop_table("rule_editions")
    op.drop_table("rule_drafts")
