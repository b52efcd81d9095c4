import assert from "node:assert/strict";
import { Client, cacheExchange, fetchExchange, gql, subscriptionExchange } from "@urql/core";
import { createClient } from "graphql-sse";
import { headers, inTime, programme, run, url } from "./world.mjs";

const events = createClient({ url, headers, retryAttempts: 0 });
const client = new Client({
  url,
  fetchOptions: { headers },
  preferGetMethod: false,
  exchanges: [
    cacheExchange,
    fetchExchange,
    subscriptionExchange({
      forwardSubscription: (operation) => ({
        subscribe: (sink) => ({ unsubscribe: events.subscribe(operation, sink) }),
      }),
    }),
  ],
});

const read = await client.query(gql`query ($id: UUID!) { programme(id: $id) { id title } }`, { id: programme });
assert.equal(read.error, undefined);
assert.ok(read.data.programme.title);

const refused = await client.query(gql`{ match(id: "0190b0f2-7b7a-7bbb-8000-000000000000") { id } }`, {});
assert.equal(refused.error.graphQLErrors[0].extensions.code, "match_not_found");
assert.deepEqual(refused.error.graphQLErrors[0].path, ["match"]);
assert.deepEqual(refused.data, { match: null });

const wrong = await client.query(gql`{ nothing }`, {});
assert.equal(wrong.error.graphQLErrors[0].extensions.code, "invalid_graphql");

const made = await client.mutation(
  gql`mutation ($name: String!, $email: String!) { registerPerson(name: $name, email: $email) { id name } }`,
  { name: "Ursula", email: "ursula@example.org" },
);
assert.equal(made.data.registerPerson.name, "Ursula");

const refusal = await client.mutation(
  gql`mutation ($name: String!) {
    registerPersonOrErrors(name: $name, email: "nobody") { result { id } userErrors { code field message } } }`,
  { name: "Ursula" },
);
const { result, userErrors } = refusal.data.registerPersonOrErrors;
assert.equal(result, null);
assert.deepEqual(userErrors, [
  { __typename: "UserError", code: "INVALID_REQUEST", field: ["email"], message: "This is no e-mail address" },
]);

const state = await inTime(new Promise((resolve, reject) => {
  client.subscription(gql`subscription ($id: UUID!) { matchRun(id: $id) { id state } }`, { id: run })
    .subscribe(({ data, error }) => (error ? reject(error) : resolve(data.matchRun.state)));
}));
assert.equal(state, process.env.STATE);
