"""how people want to be told: inbox, digest, quiet hours, zone, language; letters that are held and bundled

Expand first, contract in a later release.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from mentoring_common.migrations import count_changes

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None
SERVICE = "integrations"
STATES = "state IN ('queued', 'held', 'bundled', 'sent', 'muted', 'lapsed', 'bounced', 'failed')"


def upgrade() -> None:
    op.add_column('programmes', sa.Column('languages', postgresql.JSONB(astext_type=sa.Text()), server_default='[]', nullable=False))
    op.add_column('programmes', sa.Column('zone', sa.Text(), nullable=True))
    op.add_column('recipients', sa.Column('inbox_off', postgresql.ARRAY(sa.Text()), server_default='{}', nullable=False))
    op.add_column('recipients', sa.Column('digest', sa.Text(), server_default='off', nullable=False))
    for name in ('quiet_begins', 'quiet_ends', 'zone', 'language'):
        op.add_column('recipients', sa.Column(name, sa.Text(), nullable=True))
    op.add_column('recipients', sa.Column('easy_read', sa.Boolean(), server_default=sa.text('false'), nullable=False))
    count_changes(
        op, "recipients", of="email_off, inbox_off, digest, quiet_begins, quiet_ends, zone, language, easy_read"
    )
    op.add_column('notifications', sa.Column('held_until', sa.DateTime(timezone=True), nullable=True))
    op.add_column('notifications', sa.Column('bundle_id', sa.Uuid(), nullable=True))
    op.drop_constraint('ck_notifications_state', 'notifications')
    op.create_check_constraint(op.f('ck_notifications_state'), 'notifications', STATES)
    op.create_index('ix_notifications_held', 'notifications', ['tenant_id', 'person_id'], postgresql_where=sa.text("state = 'held'"))
    op.create_index('ix_notifications_bundled', 'notifications', ['tenant_id', 'bundle_id'], postgresql_where=sa.text('bundle_id IS NOT NULL'))
    op.create_index(op.f('ix_notifications_tenant_id_programme_id_id'), 'notifications', ['tenant_id', 'programme_id', 'id'])
    op.drop_index(op.f('ix_notifications_tenant_id_programme_id'), 'notifications')
