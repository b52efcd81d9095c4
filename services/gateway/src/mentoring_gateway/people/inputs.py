"""What arguments about people take."""

from enum import Enum

import strawberry


@strawberry.enum(description="Why somebody leaves their employer; for its HR system, admins and the person")
class LeavingReason(Enum):
    RESIGNED = "resigned"
    RETIRED = "retired"
    CONTRACT_ENDED = "contract_ended"
    REDUNDANCY = "redundancy"
    DISMISSED = "dismissed"
    OTHER_EMPLOYER = "other_employer"
    OTHER = "other"
