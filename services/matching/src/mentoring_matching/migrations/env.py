"""Alembic's entry: see mentoring_common.migrations."""

from mentoring_common.migrations import run_environment
from mentoring_matching.models import Base

run_environment(Base.metadata)
