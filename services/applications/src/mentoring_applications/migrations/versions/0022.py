"""of which round a relationship was that ran its course

Expand first, contract in a later release.
"""

import sqlalchemy as sa
from alembic import op

revision = '0022'
down_revision = '0021'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('closed_relationships', sa.Column('cohort_id', sa.Uuid(), nullable=True))
