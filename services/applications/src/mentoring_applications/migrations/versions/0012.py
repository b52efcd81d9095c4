"""decisions that are told later, places that are offered

Expand first, contract in a later release. The index of open applications is made again with the new state in it.
"""

import sqlalchemy as sa
from alembic import op

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None
SERVICE = "applications"
_STATES = ('accepted', 'carried_over', 'matched', 'place_offered', 'refused', 'submitted', 'unmatched', 'waitlisted', 'withdrawn')
_OPEN = "state IN ('accepted', 'place_offered', 'submitted', 'waitlisted') AND person_id IS NOT NULL"


def upgrade() -> None:
    op.add_column('applications', sa.Column('told_state', sa.Text(), nullable=True))
    op.add_column('applications', sa.Column('waits_since', sa.DateTime(timezone=True), nullable=True))
    op.add_column('applications', sa.Column('passed_over', sa.Boolean(), server_default=sa.text('false'), nullable=False))
    op.add_column('applications', sa.Column('place_until', sa.DateTime(timezone=True), nullable=True))
    op.drop_constraint(op.f('ck_applications_state'), 'applications', type_='check')
    op.create_check_constraint(op.f('ck_applications_state'), 'applications', f"state IN {_STATES}")
    op.drop_index('uq_applications_one_open', table_name='applications')
    op.create_index('uq_applications_one_open', 'applications', ['tenant_id', 'programme_id', 'person_id', 'role'], unique=True, postgresql_where=sa.text(_OPEN))
