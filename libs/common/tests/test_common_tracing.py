"""Spans of sampled traces, at a collector that takes them over OTLP."""

import json
import uuid
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import structlog

from mentoring_common.clock import MovableClock
from mentoring_common.embedded.issuer import DevIssuer
from mentoring_common.observability import configure_logging, log
from mentoring_common.runner import Service
from mentoring_common.testing import toy
from mentoring_common.testing.collector import collector
from mentoring_common.testing.harness import ISSUER, Harness, issuer_only, settings_for
from mentoring_common.tracing import current_traceparent, new_traceparent, route_of, traced

NAME = "Grace Canary"


@asynccontextmanager
async def traced_toy(servers, **settings):
    urls = await toy.make_database(servers.superuser_url)
    issuer, clock = DevIssuer(ISSUER, "mentoring"), MovableClock(datetime(2022, 1, 3, tzinfo=UTC))
    service = Service(toy.DESIGN, settings_for(servers, urls, **settings), clock=clock, http=issuer_only(issuer))
    await service.start()
    harness = Harness(service, issuer, clock)
    try:
        yield harness
    finally:
        await harness.close()
        await service.stop()


async def make_thing(harness, tenant, traceparent):
    async with harness.caller("toy:write", tenant=tenant) as caller:
        given = {"traceparent": traceparent} if traceparent else {}
        made = await caller.post("/things", json={"name": NAME}, headers=given)
        assert made.status_code == 201, made.text
        return (await caller.get(f"/things/{made.json()['id']}", headers=given)).json()["id"]


async def test_a_request_and_its_statements_are_spans_below_the_callers(servers, tenant):
    sampled = new_traceparent(sampled=True)
    with collector() as seen:
        async with traced_toy(servers, traces_url=seen.url, traces_ratio=0) as toy_:
            await make_thing(toy_, tenant, sampled)
        spans = seen.of(sampled[3:35])
        write, read = (one for one in spans if one.kind == "SERVER")
    assert (write.service, write.name, write.parent) == ("mentoring-toy", "POST /things", sampled[36:52])
    assert write.attributes == {"http.route": "/things", "http.response.status_code": 201}
    assert read.name == "GET /things/{thing_id}"
    said = [one.attributes["db.query.text"] for one in spans if one.parent == write.id and one.kind == "CLIENT"]
    assert [text.partition(" ")[0].strip(";") for text in said][:1] == ["BEGIN"]
    assert any(text.startswith("INSERT INTO things") for text in said)
    assert said[-1] == "COMMIT"
    assert NAME not in str(spans)


async def test_who_is_not_sampled_leaves_nothing(servers, tenant):
    with collector() as seen:
        async with traced_toy(servers, traces_url=seen.url, traces_ratio=0) as toy_:
            await make_thing(toy_, tenant, None)
            await make_thing(toy_, tenant, new_traceparent())
        assert seen.spans == []


async def test_a_share_of_the_traces_that_begin_here_is_sampled(servers, tenant):
    with collector() as seen:
        async with traced_toy(servers, traces_url=seen.url, traces_ratio=1) as toy_:
            await make_thing(toy_, tenant, None)
        begins = [one for one in seen.spans if one.kind == "SERVER"]
        assert len(begins) == 2
        assert all(one.parent == "" for one in begins)  # nothing that nobody sent is above it


async def test_a_collector_that_is_away_stops_nothing(servers, tenant):
    async with traced_toy(servers, traces_url="http://127.0.0.1:1/v1/traces", traces_ratio=1) as toy_:
        assert await make_thing(toy_, tenant, None)


async def test_nothing_is_loaded_where_no_spans_are_wanted(toy_service):
    assert toy_service.service.tracing is None


def test_a_route_says_no_id_and_nothing_that_was_typed():
    assert route_of(f"http://it:1/people/{uuid.uuid4()}/held?email=a@b") == "/people/{}/held"
    assert route_of("/people/by-employee/A.Smith 7") == "/people/by-employee/{}"


def test_who_logs_in_a_trace_says_which(capsys):
    configured = structlog.get_config()
    configure_logging()
    try:
        with traced(new_traceparent(), None, "reaction", "CONSUMER"):
            log.warning("waiting", kind="kafka")
            running = current_traceparent()
        log.warning("waiting", kind="kafka")
    finally:
        structlog.configure(**configured)
    within, outside = map(json.loads, capsys.readouterr().err.splitlines())
    assert within["traceparent"] == running
    assert "traceparent" not in outside
