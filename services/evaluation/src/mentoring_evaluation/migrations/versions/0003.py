"""wording approved for publication, the team that owns a recommendation

Expand first, contract in a later release.
"""

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None
SERVICE = "evaluation"


def upgrade() -> None:
    op.add_column('themes', sa.Column('wording_approved_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('themes', sa.Column('wording_version', sa.Integer(), server_default='1', nullable=False))
    op.add_column('recommendations', sa.Column('wording_version', sa.Integer(), server_default='1', nullable=False))
    op.add_column('recommendations', sa.Column('team', sa.Text(), nullable=True))
    op.add_column('recommendations', sa.Column('wording_approved_at', sa.DateTime(timezone=True), nullable=True))
