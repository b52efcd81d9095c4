"""the day on which a pair began

Expand first, contract in a later release.
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("matches", sa.Column("starts_on", sa.Date(), nullable=True))
