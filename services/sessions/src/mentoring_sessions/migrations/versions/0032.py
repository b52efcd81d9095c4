"""how long agreements stand, notes for who supervises, dates of cohorts, what people are to attend and when, counts, what came of
habits

Expand first, contract in a later release.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from mentoring_common.migrations import protect

revision = '0032'
down_revision = '0031'
branch_labels = None
depends_on = None
SERVICE = "sessions"
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column('agreed_versions', sa.Column('runs_out_at', MOMENT, nullable=True))
    op.add_column('agreed_versions', sa.Column('paused_days', sa.Integer(), server_default=sa.text('0'), nullable=False))
    op.add_column('agreed_versions', sa.Column('reminded_at', MOMENT, nullable=True))
    op.add_column('habits', sa.Column('concluded_at', MOMENT, nullable=True))
    op.add_column('habits', sa.Column('told', ARRAY(sa.Text()), server_default='{}', nullable=False))
    op.add_column('notes', sa.Column('supervisor', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column('cohorts', sa.Column('milestones', JSONB(), server_default=sa.text("'{}'"), nullable=False))
    own = sa.text("NULLIF(current_setting('app.tenant', true), '')::uuid")
    op.create_table(
        'activity_reminders',
        sa.Column('tenant_id', sa.Uuid(), server_default=own, nullable=False),
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('application_id', sa.Uuid(), nullable=False),
        sa.Column('programme_id', sa.Uuid(), nullable=False),
        sa.Column('requirement', sa.Text(), nullable=False),
        sa.Column('due_at', MOMENT, nullable=False),
        sa.Column('told_at', MOMENT, nullable=False),
        sa.PrimaryKeyConstraint('tenant_id', 'id', name=op.f('pk_activity_reminders')),
        sa.UniqueConstraint(
            'tenant_id', 'application_id', 'requirement',
            name=op.f('uq_activity_reminders_tenant_id_application_id_requirement'),
        ),
    )
    op.create_table(
        'relationship_counts',
        sa.Column('tenant_id', sa.Uuid(), server_default=own, nullable=False),
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('programme_id', sa.Uuid(), nullable=False),
        sa.Column('cohort_id', sa.Uuid(), nullable=True),
        sa.Column('quiet_days', sa.Integer(), nullable=False),
        sa.Column('ends_within_days', sa.Integer(), nullable=False),
        sa.Column('counted_at', MOMENT, nullable=False),
        sa.Column('counts', JSONB(), nullable=False),
        sa.PrimaryKeyConstraint('tenant_id', 'id', name=op.f('pk_relationship_counts')),
        sa.UniqueConstraint(
            'tenant_id', 'programme_id', 'cohort_id', 'quiet_days', 'ends_within_days',
            name='uq_relationship_counts_asked', postgresql_nulls_not_distinct=True,
        ),
    )
    protect(op, SERVICE, ['activity_reminders', 'relationship_counts'])
