"""several mentors of one mentee: no mentor twice, in the place of one mentor in all

How many a mentee may have is of the policy, and counted under a lock of the mentee (`queries.mentors_of`).
"""

import sqlalchemy as sa
from alembic import op

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None
SERVICE = "matching"


def upgrade() -> None:
    columns = ['tenant_id', 'programme_id', 'mentee_id', 'mentor_id']
    confirmed = sa.text("state = 'confirmed'")
    op.create_index('uq_matches_confirmed_pair', 'matches', columns, unique=True, postgresql_where=confirmed)
    op.drop_index('uq_matches_confirmed_mentee', 'matches')
