"""decisions of committees, and who attended

Expand first, contract in a later release.
"""

import sqlalchemy as sa
from alembic import op

from mentoring_common.migrations import count_changes, protect

revision = '0025'
down_revision = '0024'
branch_labels = None
depends_on = None
SERVICE = "evaluation"


def upgrade() -> None:
    op.create_table('committee_decisions',
    sa.Column('programme_id', sa.Uuid(), nullable=False),
    sa.Column('committee', sa.Text(), nullable=False),
    sa.Column('decided_on', sa.Date(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('about', sa.Text(), nullable=False),
    sa.Column('about_id', sa.Uuid(), nullable=True),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('wording_version', sa.Integer(), server_default='1', nullable=False),
    sa.Column('wording_approved_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), server_default=sa.text('1'), nullable=False),
    sa.Column('tenant_id', sa.Uuid(), server_default=sa.text("NULLIF(current_setting('app.tenant', true), '')::uuid"), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.PrimaryKeyConstraint('tenant_id', 'id', name=op.f('pk_committee_decisions'))
    )
    op.create_index(op.f('ix_committee_decisions_programme_id'), 'committee_decisions', ['programme_id'], unique=False)
    op.create_table('decision_attendees',
    sa.Column('decision_id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('role', sa.Text(), nullable=False),
    sa.Column('tenant_id', sa.Uuid(), server_default=sa.text("NULLIF(current_setting('app.tenant', true), '')::uuid"), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['tenant_id', 'decision_id'], ['committee_decisions.tenant_id', 'committee_decisions.id'], name=op.f('fk_decision_attendees_tenant_id_decision_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('tenant_id', 'id', name=op.f('pk_decision_attendees')),
    sa.UniqueConstraint('tenant_id', 'decision_id', 'person_id', name=op.f('uq_decision_attendees_tenant_id_decision_id_person_id'))
    )
    count_changes(op, 'committee_decisions')
    protect(op, SERVICE, ['committee_decisions', 'decision_attendees'])
