"""Reports that were issued, and what is sent to whom."""

import sqlalchemy as sa
from alembic import op

from models.tables.base import AwareDateTime

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Goes one step on."""
    op.create_table('report_editions',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('crm_source', sa.Text(), nullable=False),
        sa.Column('kind', sa.Text(), nullable=False),
        sa.Column('language', sa.Text(), nullable=False),
        sa.Column('whom', sa.Text(), nullable=False),
        sa.Column('scope', sa.JSON(), nullable=False),
        sa.Column('period_from', AwareDateTime(), nullable=False),
        sa.Column('period_until', AwareDateTime(), nullable=False),
        sa.Column('zone', sa.Text(), nullable=False),
        sa.Column('as_of', AwareDateTime(), nullable=False),
        sa.Column('inputs', sa.JSON(), nullable=False),
        sa.Column('rules', sa.JSON(), nullable=False),
        sa.Column('digest', sa.Text(), nullable=False),
        sa.Column('issued_at', AwareDateTime(), nullable=False),
        sa.Column('issued_for', sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_report_editions'))
    )
    op.create_index(op.f('ix_report_editions_issued_at'), 'report_editions', ['issued_at'], unique=False)
    op.create_table('mailings',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('recipient', sa.Text(), nullable=False),
        sa.Column('channel', sa.Text(), nullable=False),
        sa.Column('kind', sa.Text(), nullable=False),
        sa.Column('slot', sa.Text(), nullable=False),
        sa.Column('state', sa.Text(), nullable=False),
        sa.Column('made_at', AwareDateTime(), nullable=False),
        sa.Column('due_at', AwareDateTime(), nullable=False),
        sa.Column('tries', sa.Integer(), nullable=False),
        sa.Column('token', sa.Text(), nullable=True),
        sa.Column('taken_at', AwareDateTime(), nullable=True),
        sa.Column('sent_at', AwareDateTime(), nullable=True),
        sa.Column('error', sa.Text(), nullable=True),
        sa.Column('edition', sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(['edition'], ['report_editions.id'], name=op.f('fk_mailings_edition_report_editions'), ondelete='SET NULL'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_mailings')),
        sa.UniqueConstraint('recipient', 'channel', 'kind', 'slot', name=op.f('uq_mailings_recipient_channel_kind_slot'))
    )
    op.create_index(op.f('ix_mailings_due_at'), 'mailings', ['due_at'], unique=False)
    op.create_index(op.f('ix_mailings_made_at'), 'mailings', ['made_at'], unique=False)


def downgrade() -> None:
    """Goes one step back."""
    op.drop_index(op.f('ix_mailings_made_at'), table_name='mailings')
    op.drop_index(op.f('ix_mailings_due_at'), table_name='mailings')
    op.drop_table('mailings')
    op.drop_index(op.f('ix_report_editions_issued_at'), table_name='report_editions')
    op.drop_table('report_editions')
