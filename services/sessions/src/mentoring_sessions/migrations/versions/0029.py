"""what meetings are about

Expand first, contract in a later release.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0029'
down_revision = '0028'
branch_labels = None
depends_on = None


def upgrade() -> None:
    empty, texts = sa.text("'[]'"), postgresql.ARRAY(sa.Text())
    op.add_column('programmes', sa.Column('topics', postgresql.JSONB(), server_default=empty, nullable=False))
    op.add_column('mentoring_sessions', sa.Column('topics', texts, server_default='{}', nullable=False))
