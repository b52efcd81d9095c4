"""what came of habits

Expand first, contract in a later release.
"""

import sqlalchemy as sa
from alembic import op

from mentoring_common.migrations import protect

revision = '0026'
down_revision = '0025'
branch_labels = None
depends_on = None
SERVICE = "evaluation"


def upgrade() -> None:
    own = sa.text("NULLIF(current_setting('app.tenant', true), '')::uuid")
    op.create_table(
        'habit_results',
        sa.Column('tenant_id', sa.Uuid(), server_default=own, nullable=False),
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('programme_id', sa.Uuid(), nullable=False),
        sa.Column('first', sa.Boolean(), nullable=False),
        sa.Column('embedded', sa.Boolean(), nullable=False),
        sa.Column('seen_by_manager', sa.Boolean(), nullable=True),
        sa.Column('seen_by_peer', sa.Boolean(), nullable=True),
        sa.PrimaryKeyConstraint('tenant_id', 'id', name=op.f('pk_habit_results')),
    )
    op.create_index(op.f('ix_habit_results_programme_id'), 'habit_results', ['programme_id'], unique=False)
    protect(op, SERVICE, ['habit_results'])
