"""The scopes of this API."""

from typing import Annotated

from fastapi import Depends

from mentoring_common.auth import Allow, Principal

Reader = Annotated[Principal, Depends(Allow("sessions:read", "sessions:write"))]
Writer = Annotated[Principal, Depends(Allow("sessions:write"))]
