"""who attends an orientation first, and the kinds of activities

Expand first, contract in a later release.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None
SERVICE = "sessions"


def upgrade() -> None:
    json = postgresql.JSONB(astext_type=sa.Text())
    both = '["mentor", "mentee"]'
    op.add_column('programmes', sa.Column('oriented', json, server_default=both, nullable=False))
    op.add_column('programmes', sa.Column('activity_kinds', json, server_default='{}', nullable=False))
