"""networks: who belongs to one, and what was shared

Expand first, contract in a later release.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from mentoring_common.migrations import protect

revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None
SERVICE = "evaluation"


def upgrade() -> None:
    op.create_table('network_links',
    sa.Column('network_id', sa.Uuid(), nullable=False),
    sa.Column('office_id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('joined', sa.Boolean(), nullable=False),
    sa.Column('tenant_id', sa.Uuid(), server_default=sa.text("NULLIF(current_setting('app.tenant', true), '')::uuid"), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.PrimaryKeyConstraint('tenant_id', 'id', name=op.f('pk_network_links'))
    )
    op.create_index(op.f('ix_network_links_network_id'), 'network_links', ['network_id'], unique=False)
    op.create_table('shared_reports',
    sa.Column('network_id', sa.Uuid(), nullable=False),
    sa.Column('office_id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('programme_id', sa.Uuid(), nullable=False),
    sa.Column('report_id', sa.Uuid(), nullable=False),
    sa.Column('figures', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('shared_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('tenant_id', sa.Uuid(), server_default=sa.text("NULLIF(current_setting('app.tenant', true), '')::uuid"), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.PrimaryKeyConstraint('tenant_id', 'id', name=op.f('pk_shared_reports')),
    sa.UniqueConstraint('tenant_id', 'network_id', 'programme_id', name=op.f('uq_shared_reports_tenant_id_network_id_programme_id'))
    )
    protect(op, SERVICE, ['network_links', 'shared_reports'])
