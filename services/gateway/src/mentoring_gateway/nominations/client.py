"""The applications service: nominations, and applications that wait for one."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import strawberry
from pydantic import TypeAdapter

from mentoring_common.pagination import Page
from mentoring_gateway.applications.client import ApplicationRecord
from mentoring_gateway.upstream import PageRequest, Upstream, segment
from mentoring_gateway.values import Role, body


@strawberry.type(description="What a nominator learns; null: the programme does not tell")
class NominationOutcome:
    state: str | None = None
    completed: bool | None = None


@strawberry.type(description="Where a nomination stands")
class NominationState:
    id: UUID
    version: int
    programme_id: UUID
    role: Role
    opened_by: str
    state: str
    asked_at: datetime
    cohort_id: UUID | None = None
    answered_at: datetime | None = None


@strawberry.type(description="A nomination, as far as the caller may see it")
class Nomination(NominationState):
    # Members of a dataclass with a default come last.
    person_id: UUID | None = None
    nominee: str | None = None
    nominator: str | None = None
    application_id: UUID | None = None
    statement: str | None = None
    reason: str | None = None
    outcome: NominationOutcome | None = None


@dataclass
class LinkedNomination:
    """What the holder of a link is asked, and what has become of it; no part of the GraphQL schema."""

    programme: str
    role: Role
    nominee: str
    statement_required: bool
    state: str
    outcome: NominationOutcome
    question: str | None = None


_state = TypeAdapter(NominationState)
_linked = TypeAdapter(LinkedNomination)
_page = TypeAdapter(Page[Nomination])
_application = TypeAdapter(ApplicationRecord)


async def nominations(api: Upstream, wanted: PageRequest, **which: UUID | str | None) -> Page[Nomination]:
    """Nominations that the caller sees, by programme_id or state."""
    return await api.page("/nominations", _page, which, wanted)


async def nominate(api: Upstream, programme_id: UUID, **nominee: object) -> NominationState:
    """Stand behind somebody."""
    return await api.send("POST", f"/programmes/{programme_id}/nominations", _state, body(**nominee))


async def answer(api: Upstream, nomination_id: UUID, act: str, **said: object) -> NominationState:
    """Endorse, decline or withdraw."""
    return await api.send("POST", f"/nominations/{nomination_id}/{act}", _state, body(**said))


async def ask(api: Upstream, **asked: object) -> NominationState:
    """Ask somebody else to stand behind an application."""
    return await api.send("POST", "/nominations", _state, body(**asked))


async def by_link(api: Upstream, organisation_id: UUID, token: str) -> LinkedNomination:
    """What somebody without an account is asked."""
    return await api.get(f"/public/{organisation_id}/nominations/{segment(token)}", _linked)


async def answer_by_link(api: Upstream, organisation_id: UUID, **said: object) -> NominationState:
    """Endorse or decline with the token of a letter."""
    return await api.send("POST", f"/public/{organisation_id}/nominations", _state, body(**said))


async def waive(api: Upstream, application_id: UUID, reason: str) -> ApplicationRecord:
    """Let an application go on without an endorsement."""
    path = f"/applications/{application_id}/waive-endorsement"
    return await api.send("POST", path, _application, body(reason=reason))
