"""The REST API of the applications service, by noun."""

from mentoring_applications.api import applications, cohorts, internal, organisations, people, programmes

ROUTERS = [
    applications.router,
    people.router,
    cohorts.router,
    programmes.router,
    organisations.router,
    internal.router,
]
