"""how the end of a wave was put off

Expand first, contract in a later release.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0005'
down_revision = '0003'
branch_labels = None
depends_on = None
SERVICE = "evaluation"


def upgrade() -> None:
    op.add_column('waves', sa.Column('extensions', postgresql.JSONB(astext_type=sa.Text()), server_default='[]', nullable=False))
