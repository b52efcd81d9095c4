"""relationships that another mentor carries on, and what of those before they take over

Expand first, contract in a later release.
"""

import sqlalchemy as sa
from alembic import op

from mentoring_common.migrations import count_changes, protect

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None
SERVICE = "sessions"


def upgrade() -> None:
    op.add_column('relationships', sa.Column('continues', sa.Uuid(), nullable=True))
    op.create_index(
        'ix_relationships_continues', 'relationships', ['tenant_id', 'continues'],
        postgresql_where=sa.text('continues IS NOT NULL'),
    )  # fmt: skip
    op.add_column(
        'goals', sa.Column('set_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False)
    )
    own = sa.text("NULLIF(current_setting('app.tenant', true), '')::uuid")
    op.create_table(
        'handovers',
        sa.Column('tenant_id', sa.Uuid(), server_default=own, nullable=False),
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('decided_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('goals', sa.Boolean(), nullable=False),
        sa.Column('agreement', sa.Boolean(), nullable=False),
        sa.Column('history', sa.Boolean(), nullable=False),
        sa.Column('version', sa.Integer(), server_default=sa.text('1'), nullable=False),
        sa.ForeignKeyConstraint(
            ['tenant_id', 'id'], ['relationships.tenant_id', 'relationships.id'],
            name=op.f('fk_handovers_tenant_id_id_relationships'),
        ),
        sa.PrimaryKeyConstraint('tenant_id', 'id', name=op.f('pk_handovers')),
    )  # fmt: skip
    count_changes(op, 'handovers')
    protect(op, SERVICE, ['handovers'])
