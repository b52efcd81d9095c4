"""the audit log keyed and anchored

Expand first, contract in a later release.
"""

from alembic import op

from mentoring_common.migrations import anchor_audit_log

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None
SERVICE = "applications"


def upgrade() -> None:
    anchor_audit_log(op, SERVICE)
