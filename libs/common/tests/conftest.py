from datetime import UTC, datetime

import pytest

from mentoring_common.clock import MovableClock
from mentoring_common.embedded.issuer import DevIssuer
from mentoring_common.runner import Service
from mentoring_common.testing import toy
from mentoring_common.testing.harness import ISSUER, Harness, Servers, issuer_only, settings_for


async def _running(servers: Servers):
    urls = await toy.make_database(servers.superuser_url)
    issuer, clock = DevIssuer(ISSUER, "mentoring"), MovableClock(datetime(2022, 1, 3, tzinfo=UTC))
    service = Service(toy.DESIGN, settings_for(servers, urls), clock=clock, http=issuer_only(issuer))
    harness = Harness(service, issuer, clock)
    await service.start()
    yield harness
    await harness.close()
    await service.stop()


@pytest.fixture(scope="session")
async def toy_service(servers: Servers):
    async for harness in _running(servers):
        yield harness


@pytest.fixture(scope="session")
async def toy_on_each_broker(each_broker: Servers):
    async for harness in _running(each_broker):
        yield harness
