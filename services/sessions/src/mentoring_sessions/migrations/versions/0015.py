"""appointments, and a person's calendar

Expand first, contract in a later release.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from mentoring_common.migrations import count_changes, protect

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None
SERVICE = "sessions"


def _tenant() -> sa.Column[object]:
    own = sa.text("NULLIF(current_setting('app.tenant', true), '')::uuid")
    return sa.Column('tenant_id', sa.Uuid(), server_default=own, nullable=False)


def _refers(column: str, to: str) -> sa.ForeignKeyConstraint:
    name = op.f(f'fk_appointments_tenant_id_{column}_{to}')
    return sa.ForeignKeyConstraint(['tenant_id', column], [f'{to}.tenant_id', f'{to}.id'], name=name)


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.add_column('relationships', sa.Column('next_meeting_at', moment, nullable=True))
    op.create_table(
        'appointments',
        _tenant(),
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('relationship_id', sa.Uuid(), nullable=False),
        sa.Column('proposed_by', sa.Uuid(), nullable=False),
        sa.Column('state', sa.Text(), nullable=False),
        sa.Column('times', postgresql.ARRAY(moment), nullable=False),
        sa.Column('starts_at', moment, nullable=True),
        sa.Column('minutes', sa.Integer(), nullable=False),
        sa.Column('mode', sa.Text(), nullable=False),
        sa.Column('where_by', sa.Uuid(), nullable=True),
        sa.Column('where_sealed', sa.LargeBinary(), nullable=True),
        sa.Column('sequence', sa.Integer(), nullable=False),
        sa.Column('proposals', sa.Integer(), nullable=False),
        sa.Column('mentoring_session_id', sa.Uuid(), nullable=True),
        sa.Column('version', sa.Integer(), server_default=sa.text('1'), nullable=False),
        sa.CheckConstraint(
            "state IN ('proposed', 'agreed', 'cancelled', 'held', 'missed')", name=op.f('ck_appointments_state')
        ),
        _refers('relationship_id', 'relationships'),
        _refers('mentoring_session_id', 'mentoring_sessions'),
        sa.PrimaryKeyConstraint('tenant_id', 'id', name=op.f('pk_appointments')),
    )
    op.create_index(op.f('ix_appointments_tenant_id_relationship_id'), 'appointments', ['tenant_id', 'relationship_id'])
    op.create_index(op.f('ix_appointments_tenant_id_where_by'), 'appointments', ['tenant_id', 'where_by'])
    op.create_table(
        'person_calendars',
        _tenant(),
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('zone', sa.Text(), nullable=True),
        sa.Column('feed_sealed', sa.LargeBinary(), nullable=True),
        sa.Column('feed_digest', sa.LargeBinary(), nullable=True),
        sa.Column('feed_made_at', moment, nullable=True),
        sa.Column('version', sa.Integer(), server_default=sa.text('1'), nullable=False),
        sa.PrimaryKeyConstraint('tenant_id', 'id', name=op.f('pk_person_calendars')),
        sa.UniqueConstraint('tenant_id', 'feed_digest', name=op.f('uq_person_calendars_tenant_id_feed_digest')),
    )
    count_changes(op, 'appointments', 'person_calendars')
    protect(op, SERVICE, ['appointments', 'person_calendars'])
