"""versions of what is changed in place

Expand first, contract in a later release.
"""

from alembic import op

from mentoring_common.migrations import count_changes

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None
SERVICE = "evaluation"


def upgrade() -> None:
    count_changes(op, "waves", "interviews", "themes", "recommendations", "programme_designs")
    count_changes(op, "instruments", "reports", "case_studies", column="revision")
