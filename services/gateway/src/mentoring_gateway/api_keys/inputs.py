"""What arguments about API keys take."""

from enum import Enum

import strawberry


@strawberry.enum(description="What a key may be used for")
class KeyScope(Enum):
    HR_PROVISION = "hr:provision"
    APPLICATIONS_READ = "applications:read"
    APPLICATIONS_WRITE = "applications:write"
    INTEGRATIONS_READ = "integrations:read"
    INTEGRATIONS_WRITE = "integrations:write"
