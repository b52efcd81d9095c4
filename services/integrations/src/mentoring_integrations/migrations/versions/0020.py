"""the trace that a change comes from, which its webhooks go on

Expand first, contract in a later release.
"""

import sqlalchemy as sa
from alembic import op

revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('changes', sa.Column('traceparent', sa.Text(), nullable=True))
