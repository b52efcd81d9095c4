"""The services behind the gateway, for one caller and one operation; evaluation's API has several clients."""

from dataclasses import dataclass

from mentoring_common.settings import Settings
from mentoring_gateway.clients.applications import Applications
from mentoring_gateway.clients.evaluation import Evaluation
from mentoring_gateway.clients.integrations import Integrations
from mentoring_gateway.clients.interviews import Interviews
from mentoring_gateway.clients.matching import Matching
from mentoring_gateway.clients.outcomes import Outcomes
from mentoring_gateway.clients.reports import Reports
from mentoring_gateway.clients.sessions import Sessions
from mentoring_gateway.clients.themes import Themes
from mentoring_gateway.clients.upstream import Upstream


@dataclass(frozen=True)
class Services:
    """The APIs of all services."""

    applications: Applications
    matching: Matching
    sessions: Sessions
    evaluation: Evaluation
    interviews: Interviews
    themes: Themes
    outcomes: Outcomes
    reports: Reports
    integrations: Integrations

    @classmethod
    def of(cls, upstream: Upstream, settings: Settings) -> "Services":
        """The services at the addresses of the settings."""
        evaluation = upstream.at(settings.evaluation_url)
        return cls(
            Applications(upstream.at(settings.applications_url)),
            Matching(upstream.at(settings.matching_url)),
            Sessions(upstream.at(settings.sessions_url)),
            Evaluation(evaluation),
            Interviews(evaluation),
            Themes(evaluation),
            Outcomes(evaluation),
            Reports(evaluation),
            Integrations(upstream.at(settings.integrations_url)),
        )


__all__ = ["Services", "Upstream"]
