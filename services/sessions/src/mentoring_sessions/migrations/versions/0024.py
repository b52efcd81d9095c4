"""agreements answer the programme's questions, and what everybody signed is kept

Expand first, contract in a later release.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from mentoring_common.migrations import protect

revision = '0024'
down_revision = '0023'
branch_labels = None
depends_on = None
SERVICE = "sessions"
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    nothing = sa.text("'{}'")
    op.add_column('programmes', sa.Column('agreement', postgresql.JSONB(), server_default=nothing, nullable=False))
    op.add_column('agreements', sa.Column('answers_sealed', sa.LargeBinary(), nullable=True))
    own = sa.text("NULLIF(current_setting('app.tenant', true), '')::uuid")
    op.create_table(
        'agreed_versions',
        sa.Column('tenant_id', sa.Uuid(), server_default=own, nullable=False),
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('relationship_id', sa.Uuid(), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('proposed_by', sa.Uuid(), nullable=False),
        sa.Column('terms_sealed', sa.LargeBinary(), nullable=True),
        sa.Column('answers_sealed', sa.LargeBinary(), nullable=True),
        sa.Column('agreed_at', MOMENT, nullable=False),
        sa.Column('ended_at', MOMENT, nullable=True),
        sa.PrimaryKeyConstraint('tenant_id', 'id', name=op.f('pk_agreed_versions')),
        sa.ForeignKeyConstraint(
            ['tenant_id', 'relationship_id'], ['relationships.tenant_id', 'relationships.id'],
            name=op.f('fk_agreed_versions_tenant_id_relationship_id_relationships'),
        ),
        sa.UniqueConstraint(
            'tenant_id', 'relationship_id', 'version', name=op.f('uq_agreed_versions_tenant_id_relationship_id_version')
        ),
    )
    protect(op, SERVICE, ['agreed_versions'])
