"""how long agreements stand, notes for who supervises, dates of cohorts, what people are to attend and when

Expand first, contract in a later release.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

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
    op.drop_constraint(op.f('ck_notes_visibility'), 'notes', type_='check')
    op.create_check_constraint(
        op.f('ck_notes_visibility'), 'notes', "visibility IN ('mine', 'lead', 'supervisor', 'pair', 'programme_team')"
    )
    op.add_column('cohorts', sa.Column('milestones', JSONB(), server_default=sa.text("'{}'"), nullable=False))
    own = sa.text("NULLIF(current_setting('app.tenant', true), '')::uuid")
    op.create_table(
        'activity_reminders',
        sa.Column('tenant_id', sa.Uuid(), server_default=own, nullable=False),
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('application_id', sa.Uuid(), nullable=False),
        sa.Column('programme_id', sa.Uuid(), nullable=False),
        sa.Column('requirement', sa.String(), nullable=False),
        sa.Column('due_at', MOMENT, nullable=False),
        sa.Column('told_at', MOMENT, nullable=False),
        sa.PrimaryKeyConstraint('tenant_id', 'id', name=op.f('pk_activity_reminders')),
        sa.UniqueConstraint(
            'tenant_id', 'application_id', 'requirement',
            name=op.f('uq_activity_reminders_tenant_id_application_id_requirement'),
        ),
    )
    protect(op, SERVICE, ['activity_reminders'])
