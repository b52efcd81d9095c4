"""The authorisation rules of the routes: what the caller's token must hold."""

from typing import Annotated

from fastapi import Depends

from mentoring_common.auth import Allow, Principal

Reader = Annotated[Principal, Depends(Allow("matching:read", "matching:write"))]
Writer = Annotated[Principal, Depends(Allow("matching:write"))]
