"""groups: relationships of several people, counted once

Expand first, contract in a later release.
"""

import sqlalchemy as sa
from alembic import op

from mentoring_common.migrations import protect

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None
SERVICE = "evaluation"


def upgrade() -> None:
    own = sa.text("NULLIF(current_setting('app.tenant', true), '')::uuid")
    op.add_column('matches', sa.Column('group_id', sa.Uuid(), nullable=True))
    op.create_table(
        'group_members',
        sa.Column('tenant_id', sa.Uuid(), server_default=own, nullable=False),
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('programme_id', sa.Uuid(), nullable=False),
        sa.Column('cohort_id', sa.Uuid(), nullable=False),
        sa.Column('group_id', sa.Uuid(), nullable=False),
        sa.Column('kind', sa.Text(), nullable=False),
        sa.Column('person_id', sa.Uuid(), nullable=False),
        sa.Column('leads', sa.Boolean(), nullable=False),
        sa.Column('application_id', sa.Uuid(), nullable=True),
        sa.Column('state', sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint('tenant_id', 'id', name=op.f('pk_group_members')),
        sa.UniqueConstraint(
            'tenant_id', 'group_id', 'person_id', name=op.f('uq_group_members_tenant_id_group_id_person_id')
        ),
    )
    op.create_index(op.f('ix_group_members_tenant_id_programme_id'), 'group_members', ['tenant_id', 'programme_id'])
    protect(op, SERVICE, ['group_members'])
