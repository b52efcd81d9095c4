"""totals that outlive the answers

Expand first, contract in a later release.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from mentoring_common.migrations import protect

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None
SERVICE = "applications"


def upgrade() -> None:
    op.create_table('cohort_totals',
    sa.Column('equality', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('counts', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('kept_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('tenant_id', sa.Uuid(), server_default=sa.text("NULLIF(current_setting('app.tenant', true), '')::uuid"), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['tenant_id', 'id'], ['cohorts.tenant_id', 'cohorts.id'], name=op.f('fk_cohort_totals_tenant_id_id')),
    sa.PrimaryKeyConstraint('tenant_id', 'id', name=op.f('pk_cohort_totals'))
    )
    protect(op, SERVICE, ['cohort_totals'])
