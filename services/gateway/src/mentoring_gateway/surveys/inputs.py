"""What arguments about surveys take."""

from datetime import datetime

import strawberry

from mentoring_gateway.values import Role


@strawberry.input(
    description="When a wave opens or closes: a moment, or a local time such as 2024-10-27T23:59 with its zone"
)
class WaveTime:
    at: datetime | None = None
    local: str | None = None
    zone: str | None = None


@strawberry.input(
    description="A wave of a survey; `occasion` tells several of one survey apart, `roles` null asks both, or nobody "
    "of the pairs where there are `respondents`, `remindDaysBefore` null reminds as the programme does, `openedLate` "
    "lets `opensAt` lie more than a day back"
)
class NewWave:
    instrument: str
    opens_at: WaveTime
    closes_at: WaveTime
    occasion: str | None = None
    roles: list[Role] | None = None
    remind_days_before: list[int] | None = None
    respondents: list[str] | None = None
    opened_late: bool | None = None
