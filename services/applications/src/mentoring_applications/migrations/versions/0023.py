"""what became of pairs

Expand first, contract in a later release. Pairs of before are known from their next event on.
"""

import sqlalchemy as sa
from alembic import op

from mentoring_common.migrations import count_changes, note_changes, protect

revision = '0023'
down_revision = '0022'
branch_labels = None
depends_on = None
SERVICE = "applications"


def upgrade() -> None:
    op.create_table('pair_courses',
    sa.Column('programme_id', sa.Uuid(), nullable=False),
    sa.Column('cohort_id', sa.Uuid(), nullable=False),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('completed', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('minutes', sa.Integer(), server_default='0', nullable=False),
    sa.Column('tenant_id', sa.Uuid(), server_default=sa.text("NULLIF(current_setting('app.tenant', true), '')::uuid"), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.PrimaryKeyConstraint('tenant_id', 'id', name=op.f('pk_pair_courses'))
    )
    protect(op, SERVICE, ['pair_courses'])
    count_changes(op, 'pair_courses')
    note_changes(op, 'pair_courses')
