"""accounts of identity providers

Expand first, contract in a later release.
"""

import sqlalchemy as sa
from alembic import op

revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('people', sa.Column('user_name', sa.Text(), nullable=True))
    op.add_column('people', sa.Column('deprovisioned', sa.Boolean(), server_default=sa.text('false'), nullable=False))
