"""versions of what is changed in place

Expand first, contract in a later release.
"""

from alembic import op

from mentoring_common.migrations import count_changes

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None
SERVICE = "integrations"


def upgrade() -> None:
    count_changes(op, "recipients", of="email_off")
