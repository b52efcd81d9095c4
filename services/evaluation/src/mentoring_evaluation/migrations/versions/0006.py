"""the floor of surveys without names: of which roles nothing is shown

Expand first, contract in a later release. Waves that closed before this release obey the floor too.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None
SERVICE = "evaluation"

# A wave that gathers counted different people when it closed, and said of all its roles or of none whether they are few.
_HIDE = """
    UPDATE waves AS w SET least_asked = p.least, hidden_roles = CASE
        WHEN w.state <> 'closed' OR w.instrument_used->>'mode' = 'named' THEN '[]'::jsonb
        WHEN w.gathers THEN CASE WHEN w.withheld THEN '["mentor", "mentee"]'::jsonb ELSE '[]'::jsonb END
        ELSE CASE WHEN w.asked_mentors BETWEEN 1 AND p.least - 1 THEN '["mentor"]'::jsonb ELSE '[]'::jsonb END
          || CASE WHEN w.asked_mentees BETWEEN 1 AND p.least - 1 THEN '["mentee"]'::jsonb ELSE '[]'::jsonb END
        END
    FROM (SELECT tenant_id, id, greatest(5, public_minimum) AS least FROM programmes) AS p
    WHERE p.tenant_id = w.tenant_id AND p.id = w.programme_id AND w.state <> 'planned'
"""
_WITHHOLD = """
    UPDATE waves SET withheld = true WHERE state = 'closed' AND hidden_roles <> '[]'
    AND (asked_mentors = 0 OR hidden_roles ? 'mentor') AND (asked_mentees = 0 OR hidden_roles ? 'mentee')
"""


def upgrade() -> None:
    op.add_column('waves', sa.Column('least_asked', sa.Integer(), nullable=True))
    op.add_column('waves', sa.Column('hidden_roles', postgresql.JSONB(astext_type=sa.Text()), server_default='[]', nullable=False))
    for table in ("waves", "programmes"):  # the owner sees every tenant's rows, for as long as this transaction lasts
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    op.execute(_HIDE)
    op.execute(_WITHHOLD)
    for table in ("waves", "programmes"):
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
