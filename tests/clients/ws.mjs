import assert from "node:assert/strict";
import { createClient } from "graphql-ws";
import WebSocket from "ws";
import { headers, inTime, origin, programme, run, url } from "./world.mjs";

const FOLLOW = "subscription($id: UUID!) { matchRun(id: $id) { state progress } }";

function connected(from, connectionParams) {
  class FromOrigin extends WebSocket {
    constructor(address, protocols) {
      super(address, protocols, from ? { origin: from } : {});
    }
  }
  return createClient({ url: url.replace(/^http/, "ws"), webSocketImpl: FromOrigin, connectionParams, retryAttempts: 0 });
}

async function all(client, asked) {
  const found = [];
  for await (const result of client.iterate(asked)) found.push(result);
  return found;
}

for (const from of [undefined, origin]) {
  const client = connected(from, headers);
  const followed = await inTime(all(client, { query: FOLLOW, variables: { id: run } }));
  assert.equal(followed.at(-1).data.matchRun.state, process.env.STATE);
  // A query takes the same way.
  const [read] = await inTime(all(client, {
    query: "query($id: UUID!) { programme(id: $id) { title } }", variables: { id: programme },
  }));
  assert.ok(read.data.programme.title);
  await client.dispose();
}

await assert.rejects(inTime(all(connected("https://evil.example", headers), { query: FOLLOW, variables: { id: run } })));
await assert.rejects(inTime(all(connected(undefined, { Authorization: "Bearer false" }), { query: "{ me { id } }" })));
