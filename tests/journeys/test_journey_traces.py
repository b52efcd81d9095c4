"""One trace from a mutation to the last service that hears of it, to the letter and to the webhook."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from mentoring_allinone.stack import Stack
from mentoring_common.testing import eventually
from mentoring_common.testing.collector import collector
from mentoring_common.tracing import new_traceparent

from .conftest import answers

DECIDE = "mutation Decide($id: UUID!) { decideApplication(applicationId: $id, decision: ACCEPT) { state } }"
APPLY = """mutation($p: UUID!, $c: UUID!, $answers: JSON!) {
  submitApplication(programmeId: $p, cohortId: $c, role: MENTEE, answers: $answers,
                    consents: {privacy_notice: "2022-02"}) { id } }"""


@pytest.fixture(scope="module")
def seen():
    with collector() as running:
        yield running


@pytest.fixture(scope="module")
async def stack(tmp_path_factory, seen):
    """The embedded stack whose spans go to the collector, where a caller asks for them."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("MENTORING_TRACES_URL", seen.url)
        environment.setenv("MENTORING_TRACES_RATIO", "0")
        running = await Stack.start(tmp_path_factory.mktemp("traced"), durable=False)
    yield running
    await running.stop()


@pytest.fixture(scope="module")
def endpoint():
    """An address that takes webhooks, and the `traceparent` that came with each event, by its type."""
    came = {}

    class Takes(BaseHTTPRequestHandler):
        def do_POST(self):
            event = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            came[event["type"]] = self.headers["traceparent"]
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps({"challenge": event["data"].get("challenge")}).encode())

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Takes)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/", came
    server.shutdown()


async def test_one_trace_from_a_mutation_to_the_last_consumer_the_letter_and_the_webhook(journey, seen, endpoint):
    address, came = endpoint
    async with journey.stack.call("organisation:admin", "integrations:write", tenant=journey.tenant) as admin:
        made = await admin.post("/integrations/webhooks", json={"url": address, "types": [ACCEPTED]})
        assert made.status_code == 201, made.text
        verified = await admin.post(f"/integrations/webhooks/{made.json()['id']}/verify")
        assert verified.status_code == 200, verified.text
    await journey.register("Grace")
    wanted = {"p": journey.programme_id, "c": journey.cohort_id, "answers": answers("Grace", "MENTEE")}
    applied = (await journey.ask(APPLY, by="Grace", **wanted))["submitApplication"]["id"]
    asked = new_traceparent(sampled=True)
    async with journey.client() as client:
        body = {"query": DECIDE, "variables": {"id": applied}, "operationName": "Decide"}
        answer = await client.post("/graphql", json=body, headers={"traceparent": asked})
    assert answer.json()["data"] == {"decideApplication": {"state": "accepted"}}

    async def whole():
        spans = seen.of(asked[3:35])
        names = {(one.service.removeprefix("mentoring-"), one.name) for one in spans}
        return spans if names >= EXPECTED else None

    spans = await eventually(whole, within_s=60, what="the spans of the trace")
    ids = {one.id for one in spans} | {asked[36:52]}
    assert [one.name for one in spans if one.parent not in ids] == []
    [letter] = [one for one in spans if one.name == "letter application_accepted"]
    above = {one.id: one for one in spans}
    way, one = [], letter
    while one is not None:
        way.append(f"{one.service.removeprefix('mentoring-')}: {one.name}")
        one = above.get(one.parent)
    assert way == [
        "integrations: letter application_accepted",
        "integrations: react mentoring.applications.ApplicationAccepted.v1",
        "applications: POST /applications/{application_id}/decision",
        "gateway: POST",
        "gateway: graphql Decide",
        "gateway: POST /graphql",
    ]
    [webhook] = [one for one in spans if one.name == "webhook"]
    assert above[webhook.parent].name == "POST /applications/{application_id}/decision"
    assert came[ACCEPTED] == f"00-{asked[3:35]}-{webhook.id}-01"
    for told in ("Grace", "grace@", "Nursing"):
        assert told not in str(spans)


ACCEPTED = "mentoring.applications.ApplicationAccepted.v1"
EXPECTED = {
    ("gateway", "POST /graphql"),
    ("gateway", "graphql Decide"),
    ("applications", "POST /applications/{application_id}/decision"),
    ("applications", "publish mentoring.applications"),
    ("matching", f"react {ACCEPTED}"),
    ("integrations", f"react {ACCEPTED}"),
    ("integrations", "letter application_accepted"),
    ("integrations", "webhook"),
}
