"""What arguments about meetings take."""

from enum import Enum

import strawberry


@strawberry.enum(description="How people met")
class MeetingMode(Enum):
    ONLINE = "online"
    IN_PERSON = "in_person"
    PHONE = "phone"


@strawberry.enum(description="Who may read a note")
class Visibility(Enum):
    MINE = "mine"
    LEAD = "lead"
    PAIR = "pair"
    PROGRAMME_TEAM = "programme_team"
