"""What every table of this service descends from."""

import sqlalchemy as sa

from mentoring_common.db import Base as CommonBase
from mentoring_common.tables import NAMING


class Base(CommonBase):
    """Ancestor of this service's tables."""

    __abstract__ = True
    metadata = sa.MetaData(naming_convention=NAMING)
