"""upload links

Expand first, contract in a later release.
"""

import sqlalchemy as sa
from alembic import op

from mentoring_common.migrations import count_changes, protect

revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('upload_links',
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('programme_id', sa.Uuid(), nullable=True),
    sa.Column('made_by', sa.Text(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('most_files', sa.Integer(), nullable=True),
    sa.Column('most_bytes', sa.Integer(), nullable=False),
    sa.Column('files', sa.Integer(), server_default='0', nullable=False),
    sa.Column('import_id', sa.Uuid(), nullable=True),
    sa.Column('key_id', sa.Uuid(), nullable=False),
    sa.Column('sealed_key', sa.LargeBinary(), nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.Column('tenant_id', sa.Uuid(), server_default=sa.text("NULLIF(current_setting('app.tenant', true), '')::uuid"), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['tenant_id', 'import_id'], ['imports.tenant_id', 'imports.id'], name=op.f('fk_upload_links_tenant_id_import_id')),
    sa.ForeignKeyConstraint(['tenant_id', 'made_by', 'source'], ['import_sources.tenant_id', 'import_sources.made_by', 'import_sources.name'], name=op.f('fk_upload_links_tenant_id_made_by_source'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('tenant_id', 'id', name=op.f('pk_upload_links'))
    )
    op.create_index(op.f('ix_upload_links_tenant_id_import_id'), 'upload_links', ['tenant_id', 'import_id'], unique=False)
    op.create_index(op.f('ix_upload_links_tenant_id_made_by_source'), 'upload_links', ['tenant_id', 'made_by', 'source'], unique=False)
    protect(op, 'integrations', ['upload_links'])
    count_changes(op, 'upload_links', of='revoked_at')
