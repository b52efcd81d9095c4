"""What can be done about the blueprint of a programme."""

from uuid import UUID

import strawberry

from mentoring_gateway.blueprints.client import Amendment, BlueprintVerdict
from mentoring_gateway.context import Info
from mentoring_gateway.fields import command


@strawberry.type
class Blueprints:
    @command("Whether a programme could be made from a blueprint, a text in YAML or JSON; nothing is kept")
    async def check_blueprint(self, info: Info, text: str) -> BlueprintVerdict:
        return await info.context.commands(info).blueprints.check(text)

    @command("What another blueprint would change of a programme and touch, and what of it cannot be; nothing is done")
    async def preview_blueprint(self, info: Info, programme_id: UUID, text: str) -> Amendment:
        return await info.context.commands(info).blueprints.preview(programme_id, text)

    @command("Have a running programme go by another blueprint, where nothing of that would rewrite the past")
    async def amend_blueprint(self, info: Info, programme_id: UUID, expected_version: int, text: str) -> Amendment:
        return await info.context.commands(info, expected_version).blueprints.amend(programme_id, text)
