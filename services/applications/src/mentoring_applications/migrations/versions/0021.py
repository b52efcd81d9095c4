"""API keys

Expand first, contract in a later release.
"""

import sqlalchemy as sa
from alembic import op

from mentoring_common.migrations import count_changes, protect

revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None
SERVICE = "applications"


def upgrade() -> None:
    op.create_table('api_keys',
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('employer_id', sa.Uuid(), nullable=True),
    sa.Column('scopes', sa.ARRAY(sa.Text()), nullable=False),
    sa.Column('digest', sa.LargeBinary(), nullable=False),
    sa.Column('previous_digest', sa.LargeBinary(), nullable=True),
    sa.Column('previous_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('made_by', sa.Text(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_used_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('tenant_id', sa.Uuid(), server_default=sa.text("NULLIF(current_setting('app.tenant', true), '')::uuid"), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), server_default=sa.text('1'), nullable=False),
    sa.ForeignKeyConstraint(['tenant_id', 'employer_id'], ['employers.tenant_id', 'employers.id'], name=op.f('fk_api_keys_tenant_id_employer_id')),
    sa.PrimaryKeyConstraint('tenant_id', 'id', name=op.f('pk_api_keys'))
    )
    protect(op, SERVICE, ['api_keys'])
    count_changes(op, 'api_keys', of='name, employer_id, scopes, digest, revoked_at')
