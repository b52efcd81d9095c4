"""What arguments about notifications take."""

import strawberry


@strawberry.input(description="The hours of one's clock in which no letter goes: `22:00` to `07:00`")
class QuietHoursInput:
    begins: str
    ends: str
