"""focus groups: several people heard at once; each one's part is an interview without a match

Expand first, contract in a later release.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from mentoring_common.migrations import count_changes, protect

revision = '0024'
down_revision = '0023'
branch_labels = None
depends_on = None
SERVICE = "evaluation"


def upgrade() -> None:
    op.create_table('focus_groups',
    sa.Column('programme_id', sa.Uuid(), nullable=False),
    sa.Column('cohort_id', sa.Uuid(), nullable=True),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('occasion', sa.Text(), nullable=False),
    sa.Column('guide', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('scheduled_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('held_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), server_default=sa.text('1'), nullable=False),
    sa.Column('tenant_id', sa.Uuid(), server_default=sa.text("NULLIF(current_setting('app.tenant', true), '')::uuid"), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.PrimaryKeyConstraint('tenant_id', 'id', name=op.f('pk_focus_groups'))
    )
    op.create_index(op.f('ix_focus_groups_programme_id'), 'focus_groups', ['programme_id'], unique=False)
    count_changes(op, 'focus_groups')
    protect(op, SERVICE, ['focus_groups'])
    op.add_column('interviews', sa.Column('focus_group_id', sa.Uuid(), nullable=True))
    for column in ('match_id', 'cohort_id'):
        op.alter_column('interviews', column, nullable=True)
    op.create_foreign_key(op.f('fk_interviews_tenant_id_focus_group_id'), 'interviews', 'focus_groups', ['tenant_id', 'focus_group_id'], ['tenant_id', 'id'])
    op.create_unique_constraint(op.f('uq_interviews_tenant_id_focus_group_id_person_id'), 'interviews', ['tenant_id', 'focus_group_id', 'person_id'])
    op.create_check_constraint(op.f('ck_interviews_is_of_a_pair_or_a_focus_group'), 'interviews', 'num_nonnulls(match_id, focus_group_id) = 1')
