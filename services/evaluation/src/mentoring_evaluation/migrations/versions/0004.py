"""how the end of a wave was put off, values counted from records

Expand first, contract in a later release.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None
SERVICE = "evaluation"


def upgrade() -> None:
    op.add_column('waves', sa.Column('extensions', postgresql.JSONB(astext_type=sa.Text()), server_default='[]', nullable=False))
    op.add_column('indicator_values', sa.Column('from_records', sa.Boolean(), server_default=sa.text('false'), nullable=False))
    op.create_check_constraint(op.f('ck_indicator_values_records_ask_nobody'), 'indicator_values', 'NOT from_records OR num_nonnulls(asked, answered) = 0')
