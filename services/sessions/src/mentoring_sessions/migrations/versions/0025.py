"""relationships say when they were changed last, and are found by it

Expand first, contract in a later release.
"""

from alembic import op

from mentoring_common.migrations import note_changes

revision = '0025'
down_revision = '0024'
branch_labels = None
depends_on = None


def upgrade() -> None:
    note_changes(op, 'relationships')
