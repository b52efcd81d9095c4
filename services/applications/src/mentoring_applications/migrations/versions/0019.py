"""networks, their members and their blueprints

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
SERVICE = "applications"


def upgrade() -> None:
    op.create_table('network_blueprints',
    sa.Column('network_id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('blueprint', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('tenant_id', sa.Uuid(), server_default=sa.text("NULLIF(current_setting('app.tenant', true), '')::uuid"), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.PrimaryKeyConstraint('tenant_id', 'id', name=op.f('pk_network_blueprints')),
    sa.UniqueConstraint('tenant_id', 'network_id', 'name', 'number', name=op.f('uq_network_blueprints_tenant_id_network_id_name_number'))
    )
    op.create_table('network_memberships',
    sa.Column('network_id', sa.Uuid(), nullable=False),
    sa.Column('network_name', sa.Text(), nullable=False),
    sa.Column('office_id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('organisation_name', sa.Text(), nullable=True),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('invited_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('left_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('tenant_id', sa.Uuid(), server_default=sa.text("NULLIF(current_setting('app.tenant', true), '')::uuid"), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("state IN ('declined', 'invited', 'joined', 'left')", name=op.f('ck_network_memberships_state')),
    sa.PrimaryKeyConstraint('tenant_id', 'id', name=op.f('pk_network_memberships')),
    sa.UniqueConstraint('tenant_id', 'network_id', 'organisation_id', name=op.f('uq_network_memberships_tenant_id_network_id_organisation_id'))
    )
    op.create_table('networks',
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('tenant_id', sa.Uuid(), server_default=sa.text("NULLIF(current_setting('app.tenant', true), '')::uuid"), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.PrimaryKeyConstraint('tenant_id', 'id', name=op.f('pk_networks'))
    )
    op.create_table('adoptions',
    sa.Column('blueprint_id', sa.Uuid(), nullable=False),
    sa.Column('adopted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('tenant_id', sa.Uuid(), server_default=sa.text("NULLIF(current_setting('app.tenant', true), '')::uuid"), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['tenant_id', 'blueprint_id'], ['network_blueprints.tenant_id', 'network_blueprints.id'], name=op.f('fk_adoptions_tenant_id_blueprint_id')),
    sa.ForeignKeyConstraint(['tenant_id', 'id'], ['programmes.tenant_id', 'programmes.id'], name=op.f('fk_adoptions_tenant_id_id')),
    sa.PrimaryKeyConstraint('tenant_id', 'id', name=op.f('pk_adoptions'))
    )
    op.create_index(op.f('ix_adoptions_tenant_id_blueprint_id'), 'adoptions', ['tenant_id', 'blueprint_id'], unique=False)
    protect(op, SERVICE, ['network_blueprints', 'network_memberships', 'networks', 'adoptions'])
