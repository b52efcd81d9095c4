"""A programme as one data file: what it may say, whether it can be used, and what of it can be read.

Every section is one module; `docs/blueprints.md` shows every member with an example and who reads it.
"""

from mentoring_contracts.blueprint.faults import Fault
from mentoring_contracts.blueprint.reading import check, read
from mentoring_contracts.blueprint.section import Section
from mentoring_contracts.blueprint.whole import Blueprint, schema

__all__ = ["Blueprint", "Fault", "Section", "check", "read", "schema"]
