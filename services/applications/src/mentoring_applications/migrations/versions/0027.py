"""keys that were made with another key

Expand first, contract in a later release.
"""

import sqlalchemy as sa
from alembic import op

revision = '0027'
down_revision = '0026'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('api_keys', sa.Column('parent_id', sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f('fk_api_keys_tenant_id_parent_id'), 'api_keys', 'api_keys', ['tenant_id', 'parent_id'], ['tenant_id', 'id'])
    op.create_index(op.f('ix_api_keys_tenant_id_parent_id'), 'api_keys', ['tenant_id', 'parent_id'], unique=False)
