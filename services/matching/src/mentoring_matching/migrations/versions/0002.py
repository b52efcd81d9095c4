"""the day a cohort's pairs begin

Expand first, contract in a later release.
"""

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None
SERVICE = "matching"


def upgrade() -> None:
    op.add_column('cohorts', sa.Column('starts_on', sa.Date(), nullable=True))
