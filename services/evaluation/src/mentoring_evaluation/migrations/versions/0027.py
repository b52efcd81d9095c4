"""waves that are called off or taken back: another of the same survey and occasion may follow

Expand first, contract in a later release.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0027'
down_revision = '0026'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('waves', sa.Column('cancelled', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True))
    op.create_index(
        'uq_waves_standing', 'waves', ['tenant_id', 'cohort_id', 'instrument', 'occasion'],
        unique=True, postgresql_where=sa.text("state <> 'cancelled'"),
    )
    op.drop_constraint('uq_waves_tenant_id_cohort_id_instrument_occasion', 'waves', type_='unique')
