"""wrong values are withdrawn or corrected with a trace

Expand first, contract in a later release.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None
SERVICE = "evaluation"


def upgrade() -> None:
    for table in ("indicator_values", "hr_outcomes"):
        op.add_column(table, sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True))
        op.add_column(table, sa.Column('withdrawn_as', sa.Text(), nullable=True))
        op.add_column(table, sa.Column('withdrawal_reason', sa.Text(), nullable=True))
    op.add_column('interviews', sa.Column('corrections', postgresql.JSONB(astext_type=sa.Text()), server_default='[]', nullable=False))
