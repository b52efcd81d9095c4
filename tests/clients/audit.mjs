// The audit of GraphQL over HTTP that graphql-http publishes: what servers must, should and may do.
import assert from "node:assert/strict";
import { serverAudits } from "graphql-http";
import { headers, url } from "./world.mjs";

const fetchFn = (to, given = {}) => fetch(to, { ...given, headers: { ...given.headers, ...headers } });
const found = { ok: [], notice: [], warn: [], error: [] };
for (const audit of serverAudits({ url, fetchFn })) {
  const { status, reason } = await audit.fn();
  found[status].push(`${audit.id} ${audit.name}${reason ? `: ${reason}` : ""}`);
}
console.log(JSON.stringify(found, null, 1));
assert.deepEqual([...found.error, ...found.warn], []);
