"""files that are answers

Expand first, contract in a later release.
"""

import sqlalchemy as sa
from alembic import op

from mentoring_common.migrations import protect

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None
SERVICE = "applications"


def upgrade() -> None:
    op.create_table('application_files',
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('draft_id', sa.Uuid(), nullable=True),
    sa.Column('application_id', sa.Uuid(), nullable=True),
    sa.Column('field', sa.Text(), nullable=False),
    sa.Column('media_type', sa.Text(), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('sealed_name', sa.LargeBinary(), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('tenant_id', sa.Uuid(), server_default=sa.text("NULLIF(current_setting('app.tenant', true), '')::uuid"), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint('(draft_id IS NULL) <> (application_id IS NULL)', name=op.f('ck_application_files_one_owner')),
    sa.ForeignKeyConstraint(['tenant_id', 'application_id'], ['applications.tenant_id', 'applications.id'], name=op.f('fk_application_files_tenant_id_application_id')),
    sa.ForeignKeyConstraint(['tenant_id', 'person_id'], ['people.tenant_id', 'people.id'], name=op.f('fk_application_files_tenant_id_person_id')),
    sa.PrimaryKeyConstraint('tenant_id', 'id', name=op.f('pk_application_files'))
    )
    op.create_index(op.f('ix_application_files_person_id'), 'application_files', ['person_id'], unique=False)
    op.create_index(op.f('ix_application_files_draft_id'), 'application_files', ['draft_id'], unique=False)
    op.create_index(op.f('ix_application_files_application_id'), 'application_files', ['application_id'], unique=False)
    protect(op, SERVICE, ['application_files'])
