"""What can be asked for."""

from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from mentoring_gateway import nodes
from mentoring_gateway.activities.client import Activity, ActivityDoor, ActivityPlace, ActivitySeries
from mentoring_gateway.activities.types import Attendance, Registration, WithdrawnAttendance
from mentoring_gateway.api_keys.client import ApiKey
from mentoring_gateway.applications.client import AssessmentDetail
from mentoring_gateway.applications.types import Application, Draft
from mentoring_gateway.appointments.client import Appointment, AppointmentCorrection
from mentoring_gateway.context import Info
from mentoring_gateway.fields import derived, fetched
from mentoring_gateway.habits.client import HabitByLink, HabitFeedbackLink
from mentoring_gateway.identity import Node
from mentoring_gateway.imports.client import Import, ImportSummary, MadeFile
from mentoring_gateway.imports.inputs import TableFormat
from mentoring_gateway.interviews import groups as focus_groups
from mentoring_gateway.interviews.types import (
    CaseStudy,
    FocusGroup,
    Interview,
    case_study_of,
    focus_group_of,
    interview_of,
)
from mentoring_gateway.matching import groups
from mentoring_gateway.matching.groups import RelationshipKind
from mentoring_gateway.matching.types import Match, MatchRun, RelationshipGroup, group_of
from mentoring_gateway.me import Me
from mentoring_gateway.meetings.client import Note, OpenedNote
from mentoring_gateway.networks import types as networks
from mentoring_gateway.networks.client import NetworkMembership
from mentoring_gateway.networks.types import MembershipState, Network, NetworkBlueprint
from mentoring_gateway.outcomes.client import EvaluationModel
from mentoring_gateway.paging import After, Connection, First, connection, wanted
from mentoring_gateway.pair_reviews.client import PairReview
from mentoring_gateway.people.types import Person
from mentoring_gateway.programmes.client import Blueprint
from mentoring_gateway.programmes.types import Cohort, Programme
from mentoring_gateway.relationships.types import Relationship, relationship_of
from mentoring_gateway.reports.types import Report, report_of
from mentoring_gateway.resources.client import ResourceVersion
from mentoring_gateway.resources.types import Resource, resource_of
from mentoring_gateway.settings import DEFAULT_PAGE
from mentoring_gateway.surveys.client import Preset, Survey
from mentoring_gateway.surveys.types import Wave
from mentoring_gateway.themes.types import (
    CommitteeDecision,
    Recommendation,
    decision_of,
    recommendation_of,
)
from mentoring_gateway.values import same
from mentoring_gateway.webhooks.client import Webhook, WebhookDelivery, WebhookSecret


