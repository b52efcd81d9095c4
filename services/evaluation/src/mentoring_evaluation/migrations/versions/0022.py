"""Whose people an outcome from HR data is about.

Expand first, contract in a later release.
"""

import sqlalchemy as sa
from alembic import op

revision = '0022'
down_revision = '0021'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('hr_outcomes', sa.Column('employer_id', sa.Uuid(), nullable=True))
