"""The one address of an installation: what is below /v1, what is beside it, and where addresses in answers lead."""

import httpx

ADMIN = ("organisation:admin", "applications:read", "applications:write")


async def test_the_document_of_all_describes_what_is_there(stack):
    """Every operation of every service is at the place that the document of all names."""
    async with httpx.AsyncClient(base_url=stack.api_url) as http:
        whole = (await http.get("/openapi.json")).json()
        apart = set()
        for name, service in stack.services.items():
            if name == "gateway":
                continue
            document = (await http.get(f"/{name}/openapi.json")).json()
            assert service.app.openapi()["servers"][0]["url"] == f"/v1/{name}"
            apart |= {
                (f"/{name}{path}", method)
                for path, methods in document["paths"].items()
                for method, operation in methods.items()
                if not operation.get("x-internal")
            }
        assert {(path, method) for path, methods in whole["paths"].items() for method in methods} == apart
        # Anybody is told that a token is needed, or what is wrong with the request: not that nothing is there.
        reads = [(path, how["get"]) for path, how in whole["paths"].items() if how.get("get", {}).get("security")]
        assert len(reads) > 100
        for path, _ in reads[::10]:
            assert (await http.get(path.format_map(_Anything()))).status_code in (401, 422), path


class _Anything(dict):
    def __missing__(self, name):
        return "00000000-0000-4000-8000-000000000000"


async def test_nothing_of_the_api_is_elsewhere(stack):
    async with httpx.AsyncClient(base_url=stack.base_url) as http:
        for path in ("/applications/people", "/graphql", "/openapi.json", "/v2/applications/people"):
            answer = await http.get(path)
            assert (answer.status_code, answer.json()["code"]) == (404, "http_404"), path
            assert (await http.get(answer.url.join(answer.json()["type"]))).json()["status"] == 404
        page = await http.get("/pages/account", headers={"Accept": "text/html"})
        assert page.headers["content-type"].startswith("text/html")


async def test_addresses_in_answers_lead_there(stack):
    async with stack.call("platform:admin", "applications:write") as operator:
        made = await operator.post("/applications/organisations", json={"name": "Ely", "slug": "ely-address"})
    async with stack.call(*ADMIN, tenant=made.json()["id"]) as admin:
        made = await admin.post("/applications/people", json={"name": "Ada", "email": "ada@ely.example.org"})
        assert (await admin.get(made.url.join(made.headers["location"]))).json()["id"] == made.json()["id"]
        [user] = (await admin.get("/applications/scim/v2/Users")).json()["Resources"]
        assert (await admin.get(user["meta"]["location"])).json() == user
        kinds = (await admin.get("/applications/scim/v2/ResourceTypes")).json()["Resources"]
        assert (await admin.get(kinds[0]["meta"]["location"])).json() == kinds[0]
