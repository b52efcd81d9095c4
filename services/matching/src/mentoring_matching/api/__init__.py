"""The REST API of the matching service, by noun."""

from mentoring_matching.api import (
    arrangements,
    conversations,
    groups,
    matches,
    policies,
    pool,
    recurring,
    runs,
    what_ifs,
)

ROUTERS = [
    matches.router,
    groups.router,
    conversations.router,
    arrangements.router,
    what_ifs.router,
    policies.router,
    pool.router,
    runs.router,
    recurring.router,
]
