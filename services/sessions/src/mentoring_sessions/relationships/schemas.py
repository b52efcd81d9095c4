"""Nudges as the REST API gives them."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from mentoring_common.views import View


class NudgeView(View):
    id: UUID
    match_id: UUID = Field(validation_alias="relationship_id")
    quiet_since: datetime
    nudged_at: datetime
    weeks: int
