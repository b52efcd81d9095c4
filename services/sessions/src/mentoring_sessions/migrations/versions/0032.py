"""how long agreements stand, notes for who supervises, dates of cohorts, what people are to attend and when

Expand first, contract in a later release.
"""

import sqlalchemy as sa
from alembic import op

revision = '0032'
down_revision = '0031'
branch_labels = None
depends_on = None
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column('agreed_versions', sa.Column('runs_out_at', MOMENT, nullable=True))
    op.add_column('agreed_versions', sa.Column('paused_days', sa.Integer(), server_default=sa.text('0'), nullable=False))
    op.add_column('agreed_versions', sa.Column('reminded_at', MOMENT, nullable=True))
    op.drop_constraint(op.f('ck_notes_visibility'), 'notes', type_='check')
    op.create_check_constraint(
        op.f('ck_notes_visibility'), 'notes', "visibility IN ('mine', 'lead', 'supervisor', 'pair', 'programme_team')"
    )
