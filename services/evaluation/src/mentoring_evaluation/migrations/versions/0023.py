"""waves that were asked with another tool

Expand first, contract in a later release.
"""

import sqlalchemy as sa
from alembic import op

revision = '0023'
down_revision = '0022'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('waves', sa.Column('asked_with', sa.Text(), nullable=True))
