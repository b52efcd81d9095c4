"""what a programme calls a mentor and a mentee

Expand first, contract in a later release.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None
SERVICE = "integrations"


def upgrade() -> None:
    json = postgresql.JSONB(astext_type=sa.Text())
    op.add_column('programmes', sa.Column('words', json, server_default='{}', nullable=False))
