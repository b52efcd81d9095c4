"""programmes that are closed

Expand first, contract in a later release.
"""

import sqlalchemy as sa
from alembic import op

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None
SERVICE = "matching"


def upgrade() -> None:
    op.add_column('programmes', sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True))
