"""drafts

Expand first, contract in a later release.
"""

import sqlalchemy as sa
from alembic import op

from mentoring_common.migrations import count_changes, protect

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None
SERVICE = "applications"


def upgrade() -> None:
    op.create_table('drafts',
    sa.Column('programme_id', sa.Uuid(), nullable=False),
    sa.Column('cohort_id', sa.Uuid(), nullable=True),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('role', sa.Text(), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.Column('saved_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('looked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('tenant_id', sa.Uuid(), server_default=sa.text("NULLIF(current_setting('app.tenant', true), '')::uuid"), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), server_default=sa.text('1'), nullable=False),
    sa.CheckConstraint("role IN ('mentor', 'mentee')", name=op.f('ck_drafts_role')),
    sa.ForeignKeyConstraint(['tenant_id', 'cohort_id'], ['cohorts.tenant_id', 'cohorts.id'], name=op.f('fk_drafts_tenant_id_cohort_id')),
    sa.ForeignKeyConstraint(['tenant_id', 'person_id'], ['people.tenant_id', 'people.id'], name=op.f('fk_drafts_tenant_id_person_id')),
    sa.ForeignKeyConstraint(['tenant_id', 'programme_id'], ['programmes.tenant_id', 'programmes.id'], name=op.f('fk_drafts_tenant_id_programme_id')),
    sa.PrimaryKeyConstraint('tenant_id', 'id', name=op.f('pk_drafts')),
    sa.UniqueConstraint('tenant_id', 'programme_id', 'person_id', 'role', 'cohort_id', name=op.f('uq_drafts_tenant_id_programme_id_person_id_role_cohort_id'), postgresql_nulls_not_distinct=True)
    )
    op.create_index(op.f('ix_drafts_cohort_id'), 'drafts', ['cohort_id'], unique=False)
    op.create_index(op.f('ix_drafts_person_id'), 'drafts', ['person_id'], unique=False)
    protect(op, SERVICE, ['drafts'])
    count_changes(op, 'drafts')
