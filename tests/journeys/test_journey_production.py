"""The processes of docker-compose.yml, with the settings it gives and no other, on an empty Apache Kafka and a server
that init.sql has made. Only where a host is differs: names of containers become servers of this machine."""

import contextlib

import httpx

from mentoring_common.testing import eventually

REALM = "/realms/mentoring"
PATIENCE_S = 180  # nine interpreters and a broker start on what may be two cores


async def test_everything_starts_and_an_event_reaches_the_others(processes, hosts, issuer, compose):
    running, logs = processes
    made, port = issuer
    async with httpx.AsyncClient(timeout=30) as http:
        for name, process in running.items():
            address = f"http://{hosts[f'{name}:8000']}/readyz"
            await eventually(lambda p=process, a=address: _ready(http, p, a), within_s=PATIENCE_S, what=logs / name)

        operator = {
            "grant_type": "client_credentials", "client_id": "operator", "scope": "platform:admin",
            "client_secret": compose["services"]["keycloak"]["environment"]["OPERATOR_CLIENT_SECRET"],
        }  # fmt: skip
        token_url = f"http://127.0.0.1:{port}{REALM}/protocol/openid-connect/token"
        token = (await http.post(token_url, data=operator)).json()["access_token"]
        applications, matching = (f"http://{hosts[f'{name}:8000']}" for name in ("applications", "matching"))
        organisation = await http.post(
            f"{applications}/organisations", json={"name": "NIHR", "slug": "nihr"}, headers=_bearer(token)
        )
        assert organisation.status_code == 201, organisation.text
        admin = _bearer(made.mint("admin", organisation.json()["id"], [
            "organisation:admin", "applications:write", "matching:read", "applications:read",
        ]))  # fmt: skip
        programme = await http.post(f"{applications}/programmes", json={"blueprint": "nihr"}, headers=admin)
        assert programme.status_code == 201, programme.text
        path = f"{matching}/programmes/{programme.json()['id']}/policy"
        policy = await eventually(lambda: _found(http, path, admin), what="the programme at matching")
        assert policy["version"] == 1

        asked = {"query": "{ programmes { nodes { id } } }"}
        answer = await http.post(f"http://{hosts['gateway:8000']}/graphql", json=asked, headers=admin)
        [found] = answer.json()["data"]["programmes"]["nodes"]
        assert found["id"] == f"Programme:{programme.json()['id']}"


async def _ready(http, process, address):
    assert process.running, process.last_words()
    with contextlib.suppress(httpx.TransportError):
        return (await http.get(address)).status_code == 200


async def _found(http, path, headers):
    answer = await http.get(path, headers=headers)
    return answer.json() if answer.status_code == 200 else None


def _bearer(token):
    return {"Authorization": f"Bearer {token}"}
