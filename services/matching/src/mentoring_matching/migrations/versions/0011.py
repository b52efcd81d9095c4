"""relationships that stood before they came into the system, and since when

Expand first, contract in a later release.
"""

import sqlalchemy as sa
from alembic import op

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None
SERVICE = "matching"


def upgrade() -> None:
    op.add_column('matches', sa.Column('starts_on', sa.Date(), nullable=True))
    op.add_column('groups', sa.Column('starts_on', sa.Date(), nullable=True))
