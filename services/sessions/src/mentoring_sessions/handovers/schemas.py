"""Handovers as the REST API takes and gives them."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from mentoring_common.bodies import Body
from mentoring_common.versions import VersionedView
from mentoring_common.views import View


class Consent(Body):
    goals: bool = Field(False, description="whether goals and the steps towards them come along")
    agreement: bool = Field(False, description="whether the agreement comes along, as a draft that nobody signed")
    history: bool = Field(False, description="whether the new mentor sees how often and how long you met before")


class Before(View):
    """How often and how long they met before; never a word of what was said."""

    started_at: datetime | None
    over_at: datetime | None
    mentoring_sessions: int
    total_minutes: int
    last_held_at: datetime | None


class HandoverView(VersionedView):
    """What of the relationship `continues` came along; `decided_at` is null until the mentee said."""

    MADE_AT: ClassVar = "/relationships/{match_id}/handover"
    match_id: UUID
    continues: UUID = Field(description="the relationship that another mentor led")
    decided_at: datetime | None
    goals: bool
    agreement: bool
    history: bool
    before: Before | None = Field(description="for the mentee and the programme team; for the mentor with `history`")
