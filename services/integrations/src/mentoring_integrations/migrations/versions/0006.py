"""marks of what was taken of each aggregate, and the floor of versions

Expand first, contract in a later release.
"""

from alembic import op

from mentoring_common.migrations import mark_events

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None
SERVICE = "integrations"


def upgrade() -> None:
    mark_events(op, SERVICE)
