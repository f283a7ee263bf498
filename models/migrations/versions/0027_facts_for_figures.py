"""Facts that figures are counted from: each version of a deal, a call and a promise."""

import sqlalchemy as sa
from alembic import op

from models.tables.base import AwareDateTime

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Goes one step on."""
    op.create_table('call_facts',
        sa.Column('call_id', sa.Text(), nullable=False),
        sa.Column('at', AwareDateTime(), nullable=False),
        sa.Column('user_id', sa.Text(), nullable=True),
        sa.Column('roles', sa.JSON(), nullable=False),
        sa.Column('deal_id', sa.Text(), nullable=True),
        sa.Column('pipeline_id', sa.Text(), nullable=True),
        sa.Column('outcome', sa.Text(), nullable=True),
        sa.Column('answered', sa.Boolean(), nullable=False),
        sa.Column('heard', sa.Boolean(), nullable=False),
        sa.Column('seconds', sa.Double(), nullable=False),
        sa.Column('actions', sa.JSON(), nullable=False),
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('crm_source', sa.Text(), nullable=False),
        sa.Column('valid_from', AwareDateTime(), nullable=False),
        sa.Column('valid_until', AwareDateTime(), nullable=False),
        sa.Column('digest', sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_call_facts'))
    )
    op.create_index('ix_call_facts_at', 'call_facts', ['crm_source', 'at'], unique=False)
    op.create_index('ix_call_facts_call_id', 'call_facts', ['crm_source', 'call_id', 'valid_until'], unique=False)
    op.create_table('deal_facts',
        sa.Column('deal_id', sa.Text(), nullable=False),
        sa.Column('name', sa.Text(), nullable=False),
        sa.Column('pipeline_id', sa.Text(), nullable=False),
        sa.Column('user_id', sa.Text(), nullable=True),
        sa.Column('roles', sa.JSON(), nullable=False),
        sa.Column('source', sa.Text(), nullable=True),
        sa.Column('client', sa.Text(), nullable=False),
        sa.Column('amount', sa.Double(), nullable=True),
        sa.Column('currency', sa.Text(), nullable=False),
        sa.Column('status', sa.Text(), nullable=False),
        sa.Column('created_at', AwareDateTime(), nullable=False),
        sa.Column('closed_at', AwareDateTime(), nullable=True),
        sa.Column('first_contact_at', AwareDateTime(), nullable=False),
        sa.Column('recorded', sa.Integer(), nullable=True),
        sa.Column('reached', sa.Integer(), nullable=True),
        sa.Column('verified', sa.Integer(), nullable=True),
        sa.Column('blocked', sa.Integer(), nullable=True),
        sa.Column('unsure', sa.Integer(), nullable=True),
        sa.Column('gap', sa.Text(), nullable=False),
        sa.Column('calls', sa.Integer(), nullable=False),
        sa.Column('unheard', sa.Integer(), nullable=False),
        sa.Column('detail', sa.JSON(), nullable=False),
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('crm_source', sa.Text(), nullable=False),
        sa.Column('valid_from', AwareDateTime(), nullable=False),
        sa.Column('valid_until', AwareDateTime(), nullable=False),
        sa.Column('digest', sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_deal_facts'))
    )
    op.create_index('ix_deal_facts_valid', 'deal_facts', ['crm_source', 'valid_until', 'deal_id'], unique=False)
    op.create_table('line_facts',
        sa.Column('pipeline_id', sa.Text(), nullable=False),
        sa.Column('name', sa.Text(), nullable=False),
        sa.Column('template', sa.Text(), nullable=False),
        sa.Column('position', sa.Integer(), nullable=False),
        sa.Column('stages', sa.JSON(), nullable=False),
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('crm_source', sa.Text(), nullable=False),
        sa.Column('valid_from', AwareDateTime(), nullable=False),
        sa.Column('valid_until', AwareDateTime(), nullable=False),
        sa.Column('digest', sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_line_facts'))
    )
    op.create_table('person_facts',
        sa.Column('user_id', sa.Text(), nullable=False),
        sa.Column('name', sa.Text(), nullable=False),
        sa.Column('roles', sa.JSON(), nullable=False),
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('crm_source', sa.Text(), nullable=False),
        sa.Column('valid_from', AwareDateTime(), nullable=False),
        sa.Column('valid_until', AwareDateTime(), nullable=False),
        sa.Column('digest', sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_person_facts'))
    )
    op.create_table('promise_facts',
        sa.Column('deal_id', sa.Text(), nullable=False),
        sa.Column('ordinal', sa.Integer(), nullable=False),
        sa.Column('pipeline_id', sa.Text(), nullable=False),
        sa.Column('call_id', sa.Text(), nullable=False),
        sa.Column('type', sa.Text(), nullable=False),
        sa.Column('by', sa.Text(), nullable=False),
        sa.Column('user_id', sa.Text(), nullable=True),
        sa.Column('roles', sa.JSON(), nullable=False),
        sa.Column('made_at', AwareDateTime(), nullable=False),
        sa.Column('deadline', AwareDateTime(), nullable=True),
        sa.Column('state', sa.Text(), nullable=False),
        sa.Column('done_at', AwareDateTime(), nullable=True),
        sa.Column('quote', sa.Text(), nullable=False),
        sa.Column('amount', sa.Double(), nullable=True),
        sa.Column('currency', sa.Text(), nullable=False),
        sa.Column('place', sa.Integer(), nullable=True),
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('crm_source', sa.Text(), nullable=False),
        sa.Column('valid_from', AwareDateTime(), nullable=False),
        sa.Column('valid_until', AwareDateTime(), nullable=False),
        sa.Column('digest', sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_promise_facts'))
    )
    op.create_index('ix_promise_facts_valid', 'promise_facts', ['crm_source', 'valid_until', 'deal_id'], unique=False)


def downgrade() -> None:
    """Goes one step back."""
    op.drop_index('ix_promise_facts_valid', table_name='promise_facts')
    op.drop_table('promise_facts')
    op.drop_table('person_facts')
    op.drop_table('line_facts')
    op.drop_index('ix_deal_facts_valid', table_name='deal_facts')
    op.drop_table('deal_facts')
    op.drop_index('ix_call_facts_call_id', table_name='call_facts')
    op.drop_index('ix_call_facts_at', table_name='call_facts')
    op.drop_table('call_facts')
