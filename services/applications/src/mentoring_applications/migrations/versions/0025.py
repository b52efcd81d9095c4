"""programmes are closed: when, by whom, why

Expand first, contract in a later release.
"""

import sqlalchemy as sa
from alembic import op

revision = '0025'
down_revision = '0024'
branch_labels = None
depends_on = None
SERVICE = "applications"


def upgrade() -> None:
    op.add_column('programmes', sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('programmes', sa.Column('closed_by', sa.Uuid(), nullable=True))
    op.add_column('programmes', sa.Column('closing_reason', sa.Text(), nullable=True))
    op.add_column('programmes', sa.Column('sealed_closing_note', sa.LargeBinary(), nullable=True))
