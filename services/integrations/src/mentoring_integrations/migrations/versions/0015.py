"""the trace that a letter belongs to

Expand first, contract in a later release.
"""

import sqlalchemy as sa
from alembic import op

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('notifications', sa.Column('traceparent', sa.Text(), nullable=True))