@strawberry.type
class Query:
    @derived("The person who calls")
    def me(self, info: Info) -> Me:
        return Me(id=info.context.person_id)

    @fetched("The thing of a global id; null where the caller finds none. For a client that keeps things by their ids")
    async def node(self, info: Info, id: strawberry.ID) -> Node | None:
        return await nodes.node(info, id)

    @fetched("The things of up to 200 global ids, in their order; null where the caller finds none")
    async def nodes(self, info: Info, ids: list[strawberry.ID]) -> list[Node | None]:
        # GraphQL takes an exception among the items as the error of that one.
        return await nodes.nodes(info, [str(one) for one in ids])  # type: ignore[return-value]

    @fetched("The organisation's programmes")
    async def programmes(
        self, info: Info, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[Programme] | None:
        page = await info.context.services.programmes.programmes(wanted(first, after))
        return connection(page, lambda record: Programme(**vars(record)))

    @fetched("One programme")
    async def programme(self, info: Info, id: UUID) -> Programme | None:
        return Programme(**vars(await info.context.services.programmes.programme(id)))

    @fetched("The blueprints that ship")
    async def blueprints(self, info: Info) -> list[Blueprint] | None:
        return await info.context.services.programmes.blueprints()

    @fetched("The networks of which the caller's organisation is the office, for its admin")
    async def networks(
        self, info: Info, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[Network] | None:
        page = await info.context.services.networks.networks(wanted(first, after))
        return connection(page, lambda record: Network(**vars(record)))

    @fetched("One network, for its office's admin")
    async def network(self, info: Info, id: UUID) -> Network | None:
        return Network(**vars(await info.context.services.networks.network(id)))

    @fetched("The organisation's own memberships of networks, and the members of networks of which it is the office")
    async def network_memberships(
        self,
        info: Info,
        network_id: UUID | None = None,
        state: MembershipState | None = None,
        first: First = DEFAULT_PAGE,
        after: After = None,
    ) -> Connection[NetworkMembership] | None:
        return await networks.memberships(info, first, after, network_id, state)

    @fetched("The versions of blueprints that the organisation published as an office or was given as a member")
    async def network_blueprints(
        self,
        info: Info,
        network_id: UUID | None = None,
        name: str | None = None,
        first: First = DEFAULT_PAGE,
        after: After = None,
    ) -> Connection[NetworkBlueprint] | None:
        return await networks.blueprints(info, first, after, network_id, name)

    @fetched("One version of a blueprint that a network shares")
    async def network_blueprint(self, info: Info, id: UUID) -> NetworkBlueprint | None:
        return networks.blueprint_of(await info.context.services.networks.blueprint(id))

    @fetched("One cohort")
    async def cohort(self, info: Info, id: UUID) -> Cohort | None:
        return Cohort(**vars(await info.context.services.programmes.cohort(id)))

    @fetched("The people whom the caller may see: all, or those with this in their name (two letters or more)")
    async def people(
        self, info: Info, called: str | None = None, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[Person] | None:
        page = await info.context.services.people.found(called, wanted(first, after))
        return connection(page, lambda record: Person(**vars(record)))

    @fetched("One person")
    async def person(self, info: Info, id: UUID) -> Person | None:
        return Person(**vars(await info.context.services.people.person(id)))

    @fetched("One application")
    async def application(self, info: Info, id: UUID) -> Application | None:
        return Application(**vars(await info.context.services.applications.application(id)))

    @fetched("One activity")
    async def activity(self, info: Info, id: UUID) -> Activity | None:
        return await info.context.services.activities.activity(id)

    @fetched("Who attended an activity; for the programme team and trainers")
    async def attendance(
        self, info: Info, activity_id: UUID, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[Attendance] | None:
        page = await info.context.services.activities.attendance(activity_id, wanted(first, after))
        return connection(page, lambda record: Attendance(**vars(record)))

    @fetched("Where I stand at an activity: with a place, in line, or not")
    async def activity_place(self, info: Info, activity_id: UUID) -> ActivityPlace | None:
        return await info.context.services.activities.place(activity_id)

    @fetched("Who has a place at an activity, and who waits; for who runs activities")
    async def registrations(
        self, info: Info, activity_id: UUID, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[Registration] | None:
        return connection(
            await info.context.services.activities.registrations(activity_id, wanted(first, after)),
            lambda record: Registration(**vars(record)),
        )

    @fetched("Where an activity is online, and the code at its door; for who runs activities")
    async def activity_door(self, info: Info, activity_id: UUID) -> ActivityDoor | None:
        return await info.context.services.activities.door(activity_id)

    @fetched("Whose attendance of an activity was taken back, by whom and why; for the programme team and trainers")
    async def withdrawn_attendance(
        self, info: Info, activity_id: UUID, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[WithdrawnAttendance] | None:
        page = await info.context.services.activities.withdrawn_attendance(activity_id, wanted(first, after))
        return connection(page, lambda record: WithdrawnAttendance(**vars(record)))

    @fetched("Activities that come again, in order")
    async def activity_series(self, info: Info, id: UUID) -> ActivitySeries | None:
        return await info.context.services.activities.series(id)

    @fetched("Something in a programme's library, in my language; `easyRead` for words that are easy to read")
    async def resource(self, info: Info, id: UUID, easy_read: bool = False) -> Resource | None:
        return resource_of(await info.context.services.resources.resource(id, easy_read=easy_read))

    @fetched("The versions of a resource in every language, the newest first; for who runs activities")
    async def resource_versions(self, info: Info, id: UUID) -> list[ResourceVersion] | None:
        return await info.context.services.resources.versions(id)

    @fetched("A note that I may read: my own, or one that is shared with me")
    async def note(self, info: Info, id: UUID) -> Note | None:
        return await info.context.services.meetings.note(id)

    @fetched("Notes that were opened, for the two people who opened them, until that ends")
    async def opened_notes(self, info: Info, glass_break_id: UUID) -> list[OpenedNote] | None:
        return await info.context.services.meetings.opened_notes(glass_break_id)

    @fetched("The links by which others are asked about a habit of mine, and what they said")
    async def habit_feedback(self, info: Info, habit_id: UUID) -> list[HabitFeedbackLink] | None:
        return await info.context.services.habits.feedback(habit_id)

    @fetched("The habit about which I am asked by a link, in words; nothing else of its person")
    async def habit_by_link(self, info: Info, organisation_id: UUID, token: str) -> HabitByLink | None:
        return await info.context.services.habits.by_link(organisation_id, token)

    @fetched("A meeting that is planned")
    async def appointment(self, info: Info, id: UUID) -> Appointment | None:
        return await info.context.services.appointments.appointment(id)

    @fetched("Who said that an appointment was not missed after all, when and why")
    async def appointment_corrections(
        self, info: Info, appointment_id: UUID, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[AppointmentCorrection] | None:
        page = await info.context.services.appointments.corrections(appointment_id, wanted(first, after))
        return connection(page, same)

    @fetched("A review of a pair")
    async def review(self, info: Info, id: UUID) -> PairReview | None:
        return await info.context.services.pair_reviews.review(id)

    @fetched("One match")
    async def match(self, info: Info, id: UUID) -> Match | None:
        return Match(**vars(await info.context.services.matching.match(id)))

    @fetched("The relationship of a match")
    async def relationship(self, info: Info, match_id: UUID) -> Relationship | None:
        return await relationship_of(info, match_id)

    @fetched("One group")
    async def group(self, info: Info, id: UUID) -> RelationshipGroup | None:
        return group_of(await groups.group(info.context.services.matching.api, id))

    @fetched("Groups by programme, cohort, person, kind and state")
    async def groups(
        self,
        info: Info,
        programme_id: UUID | None = None,
        cohort_id: UUID | None = None,
        person_id: UUID | None = None,
        kind: str | None = None,
        state: str | None = None,
        first: First = DEFAULT_PAGE,
        after: After = None,
    ) -> Connection[RelationshipGroup] | None:
        which = {"programme_id": programme_id, "cohort_id": cohort_id, "person_id": person_id}
        api = info.context.services.matching.api
        page = await groups.groups(api, wanted(first, after), kind=kind, state=state, **which)
        return connection(page, group_of)

    @fetched("The kinds of relationship of a programme")
    async def relationship_kinds(self, info: Info, programme_id: UUID) -> list[RelationshipKind] | None:
        return await groups.kinds(info.context.services.matching.api, programme_id)

    @fetched("One matching run")
    async def match_run(self, info: Info, id: UUID) -> MatchRun | None:
        return MatchRun(**vars(await info.context.services.matching.run(id)))

    @fetched("One survey wave")
    async def wave(self, info: Info, id: UUID) -> Wave | None:
        return Wave(**vars(await info.context.services.surveys.wave(id)))

    @fetched("One report")
    async def report(self, info: Info, id: UUID) -> Report | None:
        return await report_of(info, id)

    @fetched("What one was asked to assess")
    async def assessment(self, info: Info, id: UUID) -> AssessmentDetail | None:
        return await info.context.services.applications.assessment(id)

    @fetched("One's own draft of an application")
    async def draft(self, info: Info, id: UUID) -> Draft | None:
        return Draft(**vars(await info.context.services.applications.draft(id)))

    @fetched("One interview; of a person or of those who hold interviews, whose reading is audited")
    async def interview(self, info: Info, id: UUID) -> Interview | None:
        return interview_of(await info.context.loaders.interview.load(id))

    @fetched("One focus group; for those who hold it, and who takes part")
    async def focus_group(self, info: Info, id: UUID) -> FocusGroup | None:
        return focus_group_of(await focus_groups.focus_group(info.context.services.interviews.api, id))

    @fetched("One case study; of its two people or of those who hold interviews, whose reading is audited")
    async def case_study(self, info: Info, id: UUID) -> CaseStudy | None:
        return case_study_of(await info.context.loaders.case_study.load(id))

    @fetched("One recommendation")
    async def recommendation(self, info: Info, id: UUID) -> Recommendation | None:
        return recommendation_of(await info.context.loaders.recommendation.load(id))

    @fetched("One decision of a committee")
    async def committee_decision(self, info: Info, id: UUID) -> CommitteeDecision | None:
        return decision_of(await info.context.services.themes.decision(id))

    @fetched("The surveys that ship, to be taken into a programme")
    async def instrument_presets(self, info: Info) -> list[Preset] | None:
        return await info.context.services.surveys.presets()

    @fetched("The evaluation models that ship")
    async def evaluation_models(self, info: Info) -> list[EvaluationModel] | None:
        return await info.context.services.outcomes.models()

    @fetched("The organisation's API keys, also those that are over; for its admin")
    async def api_keys(self, info: Info, first: First = DEFAULT_PAGE, after: After = None) -> Connection[ApiKey] | None:
        return connection(await info.context.services.api_keys.keys(wanted(first, after)), same)

    @fetched("The caller's imports of files, in order; all of them for the organisation's admin")
    async def imports(
        self, info: Info, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[ImportSummary] | None:
        return connection(await info.context.services.imports.imports(wanted(first, after)), same)

    @fetched("One import: how far it is, what became of its rows", name="import")
    async def one_import(self, info: Info, id: UUID) -> Import | None:
        return await info.context.services.imports.one(id)

    @fetched("What became of every row of an import, as a file to be laid beside the one that was sent")
    async def import_results(
        self, info: Info, import_id: UUID, format: TableFormat = TableFormat.CSV
    ) -> MadeFile | None:
        return await info.context.services.imports.results(import_id, format.value)

    @fetched("The JSON Schema of a blueprint, by which editors complete and describe its members")
    async def blueprint_schema(self, info: Info) -> JSON | None:
        return await info.context.services.blueprints.schema()

    @fetched("The organisation's webhooks; an HR client's own")
    async def webhooks(
        self, info: Info, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[Webhook] | None:
        page = await info.context.services.webhooks.webhooks(wanted(first, after))
        return connection(page, same)

    @fetched("One webhook")
    async def webhook(self, info: Info, id: UUID) -> Webhook | None:
        return await info.context.services.webhooks.webhook(id)

    @fetched("What a webhook is signed with; reading it is audited")
    async def webhook_secret(self, info: Info, webhook_id: UUID) -> WebhookSecret | None:
        return await info.context.services.webhooks.secret(webhook_id)

    @fetched("What was queued for a webhook, or what of it is in one state, and how the last attempt of each ended")
    async def webhook_deliveries(
        self,
        info: Info,
        webhook_id: UUID,
        state: str | None = None,
        first: First = DEFAULT_PAGE,
        after: After = None,
    ) -> Connection[WebhookDelivery] | None:
        page = await info.context.services.webhooks.deliveries(webhook_id, state, wanted(first, after))
        return connection(page, same)

    @fetched("The survey of an invitation, in the words asked for; its token is all that is needed")
    async def survey(
        self, info: Info, organisation_id: UUID, token: str, language: str | None = None, easy_read: bool | None = None
    ) -> Survey | None:
        words = {"language": language, "easy_read": easy_read}
        return await info.context.services.surveys.survey(organisation_id, token, **words)
