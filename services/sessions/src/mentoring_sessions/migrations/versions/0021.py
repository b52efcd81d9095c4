"""activities that are of a series

Expand first, contract in a later release.
"""

import sqlalchemy as sa
from alembic import op

revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('activities', sa.Column('series_id', sa.Uuid(), nullable=True))
    op.add_column('activities', sa.Column('occurrence', sa.Integer(), nullable=True))
    op.create_index(
        'uq_activities_series', 'activities', ['tenant_id', 'series_id', 'occurrence'],
        unique=True, postgresql_where=sa.text('series_id IS NOT NULL'),
    )  # fmt: skip
