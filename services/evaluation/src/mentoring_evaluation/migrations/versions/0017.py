"""the breaks of a pair

Expand first, contract in a later release.
"""

import sqlalchemy as sa
from alembic import op

from mentoring_common.migrations import protect

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None
SERVICE = "evaluation"


def upgrade() -> None:
    own = sa.text("NULLIF(current_setting('app.tenant', true), '')::uuid")
    op.create_table(
        "pair_clocks",
        sa.Column("tenant_id", sa.Uuid(), server_default=own, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("paused_days", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_pair_clocks")),
    )
    protect(op, SERVICE, ["pair_clocks"])
