"""Alembic's entry: see mentoring_common.migrations."""

from mentoring_applications.models import Base
from mentoring_common.migrations import run_environment

run_environment(Base.metadata)
