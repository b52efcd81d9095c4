"""imports that go on after their answer, and how the files of a source are read

Expand first, contract in a later release.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from mentoring_common.migrations import protect

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('imports', sa.Column('progressed_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False))
    op.add_column('imports', sa.Column('digest', sa.LargeBinary(), nullable=True))
    op.add_column('imports', sa.Column('read_as', postgresql.JSONB(), nullable=True))
    op.create_table('import_sources',
    sa.Column('made_by', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('mapping', sa.Text(), nullable=False),
    sa.Column('sheet', sa.Text(), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('tenant_id', sa.Uuid(), server_default=sa.text("NULLIF(current_setting('app.tenant', true), '')::uuid"), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.PrimaryKeyConstraint('tenant_id', 'id', name=op.f('pk_import_sources')),
    sa.UniqueConstraint('tenant_id', 'made_by', 'name', name=op.f('uq_import_sources_tenant_id_made_by_name'))
    )
    protect(op, 'integrations', ['import_sources'])
