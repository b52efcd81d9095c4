"""what people attend to complete a programme

Expand first, contract in a later release.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None


def upgrade() -> None:
    empty = sa.text("'[]'")
    op.add_column('programmes', sa.Column('completion', postgresql.JSONB(), server_default=empty, nullable=False))
