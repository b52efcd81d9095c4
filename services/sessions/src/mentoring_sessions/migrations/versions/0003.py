"""versions of what is changed in place

Expand first, contract in a later release.
"""

from alembic import op

from mentoring_common.migrations import count_changes

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None
SERVICE = "sessions"


def upgrade() -> None:
    count_changes(op, "relationships", "goals", "actions", "notes", "concerns", "activities")
    count_changes(op, "agreements", column="revision")
