"""habits and the days on which they were kept

Expand first, contract in a later release.
"""

import sqlalchemy as sa
from alembic import op

from mentoring_common.migrations import count_changes, protect

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None
SERVICE = "sessions"
TENANT = sa.text("NULLIF(current_setting('app.tenant', true), '')::uuid")


def upgrade() -> None:
    op.create_table('habits',
    sa.Column('programme_id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('committed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('text_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('times', sa.Integer(), nullable=False),
    sa.Column('weeks', sa.Integer(), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=False),
    sa.Column('kept_weeks', sa.Integer(), server_default='0', nullable=False),
    sa.Column('dropped_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('tenant_id', sa.Uuid(), server_default=TENANT, nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint('times BETWEEN 1 AND 7', name=op.f('ck_habits_times')),
    sa.CheckConstraint('weeks BETWEEN 1 AND 52', name=op.f('ck_habits_weeks')),
    sa.PrimaryKeyConstraint('tenant_id', 'id', name=op.f('pk_habits'))
    )
    op.create_index(op.f('ix_habits_tenant_id_programme_id'), 'habits', ['tenant_id', 'programme_id'])
    op.create_index(op.f('ix_habits_tenant_id_person_id'), 'habits', ['tenant_id', 'person_id'])
    op.create_table('habit_marks',
    sa.Column('habit_id', sa.Uuid(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('marked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('tenant_id', sa.Uuid(), server_default=TENANT, nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['tenant_id', 'habit_id'], ['habits.tenant_id', 'habits.id'], name=op.f('fk_habit_marks_tenant_id_habit_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('tenant_id', 'id', name=op.f('pk_habit_marks')),
    sa.UniqueConstraint('tenant_id', 'habit_id', 'day', name=op.f('uq_habit_marks_tenant_id_habit_id_day'))
    )
    count_changes(op, "habits")
    protect(op, SERVICE, ['habits', 'habit_marks'])
