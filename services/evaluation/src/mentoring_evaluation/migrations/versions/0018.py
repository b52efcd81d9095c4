"""when a wave was planned

Expand first, contract in a later release.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("waves", sa.Column("planned_at", sa.DateTime(timezone=True), nullable=True))
