"""networks: the totals that an office issued

Expand first, contract in a later release.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from mentoring_common.migrations import protect

revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None
SERVICE = "evaluation"


# What was handed over before loses what is hidden.
_SHOWN = """
    UPDATE shared_reports SET figures = COALESCE(
        (SELECT jsonb_agg(one) FROM jsonb_array_elements(figures) AS one WHERE one->>'shown' <> 'hidden'), '[]'
    )
"""


def upgrade() -> None:
    op.execute("ALTER TABLE shared_reports NO FORCE ROW LEVEL SECURITY")
    op.execute(_SHOWN)
    op.execute("ALTER TABLE shared_reports FORCE ROW LEVEL SECURITY")
    op.create_table('network_editions',
    sa.Column('network_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('issued_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('totals', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('tenant_id', sa.Uuid(), server_default=sa.text("NULLIF(current_setting('app.tenant', true), '')::uuid"), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.PrimaryKeyConstraint('tenant_id', 'id', name=op.f('pk_network_editions')),
    sa.UniqueConstraint('tenant_id', 'network_id', 'number', name=op.f('uq_network_editions_tenant_id_network_id_number'))
    )
    protect(op, SERVICE, ['network_editions'])
