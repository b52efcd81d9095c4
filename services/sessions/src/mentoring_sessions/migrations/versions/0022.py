"""the trace of appointments that were said to be missed, and were not

Expand first, contract in a later release.
"""

from alembic import op

revision = '0022'
down_revision = '0021'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_constraint(op.f('ck_corrections_kind'), 'corrections', type_='check')
    op.create_check_constraint(
        op.f('ck_corrections_kind'), 'corrections', "kind IN ('mentoring_session', 'attendance', 'appointment')"
    )
