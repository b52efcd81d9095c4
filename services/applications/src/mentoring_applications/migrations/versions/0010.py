"""versions of programmes

Expand first, contract in a later release.
"""

from alembic import op

from mentoring_common.migrations import count_changes

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None
SERVICE = "applications"


def upgrade() -> None:
    count_changes(op, "programmes")
