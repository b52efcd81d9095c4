"""who is erased stands where the other services have it

Expand first, contract in a later release.
"""

from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None
SERVICE = "integrations"


def upgrade() -> None:
    # Row level security is forced on the owner too, who has no tenant here.
    for table in ("recipients", "subject_keys"):
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    op.execute(
        "INSERT INTO subject_keys (tenant_id, subject_id, destroyed) "
        "SELECT tenant_id, id, true FROM recipients WHERE erased_at IS NOT NULL ON CONFLICT DO NOTHING"
    )
    for table in ("recipients", "subject_keys"):
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
