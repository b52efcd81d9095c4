import assert from "node:assert/strict";
import { ApolloClient, CombinedGraphQLErrors, HttpLink, InMemoryCache, gql } from "@apollo/client";
import { relayStylePagination } from "@apollo/client/utilities";
import { headers, programme, url } from "./world.mjs";

const cache = new InMemoryCache({
  typePolicies: { Programme: { fields: { applications: relayStylePagination(["filter", "orderBy"]) } } },
});
const client = new ApolloClient({ cache, link: new HttpLink({ uri: url, headers }) });

const PAGE = gql`query Page($id: UUID!, $after: String) { programme(id: $id) { id title
  applications(first: 2, after: $after, orderBy: SUBMITTED) { edges { cursor node { id state person { id name } } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }`;
const list = client.watchQuery({ query: PAGE, variables: { id: programme } });
let data;
await new Promise((resolve, reject) => {
  list.subscribe((found) => {
    data = found.data;
    if (found.error) reject(found.error);
    else if (!found.loading) resolve();
  });
});
assert.equal(data.programme.applications.edges.length, 2);
assert.equal(new Set(data.programme.applications.edges.map((edge) => edge.cursor)).size, 2);
while (data.programme.applications.pageInfo.hasNextPage) {
  await list.fetchMore({ variables: { after: data.programme.applications.pageInfo.endCursor } });
  data = client.readQuery({ query: PAGE, variables: { id: programme } });
}
const names = data.programme.applications.edges.map((edge) => edge.node.person.name);
assert.deepEqual(names, ["Ada", "Bea", "Cleo", "Dina"]);

// One thing is kept once, by its type and id, and a mutation's answer changes it wherever it is shown.
const kept = cache.extract();
assert.equal(Object.keys(kept).filter((key) => key.startsWith("Application:")).length, 4);
assert.equal(Object.keys(kept).filter((key) => key.startsWith("Person:")).length, 4);
const id = data.programme.applications.edges[0].node.person.id;
const read = await client.query({ query: gql`query ($id: UUID!) { person(id: $id) { id version } }`, variables: { id } });
await client.mutate({
  mutation: gql`mutation ($id: UUID!, $version: Int!) {
    changePerson(personId: $id, expectedVersion: $version, name: "Ada L.") { id name version } }`,
  variables: { id, version: read.data.person.version },
});
data = client.readQuery({ query: PAGE, variables: { id: programme } });
assert.equal(data.programme.applications.edges[0].node.person.name, "Ada L.");

const BACK = gql`mutation ($id: UUID!, $version: Int!) {
  changePerson(personId: $id, expectedVersion: $version, name: "Ada") { id name version } }`;
await client.mutate({ mutation: BACK, variables: { id, version: read.data.person.version + 1 } });
const again = client.mutate({ mutation: BACK, variables: { id, version: read.data.person.version } });
await assert.rejects(again, (error) => {
  assert.ok(CombinedGraphQLErrors.is(error));
  assert.equal(error.errors[0].extensions.status, 412);
  return true;
});
