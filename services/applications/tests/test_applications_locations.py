"""A Location leads to what was made, by itself and behind a prefix, and again where an answer is known."""

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount


@pytest.mark.parametrize("prefix", ["", "/applications"])
async def test_what_was_made_is_read_where_its_location_leads(nihr, prefix):
    person = await nihr.person()
    app = Starlette(routes=[Mount("/applications", nihr.harness.service.asgi)]) if prefix else None
    me = nihr.as_person(person)
    headers = dict(me.headers) | {"Idempotency-Key": f"draft-{prefix}"}
    transport = httpx.ASGITransport(app or nihr.harness.service.asgi)
    async with httpx.AsyncClient(transport=transport, base_url="http://x", headers=headers) as http:
        body = {"role": "mentee", "cohort_id": nihr.cohorts[0]}
        for _ in range(2):
            made = await http.post(f"{prefix}/programmes/{nihr.programme_id}/drafts", json=body)
            assert made.status_code == 201, made.text
            read = await http.get(made.url.join(made.headers["Location"]))
            assert (read.status_code, read.json().get("id")) == (200, made.json()["id"])
        again = await http.post(
            f"{prefix}/programmes/{nihr.programme_id}/drafts", json=body, headers={"Idempotency-Key": "b"}
        )
        assert again.status_code == 409
        assert "Location" not in again.headers
