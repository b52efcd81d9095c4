"""programmes: which pairs carry on an earlier one

Expand first, contract in a later release.
"""

import sqlalchemy as sa
from alembic import op

revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None
SERVICE = "evaluation"


def upgrade() -> None:
    op.add_column('matches', sa.Column('handover', sa.Boolean(), server_default=sa.text('false'), nullable=False))
