"""The two sides of a pair, mentor and mentee; both together are None wherever a role is asked for."""

from typing import Literal

Role = Literal["mentor", "mentee"]
ROLES: tuple[Role, Role] = ("mentor", "mentee")
