// What a browser does before it lets a page of another origin call, and what it then shows the page.
import assert from "node:assert/strict";
import { headers, origin, url } from "./world.mjs";

const rest = url.replace("/graphql", "/applications/me");
for (const [address, method] of [[url, "POST"], [rest, "GET"], [url.replace("/v1/graphql", "/dev/jwks.json"), "GET"]]) {
  const asks = { Origin: origin, "Access-Control-Request-Method": method, "Access-Control-Request-Headers": "authorization" };
  const may = await fetch(address, { method: "OPTIONS", headers: asks });
  assert.equal(may.headers.get("access-control-allow-origin"), origin, address);
  const other = await fetch(address, { method: "OPTIONS", headers: { ...asks, Origin: "https://evil.example" } });
  assert.equal(other.headers.get("access-control-allow-origin"), null, address);
}
const answer = await fetch(rest, { headers: { ...headers, Origin: origin } });
assert.equal(answer.headers.get("access-control-allow-origin"), origin);
assert.match(answer.headers.get("access-control-expose-headers"), /ETag/);
