"""people of one group may see each other

Expand first, contract in a later release.
"""

import sqlalchemy as sa
from alembic import op

from mentoring_common.migrations import protect

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None
SERVICE = "applications"


def upgrade() -> None:
    own = sa.text("NULLIF(current_setting('app.tenant', true), '')::uuid")
    op.create_table(
        'companions',
        sa.Column('tenant_id', sa.Uuid(), server_default=own, nullable=False),
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('group_id', sa.Uuid(), nullable=False),
        sa.Column('person_id', sa.Uuid(), nullable=False),
        sa.Column('joined', sa.Boolean(), nullable=False),
        sa.Column('until', sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint('tenant_id', 'id', name=op.f('pk_companions')),
        sa.UniqueConstraint(
            'tenant_id', 'group_id', 'person_id', name=op.f('uq_companions_tenant_id_group_id_person_id')
        ),
    )
    op.create_index(op.f('ix_companions_tenant_id_person_id'), 'companions', ['tenant_id', 'person_id'])
    protect(op, SERVICE, ['companions'])
