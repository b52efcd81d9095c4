import assert from "node:assert/strict";
import { createClient } from "graphql-sse";
import { headers, inTime, programme, run, url } from "./world.mjs";

async function all(client, asked) {
  const found = [];
  for await (const result of client.iterate(asked)) found.push(result);
  return found;
}

const client = createClient({ url, headers, retryAttempts: 0 });
const query = "subscription($id: UUID!) { matchRun(id: $id) { state } }";
const followed = await inTime(all(client, { query, variables: { id: run } }));
assert.equal(followed.at(-1).data.matchRun.state, process.env.STATE);

const [read] = await inTime(all(client, {
  query: "query($id: UUID!) { programme(id: $id) { title } }", variables: { id: programme },
}));
assert.ok(read.data.programme.title);

const [refused] = await inTime(all(client, { query, variables: { id: "0190b0f2-7b7a-7bbb-8000-000000000000" } }));
assert.equal(refused.errors[0].extensions.code, "run_not_found");
