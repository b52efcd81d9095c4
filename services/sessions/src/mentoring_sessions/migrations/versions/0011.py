"""a pair's own time: pauses, its end, phases; reminders of quiet pairs; hours by the month

Expand first, contract in a later release: whoever writes the old way leaves the new columns at their defaults.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from mentoring_common.migrations import protect

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None
SERVICE = "sessions"
# A relationship that stands ends when its deadline says so.
_ENDS = """
    UPDATE relationships r SET ends_at = d.due_at FROM deadlines d
    WHERE d.tenant_id = r.tenant_id AND d.subject_id = r.id AND d.kind = 'relationship_runs_out' AND d.fired_at IS NULL
"""


def _tenant() -> sa.Column[object]:
    own = sa.text("NULLIF(current_setting('app.tenant', true), '')::uuid")
    return sa.Column('tenant_id', sa.Uuid(), server_default=own, nullable=False)


def _of_relationship(table: str, *columns: sa.Column[object]) -> None:
    op.create_table(
        table,
        _tenant(),
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('relationship_id', sa.Uuid(), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(
            ['tenant_id', 'relationship_id'],
            ['relationships.tenant_id', 'relationships.id'],
            name=op.f(f'fk_{table}_tenant_id_relationship_id_relationships'),
        ),
        sa.PrimaryKeyConstraint('tenant_id', 'id', name=op.f(f'pk_{table}')),
    )


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    empty = sa.text("'[]'")
    op.add_column('programmes', sa.Column('month_minutes', sa.Float(), nullable=True))
    op.add_column('programmes', sa.Column('write_after_days', JSONB(), server_default=empty, nullable=False))
    op.add_column('programmes', sa.Column('phases', JSONB(), server_default=empty, nullable=False))
    op.add_column('programmes', sa.Column('zone', sa.Text(), nullable=True))
    op.add_column('relationships', sa.Column('ends_at', moment, nullable=True))
    op.add_column('relationships', sa.Column('paused_at', moment, nullable=True))
    op.add_column('relationships', sa.Column('paused_until', sa.Date(), nullable=True))
    op.add_column('relationships', sa.Column('paused_days', sa.Integer(), server_default=sa.text('0'), nullable=False))
    op.add_column('relationships', sa.Column('resumed_at', moment, nullable=True))
    op.add_column('relationships', sa.Column('phase', sa.Text(), nullable=True))
    op.add_column('relationships', sa.Column('reminders', sa.Integer(), server_default=sa.text('0'), nullable=False))
    for name in ('quiet_phase', 'reminders_stopped'):
        op.add_column('relationships', sa.Column(name, sa.Boolean(), server_default=sa.text('false'), nullable=False))
    op.add_column('relationships', sa.Column('reminders_after', moment, nullable=True))
    op.add_column('relationships', sa.Column('month_minutes', sa.Float(), nullable=True))
    _of_relationship(
        'pauses',
        sa.Column('begun_by', sa.Uuid(), nullable=True),
        sa.Column('begun_at', moment, nullable=False),
        sa.Column('until', sa.Date(), nullable=True),
        sa.Column('reason_sealed', sa.LargeBinary(), nullable=True),
        sa.Column('ended_at', moment, nullable=True),
    )
    op.create_index(op.f('ix_pauses_tenant_id_relationship_id'), 'pauses', ['tenant_id', 'relationship_id'])
    _of_relationship(
        'pair_phases',
        sa.Column('phase', sa.Text(), nullable=False),
        sa.Column('planned_by', sa.Uuid(), nullable=True),
        sa.Column('begins_at', moment, nullable=False),
        sa.Column('begun_at', moment, nullable=True),
    )
    op.create_index(op.f('ix_pair_phases_tenant_id_relationship_id'), 'pair_phases', ['tenant_id', 'relationship_id'])
    _of_relationship(
        'ticked_steps',
        sa.Column('phase', sa.Text(), nullable=False),
        sa.Column('step', sa.Text(), nullable=False),
        sa.Column('ticked_by', sa.Uuid(), nullable=False),
        sa.Column('ticked_at', moment, nullable=False),
    )
    columns = ['tenant_id', 'relationship_id', 'phase', 'step']
    op.create_unique_constraint(
        op.f('uq_ticked_steps_tenant_id_relationship_id_phase_step'), 'ticked_steps', columns
    )
    op.create_index(op.f('ix_ticked_steps_tenant_id_ticked_by'), 'ticked_steps', ['tenant_id', 'ticked_by'])
    for table in ('relationships', 'deadlines'):
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    op.execute(_ENDS)
    for table in ('relationships', 'deadlines'):
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    protect(op, SERVICE, ['pauses', 'pair_phases', 'ticked_steps'])
