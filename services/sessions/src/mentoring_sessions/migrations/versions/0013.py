"""activities: who they are for, waiting lists, links and codes, changes and cancellation

Expand first, contract in a later release.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None
SERVICE = "sessions"


def upgrade() -> None:
    op.add_column('participants', sa.Column('side', sa.Text(), nullable=True))
    op.add_column('registrations', sa.Column('waits', sa.Boolean(), server_default=sa.text('false'), nullable=False))
    op.create_index('ix_registrations_waiting', 'registrations', ['tenant_id', 'activity_id', 'registered_at'], postgresql_where=sa.text('waits'))
    for name in ('zone', 'link', 'prerequisite', 'door_code'):
        op.add_column('activities', sa.Column(name, sa.Text(), nullable=True))
    for name in ('speakers', 'materials', 'sides'):
        op.add_column('activities', sa.Column(name, postgresql.ARRAY(sa.Text()), server_default='{}', nullable=False))
    op.add_column('activities', sa.Column('invited', postgresql.ARRAY(sa.Uuid()), server_default='{}', nullable=False))
    op.add_column('activities', sa.Column('cancelled_at', sa.DateTime(timezone=True), nullable=True))
