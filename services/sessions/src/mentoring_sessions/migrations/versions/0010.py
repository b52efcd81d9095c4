"""relationships of several people: members, who was at a meeting, activities of one group

Expand first, contract in a later release.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from mentoring_common.migrations import protect

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None
SERVICE = "sessions"
# Every pair has two members, and what they signed is the version that stands.
_MEMBERS = """
    INSERT INTO members (tenant_id, id, relationship_id, person_id, role, leads, joined_at, signed_version, signed_at)
    SELECT r.tenant_id, gen_random_uuid(), r.id, r.{side}_id, '{side}', {leads}, r.confirmed_at,
           CASE WHEN a.{side}_signed_at IS NOT NULL THEN a.version END, a.{side}_signed_at
    FROM relationships r LEFT JOIN agreements a ON a.tenant_id = r.tenant_id AND a.id = r.id
"""


def _tenant() -> sa.Column[object]:
    own = sa.text("NULLIF(current_setting('app.tenant', true), '')::uuid")
    return sa.Column('tenant_id', sa.Uuid(), server_default=own, nullable=False)


def upgrade() -> None:
    op.add_column('programmes', sa.Column('formats', JSONB(), server_default=sa.text("'[]'"), nullable=False))
    op.add_column('relationships', sa.Column('kind', sa.Text(), server_default=sa.text("'mentoring'"), nullable=False))
    op.alter_column('relationships', 'mentor_id', nullable=True)
    op.alter_column('relationships', 'mentee_id', nullable=True)
    op.add_column('goals', sa.Column('person_id', sa.Uuid(), nullable=True))
    op.add_column('activities', sa.Column('relationship_id', sa.Uuid(), nullable=True))
    op.drop_constraint('ck_notes_visibility', 'notes')
    op.create_check_constraint('visibility', 'notes', "visibility IN ('mine', 'lead', 'pair', 'programme_team')")
    op.create_table(
        'members',
        _tenant(),
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('relationship_id', sa.Uuid(), nullable=False),
        sa.Column('person_id', sa.Uuid(), nullable=False),
        sa.Column('role', sa.Text(), nullable=False),
        sa.Column('leads', sa.Boolean(), nullable=False),
        sa.Column('joined_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('left_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('signed_version', sa.Integer(), nullable=True),
        sa.Column('signed_at', sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint('tenant_id', 'id', name=op.f('pk_members')),
    )
    op.create_index(op.f('ix_members_tenant_id_relationship_id'), 'members', ['tenant_id', 'relationship_id'])
    op.create_index(op.f('ix_members_tenant_id_person_id'), 'members', ['tenant_id', 'person_id'])
    columns = ['tenant_id', 'relationship_id', 'person_id']
    op.create_index('uq_members_present', 'members', columns, unique=True, postgresql_where=sa.text('left_at IS NULL'))
    op.create_table(
        'presences',
        _tenant(),
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('mentoring_session_id', sa.Uuid(), nullable=False),
        sa.Column('person_id', sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ['tenant_id', 'mentoring_session_id'],
            ['mentoring_sessions.tenant_id', 'mentoring_sessions.id'],
            name=op.f('fk_presences_tenant_id_mentoring_session_id_mentoring_sessions'),
        ),
        sa.PrimaryKeyConstraint('tenant_id', 'id', name=op.f('pk_presences')),
        sa.UniqueConstraint(
            'tenant_id',
            'mentoring_session_id',
            'person_id',
            name=op.f('uq_presences_tenant_id_mentoring_session_id_person_id'),
        ),
    )
    op.create_index(op.f('ix_presences_tenant_id_person_id'), 'presences', ['tenant_id', 'person_id'])
    _keep_members()
    protect(op, SERVICE, ['members', 'presences'])


def _keep_members() -> None:
    for table in ('relationships', 'agreements'):
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    for side, leads in (('mentor', 'true'), ('mentee', 'false')):
        op.execute(_MEMBERS.format(side=side, leads=leads))
    for table in ('relationships', 'agreements'):
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
