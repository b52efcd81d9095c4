"""What arguments about appointments take."""

import strawberry


@strawberry.input(description="Hours of a day of the week in which I can meet, by the clocks of my zone")
class NewWeeklyHours:
    weekday: int = strawberry.field(description="the day of the week: 1 is Monday")
    begins: str = strawberry.field(description="from when, such as 09:00")
    ends: str = strawberry.field(description="until when, on the same day")
