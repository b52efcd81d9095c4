"""What the REST API takes and gives of leavers."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from mentoring_common.bodies import Body
from mentoring_common.versions import VersionedView
from mentoring_common.views import View
from mentoring_contracts.days import Day

LeavingReason = Literal["resigned", "retired", "contract_ended", "redundancy", "dismissed", "other_employer", "other"]
LastDay = Annotated[Day, Field(examples=["2099-12-31"])]


class NewLeaving(Body):
    """When somebody goes, and why; the reason is for the employer's HR system, admins and the person."""

    last_day: LastDay = Field(description="all ends with this day, by UTC: at once if it has passed")
    reason: LeavingReason


class LeavingView(View, VersionedView):
    """Whether somebody leaves; `version` is the person's. All members but the id are null of who stays."""

    id: UUID
    last_day: date | None
    leaving_reason: str | None
    left_at: datetime | None = Field(description="when all ended; null while the day is to come")
