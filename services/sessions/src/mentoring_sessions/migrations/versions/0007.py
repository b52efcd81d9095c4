"""rights beside the roles that people hold

Expand first, contract in a later release: a row without rights has those of its built-in role.
"""

from alembic import op

from mentoring_common.migrations import keep_rights

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None
SERVICE = "sessions"


def upgrade() -> None:
    keep_rights(op)
