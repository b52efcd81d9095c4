"""records that cannot be read are kept

Expand first, contract in a later release.
"""

from alembic import op

from mentoring_common.migrations import keep_unreadable_records

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None
SERVICE = "evaluation"


def upgrade() -> None:
    keep_unreadable_records(op, SERVICE)
