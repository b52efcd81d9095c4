"""feedback on habits by link

Expand first, contract in a later release.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from mentoring_common.migrations import protect

revision = '0026'
down_revision = '0025'
branch_labels = None
depends_on = None
SERVICE = "sessions"
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    own = sa.text("NULLIF(current_setting('app.tenant', true), '')::uuid")
    op.create_table(
        'habit_links',
        sa.Column('tenant_id', sa.Uuid(), server_default=own, nullable=False),
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('habit_id', sa.Uuid(), nullable=False),
        sa.Column('asked', sa.Text(), nullable=False),
        sa.Column('weeks', postgresql.ARRAY(sa.Integer()), nullable=False),
        sa.Column('made_at', MOMENT, nullable=False),
        sa.Column('token_sealed', sa.LargeBinary(), nullable=True),
        sa.Column('token_digest', sa.LargeBinary(), nullable=False),
        sa.Column('closed_at', MOMENT, nullable=True),
        sa.PrimaryKeyConstraint('tenant_id', 'id', name=op.f('pk_habit_links')),
        sa.ForeignKeyConstraint(
            ['tenant_id', 'habit_id'], ['habits.tenant_id', 'habits.id'],
            name=op.f('fk_habit_links_tenant_id_habit_id_habits'), ondelete='CASCADE',
        ),
        sa.UniqueConstraint('tenant_id', 'token_digest', name=op.f('uq_habit_links_tenant_id_token_digest')),
        sa.CheckConstraint("asked IN ('manager', 'peer')", name=op.f('ck_habit_links_asked')),
    )
    op.create_index(op.f('ix_habit_links_tenant_id_habit_id'), 'habit_links', ['tenant_id', 'habit_id'])
    op.create_table(
        'habit_feedback',
        sa.Column('tenant_id', sa.Uuid(), server_default=own, nullable=False),
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('link_id', sa.Uuid(), nullable=False),
        sa.Column('week', sa.Integer(), nullable=False),
        sa.Column('seen', sa.Integer(), nullable=False),
        sa.Column('comment_sealed', sa.LargeBinary(), nullable=True),
        sa.Column('given_at', MOMENT, nullable=False),
        sa.PrimaryKeyConstraint('tenant_id', 'id', name=op.f('pk_habit_feedback')),
        sa.ForeignKeyConstraint(
            ['tenant_id', 'link_id'], ['habit_links.tenant_id', 'habit_links.id'],
            name=op.f('fk_habit_feedback_tenant_id_link_id_habit_links'), ondelete='CASCADE',
        ),
        sa.UniqueConstraint('tenant_id', 'link_id', 'week', name=op.f('uq_habit_feedback_tenant_id_link_id_week')),
        sa.CheckConstraint('seen BETWEEN 1 AND 5', name=op.f('ck_habit_feedback_seen')),
    )
    protect(op, SERVICE, ['habit_links', 'habit_feedback'])
