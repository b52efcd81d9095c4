"""which lines of an import made, changed, or left what was there

Expand first, contract in a later release.
"""

import sqlalchemy as sa
from alembic import op

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ('created', 'changed', 'unchanged'):
        op.add_column('imports', sa.Column(name, sa.ARRAY(sa.Integer()), server_default='{}', nullable=False))
