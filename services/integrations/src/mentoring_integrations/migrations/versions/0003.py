"""notifications about the person alone

Expand first, contract in a later release.
"""

from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None
SERVICE = "integrations"


def upgrade() -> None:
    op.alter_column('notifications', 'programme_id', nullable=True)
