"""teams that were handed over

Expand first, contract in a later release.
"""

import sqlalchemy as sa
from alembic import op

from mentoring_common.migrations import protect

revision = '0026'
down_revision = '0025'
branch_labels = None
depends_on = None
SERVICE = "applications"

_TENANT = sa.text("NULLIF(current_setting('app.tenant', true), '')::uuid")


def upgrade() -> None:
    op.create_table('team_handovers',
    sa.Column('programme_id', sa.Uuid(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('made_by', sa.Uuid(), nullable=True),
    sa.Column('sealed_note', sa.LargeBinary(), nullable=True),
    sa.Column('tenant_id', sa.Uuid(), server_default=_TENANT, nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['tenant_id', 'programme_id'], ['programmes.tenant_id', 'programmes.id'], name=op.f('fk_team_handovers_tenant_id_programme_id')),
    sa.PrimaryKeyConstraint('tenant_id', 'id', name=op.f('pk_team_handovers'))
    )
    op.create_index(op.f('ix_team_handovers_tenant_id_programme_id'), 'team_handovers', ['tenant_id', 'programme_id'], unique=False)
    op.create_table('handed_roles',
    sa.Column('handover_id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('role', sa.Text(), nullable=False),
    sa.Column('given', sa.Boolean(), nullable=False),
    sa.Column('tenant_id', sa.Uuid(), server_default=_TENANT, nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['tenant_id', 'handover_id'], ['team_handovers.tenant_id', 'team_handovers.id'], name=op.f('fk_handed_roles_tenant_id_handover_id')),
    sa.PrimaryKeyConstraint('tenant_id', 'id', name=op.f('pk_handed_roles'))
    )
    op.create_index(op.f('ix_handed_roles_person_id'), 'handed_roles', ['person_id'], unique=False)
    op.create_index(op.f('ix_handed_roles_tenant_id_handover_id'), 'handed_roles', ['tenant_id', 'handover_id'], unique=False)
    protect(op, SERVICE, ['team_handovers', 'handed_roles'])
