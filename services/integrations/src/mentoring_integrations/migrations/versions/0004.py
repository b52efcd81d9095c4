"""records that cannot be read are kept

Expand first, contract in a later release.
"""

from alembic import op

from mentoring_common.migrations import keep_unreadable_records

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None
SERVICE = "integrations"


def upgrade() -> None:
    keep_unreadable_records(op, SERVICE)
