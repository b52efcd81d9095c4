"""Surveys: their waves and who answered in named ones."""

from uuid import UUID

import strawberry

from mentoring_gateway.context import Info
from mentoring_gateway.fields import derived, fetched
from mentoring_gateway.identity import Node, OwnId
from mentoring_gateway.paging import After, Connection, First, connection, wanted
from mentoring_gateway.people.types import Person, person_of
from mentoring_gateway.settings import DEFAULT_PAGE
from mentoring_gateway.surveys.client import (
    ByRole,
    Comment,
    NamedAnswerRecord,
    ResponsesByRole,
    WavePreview,
    WaveRecord,
)
from mentoring_gateway.values import same


@strawberry.type(description="Responses of the people asked, in percent; null where nobody was asked, or too few were")
class ResponseRates:
    mentor: float | None
    mentee: float | None
    pooled: float | None


@strawberry.type(description="What a person answered in a named survey")
class NamedAnswer(NamedAnswerRecord):
    @derived("Who answered")
    async def person(self, info: Info) -> Person | None:
        return await person_of(info, self.person_id)


@strawberry.type(
    description="One opening of a survey for one cohort; `roles` null asks both, one that `gathers` has the answers of "
    "occasions that are not shown alone, `withheld` has too few people to show anything; of `hiddenRoles` too few were "
    "asked; `askedWith` is the tool that asked, of one that was brought in"
)
class Wave(WaveRecord, Node):
    id: OwnId

    @derived("Response rates by role and of both together")
    def response_rates(self) -> ResponseRates:
        return response_rates(self.responses, self.asked)

    @fetched("What will be read of it, said before it opens and while it is open; for the programme team")
    async def preview(self, info: Info) -> WavePreview | None:
        return await info.context.services.surveys.wave_preview(self.id)

    @fetched("The free texts, once it is closed; for the programme team")
    async def comments(
        self, info: Info, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[Comment] | None:
        return connection(await info.context.services.surveys.comments(self.id, wanted(first, after)), same)

    @fetched("Who answered what in a named survey, once it is closed; reading it is audited")
    async def named_answers(
        self, info: Info, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[NamedAnswer] | None:
        page = await info.context.services.surveys.named_answers(self.id, wanted(first, after))
        return connection(page, lambda record: NamedAnswer(**vars(record)))


def response_rates(responses: ResponsesByRole, asked: ByRole) -> ResponseRates:
    """Response rates in percent; none of both together where one role is hidden."""
    known = None if responses.mentor is None or responses.mentee is None else responses.mentor + responses.mentee
    return ResponseRates(
        mentor=_percent(responses.mentor, asked.mentor),
        mentee=_percent(responses.mentee, asked.mentee),
        pooled=_percent(known, asked.mentor + asked.mentee),
    )


def _percent(part: int | None, whole: int) -> float | None:
    return 100 * part / whole if part is not None and whole else None


async def waves_of(info: Info, programme_id: UUID, cohort_id: UUID) -> list[Wave]:
    """The waves of one cohort."""
    waves = await info.context.loaders.waves.load(programme_id)
    return [Wave(**vars(wave)) for wave in waves if wave.cohort_id == cohort_id]
