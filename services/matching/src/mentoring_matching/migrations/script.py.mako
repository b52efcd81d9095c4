"""${message}

Expand first, contract in a later release.
"""

import sqlalchemy as sa
from alembic import op

from mentoring_common.migrations import create_common_tables, protect
${imports if imports else ""}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None
SERVICE = "matching"


def upgrade() -> None:
% if down_revision is None:
    create_common_tables(op, SERVICE)
% endif
    ${upgrades if upgrades else "pass"}
% if new_tables:
    protect(op, SERVICE, ${new_tables})
% endif
