"""Verdicts that people waived, each by its own decision, and what corrected words hold.

Revision: 0018, after 0017.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


_ONE_WAIVER = ["crm_source", "deal_id", "stage", "requirement_id"]
_ONCE = "uq_waivers_crm_source_deal_id_stage_requirement_id"


def upgrade() -> None:
    """Goes one step on."""
    with op.batch_alter_table("waivers") as batch_op:
        batch_op.drop_constraint(op.f(_ONCE), type_="unique")
        batch_op.create_unique_constraint(op.f(f"{_ONCE}_at"), [*_ONE_WAIVER, "at"])
    op.add_column("requirement_verdicts", sa.Column("waived", sa.JSON(), nullable=True))
    op.add_column(
        "requirement_verdicts",
        sa.Column("waivable", sa.Boolean(), server_default=sa.true(), nullable=False),
    )
    op.create_table(
        "corrected_hearings",
        sa.Column("call", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("actions", sa.JSON(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["call"],
            ["calls.id"],
            name=op.f("fk_corrected_hearings_call_calls"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("call", name=op.f("pk_corrected_hearings")),
    )


def downgrade() -> None:
    """Goes one step back."""
    op.execute(
        "DELETE FROM waivers WHERE id NOT IN (SELECT min(id) FROM waivers"
        " GROUP BY crm_source, deal_id, stage, requirement_id)"
    )
    with op.batch_alter_table("waivers") as batch_op:
        batch_op.drop_constraint(op.f(f"{_ONCE}_at"), type_="unique")
        batch_op.create_unique_constraint(op.f(_ONCE), _ONE_WAIVER)
    op.drop_table("corrected_hearings")
    with op.batch_alter_table("requirement_verdicts") as batch_op:
        batch_op.drop_column("waivable")
        batch_op.drop_column("waived")
