"""groups: one relationship of several people

Expand first, contract in a later release.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from mentoring_common.migrations import count_changes, protect

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None
SERVICE = "matching"


def _tenant() -> sa.Column[object]:
    own = sa.text("NULLIF(current_setting('app.tenant', true), '')::uuid")
    return sa.Column('tenant_id', sa.Uuid(), server_default=own, nullable=False)


def upgrade() -> None:
    op.add_column('programmes', sa.Column('formats', JSONB(), server_default=sa.text("'[]'"), nullable=False))
    op.add_column('matches', sa.Column('group_id', sa.Uuid(), nullable=True))
    op.alter_column('matches', 'run_id', nullable=True)
    op.alter_column('matches', 'score', nullable=True)
    op.create_index('ix_matches_group', 'matches', ['tenant_id', 'group_id'], postgresql_where=sa.text('group_id IS NOT NULL'))
    op.create_table(
        'groups',
        _tenant(),
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('programme_id', sa.Uuid(), nullable=False),
        sa.Column('cohort_id', sa.Uuid(), nullable=False),
        sa.Column('kind', sa.Text(), nullable=False),
        sa.Column('title', sa.Text(), nullable=True),
        sa.Column('state', sa.Text(), nullable=False),
        sa.Column('offered_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('formed_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('over_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('end_reason', sa.Text(), nullable=True),
        sa.Column('version', sa.Integer(), server_default=sa.text('1'), nullable=False),
        sa.PrimaryKeyConstraint('tenant_id', 'id', name=op.f('pk_groups')),
    )
    op.create_index('ix_groups_cohort', 'groups', ['tenant_id', 'cohort_id', 'kind'])
    op.create_table(
        'group_members',
        _tenant(),
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('group_id', sa.Uuid(), nullable=False),
        sa.Column('person_id', sa.Uuid(), nullable=False),
        sa.Column('role', sa.Text(), nullable=False),
        sa.Column('leads', sa.Boolean(), nullable=False),
        sa.Column('state', sa.Text(), nullable=False),
        sa.Column('pool_member_id', sa.Uuid(), nullable=True),
        sa.Column('match_id', sa.Uuid(), nullable=True),
        sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('accepted_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('joined_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('left_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('end_reason', sa.Text(), nullable=True),
        sa.Column('told', sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint('tenant_id', 'id', name=op.f('pk_group_members')),
    )
    op.create_index('ix_group_members_group', 'group_members', ['tenant_id', 'group_id'])
    op.create_index('ix_group_members_person', 'group_members', ['tenant_id', 'person_id'])
    present = sa.text("state IN ('invited', 'joined')")
    columns = ['tenant_id', 'group_id', 'person_id']
    op.create_index('uq_group_members_present', 'group_members', columns, unique=True, postgresql_where=present)
    protect(op, SERVICE, ['groups', 'group_members'])
    count_changes(op, 'groups')
