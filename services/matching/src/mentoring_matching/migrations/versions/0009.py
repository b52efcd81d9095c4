"""what a transaction collected is written in one round trip, a key is claimed in one, work is found by index

Expand first, contract in a later release.
"""

from alembic import op

from mentoring_common.migrations import find_work_by_index, write_at_once

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    write_at_once(op)
    find_work_by_index(op)
