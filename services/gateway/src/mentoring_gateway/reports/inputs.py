"""What arguments about reports take."""

from enum import Enum

import strawberry


@strawberry.enum(description="What a report is for; its audience follows from it")
class ReportKind(Enum):
    INTERIM = "interim"
    FINAL = "final"
    STEERING_GROUP = "steering_group"
    NETWORK = "network"
    PUBLIC = "public"
    PROGRAMME_TEAM = "programme_team"


@strawberry.enum(description="Who approves a report before it is published")
class Approver(Enum):
    PROGRAMME_MANAGER = "programme_manager"
    COORDINATOR = "coordinator"
    STEERING_GROUP = "steering_group"
