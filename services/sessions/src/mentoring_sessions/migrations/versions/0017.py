"""goals have a measure, progress and a reminder, steps an owner and a reminder

Expand first, contract in a later release.
"""

import sqlalchemy as sa
from alembic import op

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('goals', sa.Column('measure_by', sa.Uuid(), nullable=True))
    op.add_column('goals', sa.Column('measure_sealed', sa.LargeBinary(), nullable=True))
    op.add_column('goals', sa.Column('progress', sa.Integer(), server_default=sa.text('0'), nullable=False))
    op.add_column('goals', sa.Column('remind_on', sa.Date(), nullable=True))
    op.create_check_constraint(op.f('ck_goals_progress'), 'goals', 'progress BETWEEN 0 AND 100')
    op.add_column('actions', sa.Column('owner_id', sa.Uuid(), nullable=True))
    op.add_column('actions', sa.Column('remind_on', sa.Date(), nullable=True))
