"""The services' APIs for one caller and one operation, by domain; several domains are answered by one service."""

from functools import cached_property

from mentoring_common.settings import Settings
from mentoring_gateway.activities.client import ActivitiesApi
from mentoring_gateway.api_keys.client import ApiKeysApi
from mentoring_gateway.applications.client import ApplicationsApi
from mentoring_gateway.appointments.client import AppointmentsApi
from mentoring_gateway.blueprints.client import BlueprintsApi
from mentoring_gateway.check_ins.client import CheckInsApi
from mentoring_gateway.concerns.client import ConcernsApi
from mentoring_gateway.figures.client import FiguresApi
from mentoring_gateway.goals.client import GoalsApi
from mentoring_gateway.habits.client import HabitsApi
from mentoring_gateway.imports.client import ImportsApi
from mentoring_gateway.interviews.client import InterviewsApi
from mentoring_gateway.matching.client import MatchingApi
from mentoring_gateway.meetings.client import MeetingsApi
from mentoring_gateway.networks.client import NetworksApi
from mentoring_gateway.notifications.client import NotificationsApi
from mentoring_gateway.outcomes.client import OutcomesApi
from mentoring_gateway.pair_clock.client import PairClockApi
from mentoring_gateway.pair_reviews.client import PairReviewsApi
from mentoring_gateway.people.client import PeopleApi
from mentoring_gateway.programmes.client import ProgrammesApi
from mentoring_gateway.relationships.client import RelationshipsApi
from mentoring_gateway.reports.client import ReportsApi
from mentoring_gateway.resources.client import ResourcesApi
from mentoring_gateway.surveys.client import SurveysApi
from mentoring_gateway.themes.client import ThemesApi
from mentoring_gateway.upstream import Upstream
from mentoring_gateway.webhooks.client import WebhooksApi


class Services:
    """The APIs of all services, each made when it is first asked for."""

    def __init__(self, upstream: Upstream, settings: Settings) -> None:
        self._upstream = upstream
        self._settings = settings

    @cached_property
    def people(self) -> PeopleApi:
        return PeopleApi(self._upstream.at(self._settings.applications_url))

    @cached_property
    def api_keys(self) -> ApiKeysApi:
        return ApiKeysApi(self._upstream.at(self._settings.applications_url))

    @cached_property
    def blueprints(self) -> BlueprintsApi:
        return BlueprintsApi(self._upstream.at(self._settings.applications_url))

    @cached_property
    def networks(self) -> NetworksApi:
        return NetworksApi(self._upstream.at(self._settings.applications_url))

    @cached_property
    def programmes(self) -> ProgrammesApi:
        return ProgrammesApi(self._upstream.at(self._settings.applications_url))

    @cached_property
    def applications(self) -> ApplicationsApi:
        return ApplicationsApi(self._upstream.at(self._settings.applications_url))

    @cached_property
    def matching(self) -> MatchingApi:
        return MatchingApi(self._upstream.at(self._settings.matching_url))

    @cached_property
    def relationships(self) -> RelationshipsApi:
        return RelationshipsApi(self._upstream.at(self._settings.sessions_url))

    @cached_property
    def meetings(self) -> MeetingsApi:
        return MeetingsApi(self._upstream.at(self._settings.sessions_url))

    @cached_property
    def goals(self) -> GoalsApi:
        return GoalsApi(self._upstream.at(self._settings.sessions_url))

    @cached_property
    def check_ins(self) -> CheckInsApi:
        return CheckInsApi(self._upstream.at(self._settings.sessions_url))

    @cached_property
    def concerns(self) -> ConcernsApi:
        return ConcernsApi(self._upstream.at(self._settings.sessions_url))

    @cached_property
    def activities(self) -> ActivitiesApi:
        return ActivitiesApi(self._upstream.at(self._settings.sessions_url))

    @cached_property
    def resources(self) -> ResourcesApi:
        return ResourcesApi(self._upstream.at(self._settings.sessions_url))

    @cached_property
    def habits(self) -> HabitsApi:
        return HabitsApi(self._upstream.at(self._settings.sessions_url))

    @cached_property
    def pair_clock(self) -> PairClockApi:
        return PairClockApi(self._upstream.at(self._settings.sessions_url))

    @cached_property
    def pair_reviews(self) -> PairReviewsApi:
        return PairReviewsApi(self._upstream.at(self._settings.sessions_url))

    @cached_property
    def appointments(self) -> AppointmentsApi:
        return AppointmentsApi(self._upstream.at(self._settings.sessions_url))

    @cached_property
    def surveys(self) -> SurveysApi:
        return SurveysApi(self._upstream.at(self._settings.evaluation_url))

    @cached_property
    def figures(self) -> FiguresApi:
        return FiguresApi(self._upstream.at(self._settings.evaluation_url))

    @cached_property
    def interviews(self) -> InterviewsApi:
        return InterviewsApi(self._upstream.at(self._settings.evaluation_url))

    @cached_property
    def themes(self) -> ThemesApi:
        return ThemesApi(self._upstream.at(self._settings.evaluation_url))

    @cached_property
    def outcomes(self) -> OutcomesApi:
        return OutcomesApi(self._upstream.at(self._settings.evaluation_url))

    @cached_property
    def reports(self) -> ReportsApi:
        return ReportsApi(self._upstream.at(self._settings.evaluation_url))

    @cached_property
    def notifications(self) -> NotificationsApi:
        return NotificationsApi(self._upstream.at(self._settings.integrations_url))

    @cached_property
    def imports(self) -> ImportsApi:
        return ImportsApi(self._upstream.at(self._settings.integrations_url))

    @cached_property
    def webhooks(self) -> WebhooksApi:
        return WebhooksApi(self._upstream.at(self._settings.integrations_url))
