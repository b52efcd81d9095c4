import pytest

from mentoring_applications.app import create_app
from mentoring_common.testing import Harness
from mentoring_common.testing.harness import Servers, running


@pytest.fixture(scope="session")
async def applications(servers: Servers):
    async with running(servers, create_app, "applications") as harness:
        yield harness


@pytest.fixture
def office(applications: Harness, tenant):
    """The programme team's client."""
    return applications.caller("applications:write", tenant=tenant)
