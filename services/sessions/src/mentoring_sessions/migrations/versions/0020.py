"""certificates, and the titles of programmes that stand on them

Expand first, contract in a later release.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from mentoring_common.migrations import count_changes, protect

revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None
SERVICE = "sessions"
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column('programmes', sa.Column('title', sa.Text(), nullable=True))
    own = sa.text("NULLIF(current_setting('app.tenant', true), '')::uuid")
    op.create_table(
        'certificates',
        sa.Column('tenant_id', sa.Uuid(), server_default=own, nullable=False),
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('application_id', sa.Uuid(), nullable=False),
        sa.Column('programme_id', sa.Uuid(), nullable=False),
        sa.Column('person_id', sa.Uuid(), nullable=False),
        sa.Column('side', sa.Text(), nullable=True),
        sa.Column('number', sa.Text(), nullable=False),
        sa.Column('programme', sa.Text(), nullable=True),
        sa.Column('completed', postgresql.JSONB(), nullable=False),
        sa.Column('kinds', postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column('minutes', sa.Integer(), nullable=False),
        sa.Column('issued_at', MOMENT, nullable=False),
        sa.Column('withdrawn_at', MOMENT, nullable=True),
        sa.Column('holder_sealed', sa.LargeBinary(), nullable=True),
        sa.Column('version', sa.Integer(), server_default=sa.text('1'), nullable=False),
        sa.PrimaryKeyConstraint('tenant_id', 'id', name=op.f('pk_certificates')),
        sa.UniqueConstraint('tenant_id', 'number', name=op.f('uq_certificates_tenant_id_number')),
    )
    op.create_index(op.f('ix_certificates_tenant_id_person_id'), 'certificates', ['tenant_id', 'person_id'])
    op.create_index(
        'uq_certificates_valid', 'certificates', ['tenant_id', 'application_id'],
        unique=True, postgresql_where=sa.text('withdrawn_at IS NULL'),
    )  # fmt: skip
    count_changes(op, 'certificates')
    protect(op, SERVICE, ['certificates'])
