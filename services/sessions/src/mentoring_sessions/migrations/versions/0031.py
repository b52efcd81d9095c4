"""notes that two people open together

Expand first, contract in a later release.
"""

import sqlalchemy as sa
from alembic import op

from mentoring_common.migrations import protect

revision = '0031'
down_revision = '0030'
branch_labels = None
depends_on = None
SERVICE = "sessions"
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    own = sa.text("NULLIF(current_setting('app.tenant', true), '')::uuid")
    op.create_table(
        'glass_breaks',
        sa.Column('tenant_id', sa.Uuid(), server_default=own, nullable=False),
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('relationship_id', sa.Uuid(), nullable=False),
        sa.Column('asked_by', sa.Uuid(), nullable=False),
        sa.Column('asked_at', MOMENT, nullable=False),
        sa.Column('reason_sealed', sa.LargeBinary(), nullable=True),
        sa.Column('approved_by', sa.Uuid(), nullable=True),
        sa.Column('approved_at', MOMENT, nullable=True),
        sa.Column('ends_at', MOMENT, nullable=True),
        sa.PrimaryKeyConstraint('tenant_id', 'id', name=op.f('pk_glass_breaks')),
        sa.ForeignKeyConstraint(
            ['tenant_id', 'relationship_id'], ['relationships.tenant_id', 'relationships.id'],
            name=op.f('fk_glass_breaks_tenant_id_relationship_id_relationships'),
        ),
        sa.CheckConstraint('approved_by IS NULL OR approved_by <> asked_by', name=op.f('ck_glass_breaks_two_people')),
    )
    op.create_index(
        op.f('ix_glass_breaks_tenant_id_relationship_id'), 'glass_breaks', ['tenant_id', 'relationship_id']
    )
    protect(op, SERVICE, ['glass_breaks'])
