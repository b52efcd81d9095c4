"""What can be done about concerns."""

from dataclasses import replace
from uuid import UUID

import strawberry

from mentoring_gateway.again import whole
from mentoring_gateway.concerns.client import CaseNote, ConcernRecord
from mentoring_gateway.concerns.inputs import ConcernState, Severity
from mentoring_gateway.concerns.types import Concern
from mentoring_gateway.context import Info
from mentoring_gateway.fields import command
from mentoring_gateway.values import kept


@strawberry.type
class Concerns:
    @command("Tell the programme team what worries one; the partner does not see it")
    async def raise_concern(
        self, info: Info, match_id: UUID, text: str, severity: Severity = Severity.NORMAL, safeguarding: bool = False
    ) -> Concern:
        new = {"text": text, "severity": severity.value, "safeguarding": safeguarding}
        return await _concern(info, await info.context.commands(info).concerns.raise_concern(match_id, **new))

    @command(
        "Take a concern (ACKNOWLEDGED), give it to somebody on duty, weigh it anew or settle it; for the programme team"
    )
    async def change_concern(
        self,
        info: Info,
        concern_id: UUID,
        expected_version: int,
        state: ConcernState | None = None,
        owner_id: UUID | None = None,
        severity: Severity | None = None,
        safeguarding: bool | None = None,
    ) -> Concern:
        change = {
            "state": state and state.value,
            "owner_id": owner_id,
            "severity": severity and severity.value,
            "safeguarding": safeguarding,
        }
        api = info.context.commands(info, expected_version).concerns
        return await _concern(info, await api.change_concern(concern_id, **change))

    @command("Note what was done about a concern, for the others who read it for the programme team")
    async def note_case(self, info: Info, concern_id: UUID, text: str) -> CaseNote:
        return replace(await info.context.commands(info).concerns.note_case(concern_id, text), text=kept(text))


async def _concern(info: Info, made: ConcernRecord) -> Concern:
    read = await whole(info, made, lambda: info.context.services.concerns.concern(made.id), "text", "members", "people")
    return Concern(**vars(read))
