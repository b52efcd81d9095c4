"""matches that another mentor carries on, each once"""

import sqlalchemy as sa
from alembic import op

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None
SERVICE = "matching"


def upgrade() -> None:
    op.add_column('matches', sa.Column('handover', sa.Boolean(), server_default=sa.text('false'), nullable=False))
    columns = ['tenant_id', 'rematch_of']
    op.create_index('uq_matches_handover', 'matches', columns, unique=True, postgresql_where=sa.text('handover'))
