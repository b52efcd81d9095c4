"""networks: the operator's register, closing, who asks and who ended

Expand first, contract in a later release.
"""

import sqlalchemy as sa
from alembic import op

revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None
SERVICE = "applications"

# Networks that are there enter the register, which lies in the tenant that stands for the operator's.
_REGISTER = """
    INSERT INTO networks (tenant_id, id, office_id, name, created_at)
    SELECT '00000000-0000-0000-0000-000000000000', id, office_id, name, created_at FROM networks
"""


def upgrade() -> None:
    op.add_column('networks', sa.Column('office_id', sa.Uuid(), nullable=True))
    op.add_column('networks', sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('network_memberships', sa.Column('office_name', sa.Text(), nullable=True))
    op.add_column('network_memberships', sa.Column('ended_by_office', sa.Boolean(), nullable=True))
    op.execute("ALTER TABLE networks NO FORCE ROW LEVEL SECURITY")
    op.execute("UPDATE networks SET office_id = tenant_id")
    op.execute(_REGISTER)
    op.execute("ALTER TABLE networks FORCE ROW LEVEL SECURITY")
    own = sa.text("NULLIF(current_setting('app.tenant', true), '')::uuid")  # the version before does not say it
    op.alter_column('networks', 'office_id', nullable=False, server_default=own)
