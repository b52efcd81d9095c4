"""rights beside the roles that people hold, and roles for a time

Expand first, contract in a later release: a row without rights has those of its built-in role.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from mentoring_common.migrations import keep_rights

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None
SERVICE = "applications"


def upgrade() -> None:
    keep_rights(op)
    op.add_column("programme_roles", sa.Column("rights", postgresql.ARRAY(sa.Text()), nullable=True))
    op.add_column("programme_roles", sa.Column("until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("programme_roles", sa.Column("sealed_note", sa.LargeBinary(), nullable=True))
