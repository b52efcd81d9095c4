"""whether people of a programme attend an orientation before they meet

Expand first, contract in a later release. Of programmes that are there it is told with their next amendment.
"""

import sqlalchemy as sa
from alembic import op

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('programmes', sa.Column('oriented', sa.Boolean(), server_default=sa.false(), nullable=False))
