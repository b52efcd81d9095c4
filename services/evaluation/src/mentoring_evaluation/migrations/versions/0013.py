"""waves as the blueprint plans them

Expand first, contract in a later release.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None
SERVICE = "evaluation"


def upgrade() -> None:
    json = postgresql.JSONB(astext_type=sa.Text())
    op.add_column('programmes', sa.Column('waves', json, server_default='[]', nullable=False))
    op.add_column('programmes', sa.Column('zone', sa.Text(), nullable=True))
    op.add_column('cohorts', sa.Column('milestones', json, server_default='[]', nullable=False))
