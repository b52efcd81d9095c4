"""assessors and their scores

Expand first, contract in a later release.
"""

import sqlalchemy as sa
from alembic import op

from mentoring_common.migrations import count_changes, protect

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None
SERVICE = "applications"


def upgrade() -> None:
    op.create_table('assessments',
    sa.Column('application_id', sa.Uuid(), nullable=False),
    sa.Column('assessor_id', sa.Uuid(), nullable=True),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('asked_by', sa.Text(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('scored_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('sealed', sa.LargeBinary(), nullable=True),
    sa.Column('tenant_id', sa.Uuid(), server_default=sa.text("NULLIF(current_setting('app.tenant', true), '')::uuid"), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), server_default=sa.text('1'), nullable=False),
    sa.CheckConstraint("state IN ('open', 'scored', 'conflict')", name=op.f('ck_assessments_state')),
    sa.ForeignKeyConstraint(['tenant_id', 'application_id'], ['applications.tenant_id', 'applications.id'], name=op.f('fk_assessments_tenant_id_application_id')),
    sa.ForeignKeyConstraint(['tenant_id', 'assessor_id'], ['people.tenant_id', 'people.id'], name=op.f('fk_assessments_tenant_id_assessor_id')),
    sa.PrimaryKeyConstraint('tenant_id', 'id', name=op.f('pk_assessments')),
    sa.UniqueConstraint('tenant_id', 'application_id', 'assessor_id', name=op.f('uq_assessments_tenant_id_application_id_assessor_id'))
    )
    op.create_index(op.f('ix_assessments_assessor_id'), 'assessments', ['assessor_id'], unique=False)
    op.create_table('moderations',
    sa.Column('recommendation', sa.Text(), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.Column('by', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('tenant_id', sa.Uuid(), server_default=sa.text("NULLIF(current_setting('app.tenant', true), '')::uuid"), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("recommendation IN ('accept', 'waitlist', 'refuse')", name=op.f('ck_moderations_recommendation')),
    sa.ForeignKeyConstraint(['tenant_id', 'id'], ['applications.tenant_id', 'applications.id'], name=op.f('fk_moderations_tenant_id_id')),
    sa.PrimaryKeyConstraint('tenant_id', 'id', name=op.f('pk_moderations'))
    )
    protect(op, SERVICE, ['assessments', 'moderations'])
    count_changes(op, 'assessments')
