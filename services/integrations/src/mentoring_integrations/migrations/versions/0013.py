"""a webhook has a contact

Expand first, contract in a later release.
"""

import sqlalchemy as sa
from alembic import op

from mentoring_common.migrations import count_changes
revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('webhooks', sa.Column('contact_id', sa.Uuid(), nullable=True))
    count_changes(op, 'webhooks', of='url, description, types, programme_id, contact_id, state, secret')
