"""What can be done about relationships and their agreements."""

from uuid import UUID

import strawberry

from mentoring_gateway.context import Info
from mentoring_gateway.fields import command
from mentoring_gateway.relationships.inputs import NewAgreementAnswer
from mentoring_gateway.relationships.types import Relationship, relationship_of


@strawberry.type
class Relationships:
    @command(
        "Put the terms of the mentoring agreement, with answers to the programme's questions, to the other side; in "
        "place of others with the `revision` of those: what everybody signed stands until they have signed these"
    )
    async def propose_agreement(
        self,
        info: Info,
        match_id: UUID,
        terms: str | None = None,
        answers: list[NewAgreementAnswer] | None = None,
        expected_version: int | None = None,
    ) -> Relationship:
        api = info.context.commands(info, expected_version).relationships
        await api.propose_agreement(match_id, terms, [vars(one) for one in answers] if answers else None)
        return await relationship_of(info, match_id)

    @command("Take my signature under the agreement back: none stands until everybody signs one again")
    async def withdraw_signature(self, info: Info, match_id: UUID, expected_version: int | None = None) -> Relationship:
        await info.context.commands(info, expected_version).relationships.withdraw_signature(match_id)
        return await relationship_of(info, match_id)

    @command(
        "Propose what everybody signed last once more, in place of the agreement with this `revision`, and sign it for "
        "oneself: it stands again, for as long, once the others have signed it too"
    )
    async def renew_agreement(self, info: Info, match_id: UUID, expected_version: int | None = None) -> Relationship:
        await info.context.commands(info, expected_version).relationships.renew_agreement(match_id)
        return await relationship_of(info, match_id)

    @command("Sign the agreement for oneself; `version` is the one that was read")
    async def sign_agreement(
        self, info: Info, match_id: UUID, version: int | None = None, expected_version: int | None = None
    ) -> Relationship:
        await info.context.commands(info, expected_version).relationships.sign_agreement(match_id, version)
        return await relationship_of(info, match_id)

    @command(
        "Say what a new mentor takes over: goals with their steps, the agreement as a draft, how often one met; never "
        "a note. For the mentee; what came along stays"
    )
    async def consent_to_handover(
        self,
        info: Info,
        match_id: UUID,
        goals: bool | None = None,
        agreement: bool | None = None,
        history: bool | None = None,
        expected_version: int | None = None,
    ) -> Relationship:
        api = info.context.commands(info, expected_version).relationships
        await api.consent_to_handover(match_id, goals=goals, agreement=agreement, history=history)
        return await relationship_of(info, match_id)

    @command("The relationship ran its course: for the team, or once goals are reached; to stop early, end the match")
    async def close_relationship(self, info: Info, match_id: UUID, expected_version: int | None = None) -> Relationship:
        api = info.context.commands(info, expected_version).relationships
        return Relationship(**vars(await api.close(match_id)))
