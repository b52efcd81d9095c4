"""The two sides of a pair."""

from typing import Literal

Role = Literal["mentor", "mentee"]


ROLES: tuple[Role, Role] = ("mentor", "mentee")
