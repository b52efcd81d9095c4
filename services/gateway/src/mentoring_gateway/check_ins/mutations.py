"""How it goes, told to the programme team."""

from dataclasses import replace
from uuid import UUID

import strawberry

from mentoring_gateway.check_ins.client import CheckIn
from mentoring_gateway.context import Info
from mentoring_gateway.fields import command
from mentoring_gateway.values import kept


@strawberry.type
class CheckIns:
    @command("Tell the programme team how it goes, from 1 to 5")
    async def check_in(
        self, info: Info, match_id: UUID, going_well: int, comment: str | None = None, needs_help: bool = False
    ) -> CheckIn:
        api = info.context.commands(info).check_ins
        said = await api.check_in(match_id, going_well=going_well, comment=comment, needs_help=needs_help)
        return replace(said, comment=kept(comment))
