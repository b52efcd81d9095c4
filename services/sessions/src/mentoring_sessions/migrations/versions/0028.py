"""notes that a relationship writes together

Expand first, contract in a later release.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0028'
down_revision = '0027'
branch_labels = None
depends_on = None


def upgrade() -> None:
    people = postgresql.ARRAY(sa.Uuid())
    op.add_column('notes', sa.Column('shared', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column('notes', sa.Column('written_with', people, server_default='{}', nullable=False))
