"""reviews, what each said in them, and last words

Expand first, contract in a later release.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from mentoring_common.migrations import count_changes, protect

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None
SERVICE = "sessions"
MOMENT = sa.DateTime(timezone=True)


def _ids() -> list[sa.Column[object]]:
    own = sa.text("NULLIF(current_setting('app.tenant', true), '')::uuid")
    return [
        sa.Column('tenant_id', sa.Uuid(), server_default=own, nullable=False),
        sa.Column('id', sa.Uuid(), nullable=False),
    ]


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    name = op.f(f'fk_{table}_tenant_id_{column}_{to}')
    return sa.ForeignKeyConstraint(['tenant_id', column], [f'{to}.tenant_id', f'{to}.id'], name=name)


def upgrade() -> None:
    empty = sa.text("'{}'")
    op.add_column('programmes', sa.Column('reviews', postgresql.JSONB(), server_default=empty, nullable=False))
    op.create_table(
        'reviews',
        *_ids(),
        sa.Column('relationship_id', sa.Uuid(), nullable=False),
        sa.Column('programme_id', sa.Uuid(), nullable=False),
        sa.Column('kind', sa.Text(), nullable=False),
        sa.Column('opened_at', MOMENT, nullable=False),
        sa.Column('answer_until', MOMENT, nullable=False),
        sa.Column('asked', sa.Integer(), nullable=False),
        sa.Column('answered', sa.Integer(), server_default=sa.text('0'), nullable=False),
        sa.Column('differs', sa.Boolean(), nullable=True),
        sa.Column('rematch_wished', sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column('team_told', sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column('outcome', sa.Text(), nullable=True),
        sa.Column('decided_by', sa.Uuid(), nullable=True),
        sa.Column('decided_at', MOMENT, nullable=True),
        sa.Column('plan_by', sa.Uuid(), nullable=True),
        sa.Column('plan_sealed', sa.LargeBinary(), nullable=True),
        sa.Column('version', sa.Integer(), server_default=sa.text('1'), nullable=False),
        sa.CheckConstraint("kind IN ('fit_check', 'mid_term', 'end')", name=op.f('ck_reviews_kind')),
        sa.CheckConstraint(
            "outcome IN ('continue', 're_energise', 'rematch', 'close')", name=op.f('ck_reviews_outcome')
        ),
        _refers('reviews', 'relationship_id', 'relationships'),
        sa.PrimaryKeyConstraint('tenant_id', 'id', name=op.f('pk_reviews')),
        sa.UniqueConstraint(
            'tenant_id', 'relationship_id', 'kind', name=op.f('uq_reviews_tenant_id_relationship_id_kind')
        ),
    )
    op.create_index(op.f('ix_reviews_tenant_id_plan_by'), 'reviews', ['tenant_id', 'plan_by'])
    op.create_table(
        'review_answers',
        *_ids(),
        sa.Column('review_id', sa.Uuid(), nullable=False),
        sa.Column('person_id', sa.Uuid(), nullable=False),
        sa.Column('answered_at', MOMENT, nullable=False),
        sa.Column('going_well', sa.Integer(), nullable=False),
        sa.Column('wish', sa.Text(), nullable=False),
        sa.Column('for_team_sealed', sa.LargeBinary(), nullable=True),
        sa.CheckConstraint('going_well BETWEEN 1 AND 5', name=op.f('ck_review_answers_going_well')),
        _refers('review_answers', 'review_id', 'reviews'),
        sa.PrimaryKeyConstraint('tenant_id', 'id', name=op.f('pk_review_answers')),
        sa.UniqueConstraint(
            'tenant_id', 'review_id', 'person_id', name=op.f('uq_review_answers_tenant_id_review_id_person_id')
        ),
    )
    op.create_index(op.f('ix_review_answers_tenant_id_person_id'), 'review_answers', ['tenant_id', 'person_id'])
    op.create_table(
        'farewells',
        *_ids(),
        sa.Column('relationship_id', sa.Uuid(), nullable=False),
        sa.Column('programme_id', sa.Uuid(), nullable=False),
        sa.Column('cohort_id', sa.Uuid(), nullable=False),
        sa.Column('person_id', sa.Uuid(), nullable=False),
        sa.Column('said_at', MOMENT, nullable=False),
        sa.Column('words_sealed', sa.LargeBinary(), nullable=True),
        sa.Column('times_told', sa.Integer(), server_default=sa.text('0'), nullable=False),
        sa.Column('goes_on', sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column('mentor_next_time', sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column('version', sa.Integer(), server_default=sa.text('1'), nullable=False),
        _refers('farewells', 'relationship_id', 'relationships'),
        sa.PrimaryKeyConstraint('tenant_id', 'id', name=op.f('pk_farewells')),
        sa.UniqueConstraint(
            'tenant_id', 'relationship_id', 'person_id', name=op.f('uq_farewells_tenant_id_relationship_id_person_id')
        ),
    )
    op.create_index(op.f('ix_farewells_tenant_id_person_id'), 'farewells', ['tenant_id', 'person_id'])
    op.create_index(
        op.f('ix_farewells_tenant_id_programme_id_mentor_next_time_id'),
        'farewells',
        ['tenant_id', 'programme_id', 'mentor_next_time', 'id'],
    )
    count_changes(op, 'reviews', 'farewells')
    protect(op, SERVICE, ['reviews', 'review_answers', 'farewells'])
