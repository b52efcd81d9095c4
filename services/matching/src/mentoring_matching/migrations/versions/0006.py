"""versions of what is changed in place

Expand first, contract in a later release.
"""

from alembic import op

from mentoring_common.migrations import count_changes

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None
SERVICE = "matching"


def upgrade() -> None:
    count_changes(op, "matches", "match_runs", "conversations")
