"""who leaves, and when

Expand first, contract in a later release.
"""

import sqlalchemy as sa
from alembic import op

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None
SERVICE = "applications"


def upgrade() -> None:
    op.add_column('people', sa.Column('last_day', sa.Date(), nullable=True))
    op.add_column('people', sa.Column('leaving_reason', sa.Text(), nullable=True))
    op.add_column('people', sa.Column('left_at', sa.DateTime(timezone=True), nullable=True))
