"""Operations that will end say so, with the notice that docs/api-versions.md promises."""

from datetime import date
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import APIRouter, FastAPI

from mentoring_common.deprecation import ends
from mentoring_common.openapi import describe, operation_id
from mentoring_common.unit_of_work import Route

router = APIRouter(route_class=Route)


@router.get("/old/{thing_id}")
@ends(since=date(2027, 1, 1), until=date(2028, 3, 1), instead="/things/{thing_id}")
async def read_old(thing_id: UUID) -> UUID:
    """As it was."""
    return thing_id


@router.get("/things/{thing_id}")
async def read_thing(thing_id: UUID) -> UUID:
    """As it is."""
    return thing_id


@pytest.fixture(scope="module")
def app():
    made = FastAPI(generate_unique_id_function=operation_id)
    made.include_router(router)
    describe(made, "toy")
    return made


async def test_an_answer_says_since_when_until_when_and_what_to_use_instead(app):
    transport = httpx.ASGITransport(app, root_path="/v1/toy")
    async with httpx.AsyncClient(transport=transport, base_url="http://toy.test/v1/toy") as http:
        old = await http.get(f"/old/{uuid4()}")
        new = await http.get(old.url.join(old.links["successor-version"]["url"]))
    assert (old.status_code, old.headers["deprecation"]) == (200, "@1798761600")  # date -d 2027-01-01 +%s
    assert old.headers["sunset"] == "Wed, 01 Mar 2028 00:00:00 GMT"
    assert (new.status_code, new.json(), "deprecation" in new.headers) == (200, old.json(), False)


def test_the_document_says_so_too(app):
    paths = app.openapi()["paths"]
    assert paths["/old/{thing_id}"]["get"]["deprecated"] is True
    assert {"Deprecation", "Sunset", "Link"} <= paths["/old/{thing_id}"]["get"]["responses"]["200"]["headers"].keys()
    assert "deprecated" not in paths["/things/{thing_id}"]["get"]


def test_less_notice_than_is_promised_is_refused():
    with pytest.raises(ValueError, match="365 days"):
        ends(since=date(2027, 1, 1), until=date(2027, 12, 31), instead="/things")
