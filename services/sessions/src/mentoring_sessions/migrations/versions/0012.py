"""concerns reach somebody: severity, owner, deadline, case notes, safeguarding; check-ins of a pair compared

Expand first, contract in a later release.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from mentoring_common.migrations import protect

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None
SERVICE = "sessions"
TENANT = sa.text("NULLIF(current_setting('app.tenant', true), '')::uuid")


def upgrade() -> None:
    op.add_column('programmes', sa.Column('concerns', postgresql.JSONB(astext_type=sa.Text()), server_default='{}', nullable=False))
    op.add_column('concerns', sa.Column('programme_id', sa.Uuid(), nullable=True))
    # Row level security is forced on the owner too, who has no tenant here.
    for table in ("concerns", "relationships"):
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    op.execute(
        "UPDATE concerns c SET programme_id = r.programme_id FROM relationships r "
        "WHERE r.tenant_id = c.tenant_id AND r.id = c.relationship_id"
    )
    for table in ("concerns", "relationships"):
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.alter_column('concerns', 'programme_id', nullable=False)
    op.add_column('concerns', sa.Column('source', sa.Text(), server_default='raised', nullable=False))
    op.add_column('concerns', sa.Column('severity', sa.Text(), server_default='normal', nullable=False))
    op.add_column('concerns', sa.Column('safeguarding', sa.Boolean(), server_default=sa.text('false'), nullable=False))
    op.add_column('concerns', sa.Column('due_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('concerns', sa.Column('owner_id', sa.Uuid(), nullable=True))
    op.add_column('concerns', sa.Column('taken_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('concerns', sa.Column('escalations', sa.Integer(), server_default='0', nullable=False))
    op.alter_column('concerns', 'text_sealed', nullable=True)
    op.create_check_constraint(op.f('ck_concerns_state'), 'concerns', "state IN ('raised', 'acknowledged', 'resolved')")
    op.create_index(op.f('ix_concerns_tenant_id_programme_id_id'), 'concerns', ['tenant_id', 'programme_id', 'id'])
    op.create_index(op.f('ix_concerns_tenant_id_owner_id'), 'concerns', ['tenant_id', 'owner_id'])
    op.create_table('case_notes',
    sa.Column('concern_id', sa.Uuid(), nullable=False),
    sa.Column('written_by', sa.Uuid(), nullable=False),
    sa.Column('written_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('text_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('tenant_id', sa.Uuid(), server_default=TENANT, nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['tenant_id', 'concern_id'], ['concerns.tenant_id', 'concerns.id'], name=op.f('fk_case_notes_tenant_id_concern_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('tenant_id', 'id', name=op.f('pk_case_notes'))
    )
    op.create_index(op.f('ix_case_notes_tenant_id_concern_id'), 'case_notes', ['tenant_id', 'concern_id'])
    op.create_index(op.f('ix_case_notes_tenant_id_written_by'), 'case_notes', ['tenant_id', 'written_by'])
    op.create_table('comparisons',
    sa.Column('relationship_id', sa.Uuid(), nullable=False),
    sa.Column('programme_id', sa.Uuid(), nullable=False),
    sa.Column('differs', sa.Boolean(), nullable=False),
    sa.Column('compared_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('tenant_id', sa.Uuid(), server_default=TENANT, nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['tenant_id', 'relationship_id'], ['relationships.tenant_id', 'relationships.id'], name=op.f('fk_comparisons_tenant_id_relationship_id')),
    sa.PrimaryKeyConstraint('tenant_id', 'id', name=op.f('pk_comparisons')),
    sa.UniqueConstraint('tenant_id', 'relationship_id', name=op.f('uq_comparisons_tenant_id_relationship_id'))
    )
    op.create_index(op.f('ix_comparisons_tenant_id_programme_id_differs_id'), 'comparisons', ['tenant_id', 'programme_id', 'differs', 'id'])
    protect(op, SERVICE, ['case_notes', 'comparisons'])
