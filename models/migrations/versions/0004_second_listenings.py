"""What a second listening heard, and the actions that it did not bear out.

Revision: 0004, after 0003.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Goes one step on."""
    op.create_table(
        "second_listenings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("transcript_id", sa.Integer(), nullable=False),
        sa.Column("listener", sa.Text(), nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("heard_s", sa.Double(), nullable=False),
        sa.Column("segments", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["transcript_id"],
            ["transcripts.id"],
            name=op.f("fk_second_listenings_transcript_id_transcripts"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_second_listenings")),
        sa.UniqueConstraint(
            "transcript_id",
            "listener",
            "first",
            "last",
            "digest",
            name=op.f("uq_second_listenings_transcript_id_listener_first_last_digest"),
        ),
    )
    with op.batch_alter_table("actions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("heard_otherwise", sa.Text(), nullable=True))


def downgrade() -> None:
    """Goes one step back."""
    with op.batch_alter_table("actions", schema=None) as batch_op:
        batch_op.drop_column("heard_otherwise")
    op.drop_table("second_listenings")
