"""The authorisation rules of the routes: what the caller's token must hold."""

from typing import Annotated

from fastapi import Depends

from mentoring_common.auth import Allow, Principal, Public, internal

Reader = Annotated[Principal, Depends(Allow("applications:read", "applications:write"))]
Writer = Annotated[Principal, Depends(Allow("applications:write"))]
Operator = Annotated[Principal, Depends(Allow("platform:admin", tenant=False))]
OwnService = Annotated[Principal, Depends(Allow(internal("applications")))]
ByToken = Depends(Public("the one-time token that came to the new address is the authorisation"))
