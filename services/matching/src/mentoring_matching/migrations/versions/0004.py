"""profiles are sealed

Expand first, contract in a later release. What stands in the clear is sealed by the service's own work (jobs.py), which
looks for it in every organisation and sees nothing but that it is there.
"""

import sqlalchemy as sa
from alembic import op

from mentoring_common.migrations import roles

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None
SERVICE = "matching"


def upgrade() -> None:
    op.add_column('profiles', sa.Column('sealed', sa.LargeBinary(), nullable=True))
    op.alter_column('profiles', 'content', nullable=True)
    op.create_index('ix_profiles_unsealed', 'profiles', ['tenant_id'], unique=False, postgresql_where=sa.text('sealed IS NULL'))
    _, _, system = roles(SERVICE)
    op.execute(f"CREATE POLICY system ON profiles FOR SELECT TO {system} USING (true)")
    op.execute(f"GRANT SELECT (tenant_id, sealed) ON profiles TO {system}")
