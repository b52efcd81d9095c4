"""cohorts that are matched by themselves: by which clocks, whether that is paused, and which runs began so"""

import sqlalchemy as sa
from alembic import op

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None
SERVICE = "matching"


def upgrade() -> None:
    op.add_column('programmes', sa.Column('zone', sa.Text(), nullable=True))
    for table, column in (('programmes', 'recurring_paused'), ('match_runs', 'recurring')):
        op.add_column(table, sa.Column(column, sa.Boolean(), server_default=sa.text('false'), nullable=False))
