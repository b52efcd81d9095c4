"""whose people changes are about

Expand first, contract in a later release. Webhooks have to be verified again: who made one was not told of what employer.
"""

import sqlalchemy as sa
from alembic import op

from mentoring_common.migrations import protect

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None
SERVICE = "integrations"
# Whose employer is to be asked for, and who was erased long ago, among all organisations.
SYSTEM = {"employees": "SELECT, DELETE"}
TENANT = sa.text("NULLIF(current_setting('app.tenant', true), '')::uuid")
NOW = sa.text('clock_timestamp()')


def upgrade() -> None:
    op.add_column('changes', sa.Column('people', sa.ARRAY(sa.Uuid()), nullable=True))
    op.add_column('changes', sa.Column('pair_id', sa.Uuid(), nullable=True))
    op.add_column('webhooks', sa.Column('employer_id', sa.Uuid(), nullable=True))
    op.create_table('employees',
    sa.Column('employer_id', sa.Uuid(), nullable=True),
    sa.Column('known', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('asked', sa.Integer(), server_default='0', nullable=False),
    sa.Column('since', sa.BigInteger(), nullable=True),
    sa.Column('not_before', sa.DateTime(timezone=True), server_default=NOW, nullable=False),
    sa.Column('erased_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('tenant_id', sa.Uuid(), server_default=TENANT, nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.PrimaryKeyConstraint('tenant_id', 'id', name=op.f('pk_employees'))
    )
    op.create_index('ix_employees_unknown', 'employees', ['not_before'], postgresql_where=sa.text('NOT known'))
    op.create_index('ix_employees_erased_at', 'employees', ['erased_at'], postgresql_where=sa.text('erased_at IS NOT NULL'))
    op.create_table('pairs',
    sa.Column('people', sa.ARRAY(sa.Uuid()), nullable=False),
    sa.Column('since', sa.BigInteger(), nullable=True),
    sa.Column('noticed_at', sa.DateTime(timezone=True), server_default=NOW, nullable=False),
    sa.Column('tenant_id', sa.Uuid(), server_default=TENANT, nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.PrimaryKeyConstraint('tenant_id', 'id', name=op.f('pk_pairs'))
    )
    fill()
    protect(op, SERVICE, ['employees', 'pairs'], system_rights=SYSTEM)


def fill() -> None:
    """What the changes that are kept already say; the table's owner stands behind row level security too."""
    op.execute("ALTER TABLE changes NO FORCE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE webhooks NO FORCE ROW LEVEL SECURITY")
    op.execute("""
        UPDATE changes SET people = ARRAY(
            SELECT value::uuid FROM jsonb_each_text(event::jsonb -> 'data')
            WHERE key IN ('person_id', 'mentor_id', 'mentee_id') ORDER BY value::uuid)
        WHERE type NOT LIKE 'mentoring.sessions.Concern%' AND type NOT LIKE 'mentoring.evaluation.%Approved%'
          AND type NOT LIKE 'mentoring.evaluation.ConsentWithdrawn%'
    """)
    op.execute("""
        UPDATE changes SET pair_id = COALESCE((event::jsonb -> 'data' ->> 'match_id'), (event::jsonb -> 'data' ->> 'group_id'))::uuid
        WHERE people = '{}'
    """)
    op.execute("""
        INSERT INTO employees (tenant_id, id) SELECT DISTINCT tenant_id, person FROM changes, unnest(people) AS person
        WHERE substr(person::text, 15, 1) <> '8'
    """)
    op.execute("""
        INSERT INTO pairs (tenant_id, id, people)
        SELECT tenant_id, pair, array_agg(DISTINCT person) FROM (
            SELECT tenant_id, unnest(people) AS person, (event::jsonb -> 'data' ->> id_)::uuid AS pair
            FROM changes, unnest(ARRAY['match_id', 'group_id']) AS id_
            WHERE type LIKE '%.MatchConfirmed.%' OR type LIKE '%.GroupMemberJoined.%') AS told
        WHERE pair IS NOT NULL GROUP BY tenant_id, pair
    """)
    op.execute("UPDATE webhooks SET state = 'unverified' WHERE state IN ('active', 'paused')")
    op.execute("ALTER TABLE changes FORCE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE webhooks FORCE ROW LEVEL SECURITY")
