"""what employers call their people, and when people and applications last changed

Expand first, contract in a later release.
"""

import sqlalchemy as sa
from alembic import op

from mentoring_common.migrations import note_changes

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None
SERVICE = "applications"


def upgrade() -> None:
    op.add_column('people', sa.Column('external_id', sa.Text(), nullable=True))
    op.create_index(
        'uq_people_external_id', 'people', ['tenant_id', 'employer_id', 'external_id'], unique=True,
        postgresql_nulls_not_distinct=True, postgresql_where=sa.text('external_id IS NOT NULL'),
    )
    note_changes(op, 'people', 'applications')
