"""the library: resources with versions and files, and who read what; cohorts of people who were accepted

Expand first, contract in a later release.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from mentoring_common.migrations import count_changes, protect

revision = '0023'
down_revision = '0022'
branch_labels = None
depends_on = None
SERVICE = "sessions"
MOMENT = sa.DateTime(timezone=True)
TABLES = ("resources", "resource_versions", "resource_files", "resource_readings")


def upgrade() -> None:
    empty = sa.text("'[]'")
    op.add_column('programmes', sa.Column('languages', postgresql.JSONB(), server_default=empty, nullable=False))
    op.add_column('participants', sa.Column('cohort_id', sa.Uuid(), nullable=True))
    own = sa.text("NULLIF(current_setting('app.tenant', true), '')::uuid")

    def create(name: str, *parts: sa.Column | sa.Constraint) -> None:
        op.create_table(
            name,
            sa.Column('tenant_id', sa.Uuid(), server_default=own, nullable=False),
            sa.Column('id', sa.Uuid(), nullable=False),
            *parts,
            sa.PrimaryKeyConstraint('tenant_id', 'id', name=op.f(f'pk_{name}')),
        )

    def of_resource(name: str) -> sa.ForeignKeyConstraint:
        return sa.ForeignKeyConstraint(
            ['tenant_id', 'resource_id'], ['resources.tenant_id', 'resources.id'],
            name=op.f(f'fk_{name}_tenant_id_resource_id_resources'),
        )  # fmt: skip

    create(
        'resources',
        sa.Column('programme_id', sa.Uuid(), nullable=False),
        sa.Column('blueprint_id', sa.Text(), nullable=True),
        sa.Column('cohort_id', sa.Uuid(), nullable=True),
        sa.Column('phase', sa.Text(), nullable=True),
        sa.Column('roles', postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column('invited', postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('withdrawn_at', MOMENT, nullable=True),
        sa.Column('version', sa.Integer(), server_default=sa.text('1'), nullable=False),
        sa.UniqueConstraint(
            'tenant_id', 'programme_id', 'blueprint_id', name=op.f('uq_resources_tenant_id_programme_id_blueprint_id')
        ),
    )
    create(
        'resource_versions',
        sa.Column('resource_id', sa.Uuid(), nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('wordings', postgresql.JSONB(), nullable=False),
        sa.Column('note', sa.Text(), nullable=True),
        sa.Column('tells', sa.Text(), nullable=False),
        sa.Column('told_after', sa.Uuid(), nullable=True),
        sa.Column('published_at', MOMENT, nullable=False),
        of_resource('resource_versions'),
        sa.CheckConstraint("tells IN ('everybody', 'readers', 'nobody')", name=op.f('ck_resource_versions_tells')),
        sa.UniqueConstraint(
            'tenant_id', 'resource_id', 'number', name=op.f('uq_resource_versions_tenant_id_resource_id_number')
        ),
    )
    create(
        'resource_files',
        sa.Column('programme_id', sa.Uuid(), nullable=False),
        sa.Column('resource_id', sa.Uuid(), nullable=True),
        sa.Column('name', sa.Text(), nullable=False),
        sa.Column('media_type', sa.Text(), nullable=False),
        sa.Column('size', sa.Integer(), nullable=False),
        sa.Column('content', sa.LargeBinary(), nullable=False),
        sa.Column('sent_at', MOMENT, nullable=False),
        of_resource('resource_files'),
    )
    create(
        'resource_readings',
        sa.Column('resource_id', sa.Uuid(), nullable=False),
        sa.Column('person_id', sa.Uuid(), nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('read_at', MOMENT, nullable=False),
        of_resource('resource_readings'),
        sa.UniqueConstraint(
            'tenant_id', 'resource_id', 'person_id', name=op.f('uq_resource_readings_tenant_id_resource_id_person_id')
        ),
    )
    op.create_index(
        op.f('ix_resource_files_tenant_id_resource_id'), 'resource_files', ['tenant_id', 'resource_id']
    )
    op.create_index(
        op.f('ix_resource_readings_tenant_id_person_id'), 'resource_readings', ['tenant_id', 'person_id']
    )
    count_changes(op, 'resources')
    protect(op, SERVICE, TABLES)
